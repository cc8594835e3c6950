package com.quotient.http;

import com.quotient.auth.RateLimits.Allowance;
import com.quotient.db.PgErrors;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import com.quotient.usage.UseOutcome;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes every response of the API, answers and problems alike, and counts it. Used by one event loop. */
final class Responses {
    private static final Logger log = LoggerFactory.getLogger(Responses.class);

    /** A refused body that is no longer than this is read to its end, so that its connection can be used again. */
    private static final int MAX_DISCARDED_BYTES = 64 * 1024;

    private static final Problem INTERNAL = Problem.of(
            ProblemType.INTERNAL, "Something went wrong in the server; try again, and report the X-Request-Id.");
    private static final Problem UNAVAILABLE = Problem.of(
                    ProblemType.UNAVAILABLE, "The database cannot be reached at the moment; try again shortly.")
            .retryAfter(1);

    private final RequestStats stats;
    private final AccessLog accessLog;
    private final Connections connections;
    private final IdentityHashMap<Route, Integer> routeIndex = new IdentityHashMap<>();
    private boolean draining;

    Responses(Routes routes, RequestStats stats, AccessLog accessLog, Connections connections) {
        this.stats = stats;
        this.accessLog = accessLog;
        this.connections = connections;
        routes.all().forEach(route -> routeIndex.put(route, routeIndex.size()));
    }

    /** From now on every response asks its client to leave. */
    void drain() {
        draining = true;
    }

    void answer(ApiRequest request, Answer answer) {
        HttpServerResponse response = request.http().response();
        MultiMap headers = commonHeaders(request);
        headers.set(HttpHeaders.CACHE_CONTROL, HttpNames.NO_STORE);
        Allowance allowance = request.allowance();
        if (allowance != null) {
            headers.set(HttpNames.RATE_LIMIT, allowance.header())
                    .set(HttpNames.RATE_LIMIT_POLICY, allowance.policyHeader());
        }
        if (answer instanceof Answer.Json json) {
            headers.set(HttpHeaders.CONTENT_TYPE, HttpNames.JSON);
            end(request, 200, response.end(json.body()));
        } else if (answer instanceof Answer.Stream stream) {
            headers.set(HttpHeaders.CONTENT_TYPE, stream.contentType());
            response.setChunked(request.http().version() != HttpVersion.HTTP_2);
            end(request, 200, stream.writer().apply(response).onFailure(failure -> abort(request, failure)));
        }
    }

    void preflight(ApiRequest request) {
        HttpServerResponse response = request.http().response();
        Cors.addPreflight(commonHeaders(request));
        end(request, 204, response.setStatusCode(204).end());
    }

    void failure(ApiRequest request, Throwable failure) {
        HttpServerResponse response = request.http().response();
        if (response.ended() || response.closed()) {
            // The client left; there is nobody to tell.
            connections.ended(request.http());
            return;
        }
        Problem problem = problem(request, failure);
        MultiMap headers = commonHeaders(request);
        headers.set(HttpHeaders.CACHE_CONTROL, HttpNames.NO_STORE)
                .set(HttpHeaders.CONTENT_TYPE, HttpNames.PROBLEM_JSON);
        Allowance allowance = request.allowance();
        if (allowance != null) {
            headers.set(HttpNames.RATE_LIMIT, allowance.header())
                    .set(HttpNames.RATE_LIMIT_POLICY, allowance.policyHeader());
        }
        problem.headers().forEach(headers::set);
        int status = problem.type().status();
        boolean abandonsBody = abandonsBody(request.http(), problem.type());
        if (abandonsBody) {
            headers.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        } else {
            request.http().resume();
        }
        Future<Void> written = response.setStatusCode(status).end(encode(problem));
        end(request, status, written);
        if (abandonsBody) {
            written.onComplete(done -> Connections.close(request.http().connection()));
        }
    }

    /** The JSON text of a problem (RFC 9457). */
    static Buffer encode(Problem problem) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", problem.type().uri());
        members.put("title", problem.type().title());
        members.put("status", problem.type().status());
        members.put("detail", problem.detail());
        members.put("code", problem.type().name());
        members.putAll(problem.members());
        return Answer.encode(members);
    }

    private MultiMap commonHeaders(ApiRequest request) {
        MultiMap headers = request.http().response().headers();
        headers.set(HttpNames.X_REQUEST_ID, request.id());
        Cors.addTo(headers, request.origin());
        if (draining && request.http().version() != HttpVersion.HTTP_2) {
            headers.set(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
        }
        return headers;
    }

    private static Problem problem(ApiRequest request, Throwable failure) {
        if (failure instanceof ProblemException known) {
            return known.problem();
        }
        if (PgErrors.isUnavailable(failure)) {
            log.warn("Request {} met an unreachable database: {}", request.id(), failure.toString());
            return UNAVAILABLE;
        }
        log.error("Request {} failed", request.id(), failure);
        return INTERNAL;
    }

    private static boolean abandonsBody(HttpServerRequest request, ProblemType type) {
        if (request.isEnded() || request.version() == HttpVersion.HTTP_2) {
            return false;
        }
        long declared = Bodies.declaredLength(request);
        boolean chunked = request.headers().contains(HttpHeaders.TRANSFER_ENCODING);
        return chunked
                || declared > MAX_DISCARDED_BYTES
                || type == ProblemType.REQUEST_TIMEOUT
                || type == ProblemType.PAYLOAD_TOO_LARGE;
    }

    /** A stream that breaks after its head was sent can only be cut, so that nobody takes half of it for all. */
    private void abort(ApiRequest request, Throwable failure) {
        log.warn("The response to request {} broke off: {}", request.id(), failure.toString());
        Connections.close(request.http().connection());
    }

    private void end(ApiRequest request, int status, Future<Void> written) {
        if (written.isComplete()) {
            ended(request, status);
        } else {
            written.onComplete(done -> ended(request, status));
        }
    }

    private void ended(ApiRequest request, int status) {
        long now = System.nanoTime();
        long nanos = now - request.startedNanos();
        Route route = request.routeOrNull();
        stats.count(route == null ? routeIndex.size() : routeIndex.get(route), status, nanos);
        accessLog.ended(request, status, nanos, now);
        if (request.isAdmitted()) {
            request.caller()
                    .notes()
                    .ended(
                            status < 400
                                    ? UseOutcome.OK
                                    : status < 500 ? UseOutcome.CLIENT_ERROR : UseOutcome.SERVER_ERROR);
        }
        connections.ended(request.http());
        if (draining && connections.isIdle(request.http())) {
            Connections.close(request.http().connection());
        }
    }
}
