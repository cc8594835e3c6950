package com.quotient.http;

import com.quotient.auth.Caller;
import com.quotient.trace.TraceParent;
import io.vertx.core.http.HttpMethod;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Logs one line per request up to a rate. Above that rate only server errors are logged, and the others are counted.
 * Used by one event loop.
 */
final class AccessLog {
    private static final Logger log = LoggerFactory.getLogger("access");
    private static final int EVERY_REQUEST = -1;

    private final String prefix;
    private final int linesPerSecond;
    private final LongAdder skipped;
    private long second = Long.MIN_VALUE;
    private int lines;

    AccessLog(String prefix, int linesPerSecond, LongAdder skipped) {
        this.prefix = prefix;
        this.linesPerSecond = linesPerSecond;
        this.skipped = skipped;
    }

    void ended(ApiRequest request, int status, long nanos, long nowNanos) {
        if (status < 500 && !hasRoom(nowNanos / 1_000_000_000)) {
            skipped.increment();
            return;
        }
        Route route = request.routeOrNull();
        Caller caller = request.callerOrNull();
        LoggingEventBuilder line = log.atInfo()
                .addKeyValue("requestId", request.id())
                .addKeyValue("method", method(request.http().method()))
                .addKeyValue("route", route == null ? "none" : prefix + route.path())
                .addKeyValue("status", status)
                .addKeyValue("millis", Math.round(nanos / 10_000.0) / 100.0);
        if (caller != null) {
            line = line.addKeyValue("keyId", caller.key().id());
        }
        TraceParent trace = request.trace();
        if (trace != null) {
            line = line.addKeyValue("traceId", trace.traceId());
        }
        line.log("request");
    }

    /** The method is whatever the client sent, so only known methods are logged. */
    private static String method(HttpMethod method) {
        return HttpMethod.values().contains(method) ? method.name() : "other";
    }

    private boolean hasRoom(long now) {
        if (linesPerSecond == EVERY_REQUEST) {
            return true;
        }
        if (now != second) {
            second = now;
            lines = 0;
        }
        return lines++ < linesPerSecond;
    }
}
