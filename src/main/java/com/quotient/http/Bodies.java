package com.quotient.http;

import com.quotient.config.HttpConfig;
import com.quotient.http.Budget.Reservation;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.WorkerExecutor;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads whole bodies, up to a limit and a deadline, and inflates {@code gzip}. Limits count inflated bytes. The
 * declared length is reserved in the budget before any of the body is read; without one the reservation grows with the
 * body. Used by one event loop.
 */
final class Bodies {
    private final long deadlineNanos;
    private final Budgets budgets;
    private final WorkerExecutor inflating;

    /** In arrival order, which is the order of their deadlines. */
    private final Set<IncomingBody> reading = new LinkedHashSet<>();

    /** {@code inflating} runs what takes too long for an event loop. */
    Bodies(HttpConfig config, Budgets budgets, WorkerExecutor inflating) {
        this.deadlineNanos = config.bodyDeadline().toNanos();
        this.budgets = budgets;
        this.inflating = inflating;
    }

    /** The body; fails with 400, 408, 413, 415 or 503. */
    Future<byte[]> read(ApiRequest request, int limit, String mediaType) {
        HttpServerRequest http = request.http();
        boolean gzip;
        IncomingBody body;
        try {
            requireMediaType(request.header(HttpHeaders.CONTENT_TYPE), mediaType);
            gzip = request.isGzipped();
            long declared = declaredLength(http);
            if (declared > limit) {
                throw tooLarge(limit);
            }
            body = new IncomingBody(
                    request.reservation(budgets.bodies()), request.head().heldBytes(), limit, (int) declared);
        } catch (ProblemException e) {
            return Future.failedFuture(e);
        }
        if ("100-continue".equalsIgnoreCase(http.getHeader(HttpHeaders.EXPECT))) {
            http.response().writeContinue();
        }
        Future<byte[]> whole = body.receive(http);
        if (!whole.isComplete()) {
            reading.add(body);
            whole = whole.onComplete(done -> reading.remove(body));
        }
        return gzip ? whole.compose(packed -> inflate(packed, limit, body.memory())) : whole;
    }

    /** Fails the bodies that have missed their deadline. Called once a second. */
    void sweep(long nowNanos) {
        Iterator<IncomingBody> oldest = reading.iterator();
        while (oldest.hasNext()) {
            IncomingBody body = oldest.next();
            if (nowNanos - body.begunNanos() < deadlineNanos) {
                return;
            }
            oldest.remove();
            body.fail(Problem.of(ProblemType.REQUEST_TIMEOUT, "The body did not arrive in time.")
                    .exception());
        }
    }

    /** The declared length of the body, or -1. */
    static long declaredLength(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    static ProblemException tooLarge(int limit) {
        return Problem.of(ProblemType.PAYLOAD_TOO_LARGE, "The body is larger than " + limit + " bytes.")
                .with("limit", limit)
                .exception();
    }

    /** Runs the first step at once, which is enough for most bodies, and the rest on a worker. */
    private Future<byte[]> inflate(byte[] packed, int limit, Reservation memory) {
        Inflation inflation = new Inflation(packed, limit);
        Future<byte[]> inflated;
        try {
            memory.require(inflation.maxBytes());
            inflated = inflation.step()
                    ? Future.succeededFuture(inflation.result())
                    : inflating.executeBlocking(inflation::finish, false);
        } catch (ProblemException e) {
            inflated = Future.failedFuture(e);
        }
        return inflated.onComplete(done -> {
            inflation.close();
            memory.shrinkTo(inflation.size());
        });
    }

    private static void requireMediaType(@Nullable String given, String wanted) {
        if (given == null) {
            return;
        }
        String[] parts = given.toLowerCase(Locale.ROOT).split(";");
        boolean accepted = parts[0].strip().equals(wanted);
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            accepted &= !parameter.startsWith("charset=")
                    || parameter.equals("charset=utf-8")
                    || parameter.equals("charset=utf8");
        }
        if (!accepted) {
            throw Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send the body as " + wanted + " in UTF-8.")
                    .exception();
        }
    }
}
