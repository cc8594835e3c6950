package com.quotient.http;

import com.quotient.usage.UseOutcome;
import java.util.IdentityHashMap;

/**
 * Records how each request ended: in the counts, the access log, its span, and the usage of its key. Used by one event
 * loop.
 */
final class RequestRecords {
    private final RequestStats stats;
    private final AccessLog accessLog;
    private final RequestSpan spans;
    private final IdentityHashMap<Route, Integer> routeIndex = new IdentityHashMap<>();

    RequestRecords(Routes routes, RequestStats stats, AccessLog accessLog) {
        this.stats = stats;
        this.accessLog = accessLog;
        this.spans = new RequestSpan(routes.prefix());
        routes.all().forEach(route -> routeIndex.put(route, routeIndex.size()));
    }

    /** Records the end of a request; {@code now} by {@link System#nanoTime}. */
    void ended(ApiRequest request, int status, long now) {
        long nanos = now - request.startedNanos();
        Route route = request.routeOrNull();
        stats.count(route == null ? routeIndex.size() : routeIndex.get(route), status, nanos);
        accessLog.ended(request, status, nanos, now);
        spans.ended(request, status);
        if (request.isAdmitted()) {
            request.caller().notes().ended(outcome(status));
        }
    }

    private static UseOutcome outcome(int status) {
        if (status < 400) {
            return UseOutcome.OK;
        }
        return status < 500 ? UseOutcome.CLIENT_ERROR : UseOutcome.SERVER_ERROR;
    }
}
