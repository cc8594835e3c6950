package com.quotient.http;

import com.quotient.config.Config;
import com.quotient.gzip.Gunzip;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.io.ByteArrayOutputStream;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.DataFormatException;
import org.jspecify.annotations.Nullable;

/**
 * Reads bodies whole, up to a limit and a deadline, and inflates {@code gzip}. Limits count inflated bytes, so a small
 * body that inflates to a large one ends at the limit. Used by one event loop.
 */
final class Bodies {
    private static final int BUFFER_BYTES = 16 * 1024;

    private final long deadlineNanos;
    /** In the order of arrival, which is the order of their deadlines. */
    private final Map<Promise<byte[]>, Long> reading = new LinkedHashMap<>();

    Bodies(Config.Http config) {
        this.deadlineNanos = config.bodyDeadline().toNanos();
    }

    /** The body; fails with 400, 408, 413 or 415. */
    Future<byte[]> read(ApiRequest walking, int limit, String mediaType) {
        HttpServerRequest request = walking.http();
        boolean gzip;
        try {
            requireMediaType(request.getHeader(HttpHeaders.CONTENT_TYPE), mediaType);
            gzip = walking.isGzipped();
            if (declaredLength(request) > limit) {
                throw tooLarge(limit);
            }
        } catch (ProblemException e) {
            return Future.failedFuture(e);
        }
        if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
            request.response().writeContinue();
        }
        return collect(request, limit).compose(bytes -> gzip ? inflate(bytes, limit) : Future.succeededFuture(bytes));
    }

    /** Fails the bodies that are past their deadline; called once a second. */
    void sweep(long nowNanos) {
        Iterator<Map.Entry<Promise<byte[]>, Long>> oldest = reading.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Promise<byte[]>, Long> entry = oldest.next();
            if (nowNanos - entry.getValue() < deadlineNanos) {
                return;
            }
            oldest.remove();
            entry.getKey()
                    .tryFail(Problem.of(ProblemType.REQUEST_TIMEOUT, "The body did not arrive in time.")
                            .exception());
        }
    }

    /** The length that the request announces, or -1. */
    static long declaredLength(HttpServerRequest request) {
        String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
        try {
            return length == null ? -1 : Long.parseLong(length);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private Future<byte[]> collect(HttpServerRequest request, int limit) {
        Promise<byte[]> whole = Promise.promise();
        Buffer collected = Buffer.buffer();
        request.handler(chunk -> {
            if (collected.length() + chunk.length() > limit) {
                whole.tryFail(tooLarge(limit));
            } else if (!whole.future().isComplete()) {
                collected.appendBuffer(chunk);
            }
        });
        request.endHandler(end -> whole.tryComplete(collected.getBytes()));
        request.exceptionHandler(failure -> whole.tryFail(Responses.NOT_HTTP.exception()));
        request.resume();
        if (!whole.future().isComplete()) {
            reading.put(whole, System.nanoTime());
            return whole.future().onComplete(done -> reading.remove(whole));
        }
        return whole.future();
    }

    private static void requireMediaType(@Nullable String given, String wanted) {
        if (given == null) {
            return;
        }
        String[] parts = given.toLowerCase(Locale.ROOT).split(";");
        boolean accepted = parts[0].strip().equals(wanted);
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            accepted &= !parameter.startsWith("charset=") || parameter.equals("charset=utf-8") || parameter.equals("charset=utf8");
        }
        if (!accepted) {
            throw Problem.of(ProblemType.UNSUPPORTED_MEDIA_TYPE, "Send the body as " + wanted + " in UTF-8.")
                    .exception();
        }
    }

    private static Future<byte[]> inflate(byte[] packed, int limit) {
        ByteArrayOutputStream inflated = new ByteArrayOutputStream();
        byte[] buffer = new byte[BUFFER_BYTES];
        try (Gunzip gunzip = new Gunzip()) {
            gunzip.add(packed);
            int count;
            do {
                count = gunzip.read(buffer);
                inflated.write(buffer, 0, count);
                if (inflated.size() > limit) {
                    return Future.failedFuture(tooLarge(limit));
                }
            } while (count > 0 || !gunzip.needsInput());
            if (gunzip.isComplete()) {
                return Future.succeededFuture(inflated.toByteArray());
            }
        } catch (DataFormatException e) {
            // Told below, together with what is cut off.
        }
        return Future.failedFuture(
                Problem.invalid("", "The body is not valid gzip.").exception());
    }

    private static ProblemException tooLarge(int limit) {
        return Problem.of(ProblemType.PAYLOAD_TOO_LARGE, "The body is larger than " + limit + " bytes.")
                .with("limit", limit)
                .exception();
    }
}
