package com.quotient.http;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** HTTP statistics of all event loops. */
public final class HttpStats {
    private final List<RequestStats> loops = new CopyOnWriteArrayList<>();
    /** With at least one request. */
    final LongAdder openConnections = new LongAdder();
    /** Accepted, without a first request yet. */
    final LongAdder newConnections = new LongAdder();

    final LongAdder refusedConnections = new LongAdder();
    final LongAdder evictedConnections = new LongAdder();
    final LongAdder stalledResponses = new LongAdder();
    final LongAdder failedHandshakes = new LongAdder();
    final LongAdder refusedHandshakes = new LongAdder();
    volatile double certificateNotAfterSeconds = Double.NaN;
    final LongAdder skippedAccessLines = new LongAdder();

    RequestStats register(Routes routes) {
        RequestStats stats = new RequestStats(routes);
        loops.add(stats);
        return stats;
    }

    public List<RequestStats> loops() {
        return loops;
    }

    /** The last timer delay of the slowest event loop. */
    public double worstLagSeconds() {
        return loops.stream().mapToDouble(RequestStats::lagSeconds).max().orElse(0);
    }

    public long openConnections() {
        return newConnections.sum() + openConnections.sum();
    }

    /** Connections closed at once because there were too many. */
    public long refusedConnections() {
        return refusedConnections.sum();
    }

    /** Silent connections closed to make room for new ones. */
    public long evictedConnections() {
        return evictedConnections.sum();
    }

    /** Responses, and connections with several, that were reset because their clients did not read them. */
    public long stalledResponses() {
        return stalledResponses.sum();
    }

    /** When the served certificate expires, in seconds since 1970; NaN without TLS. */
    public double certificateNotAfterSeconds() {
        return certificateNotAfterSeconds;
    }

    /** Connections that sent something and ended before their TLS handshake was complete. */
    public long failedHandshakes() {
        return failedHandshakes.sum();
    }

    /** Connections closed before their TLS handshake because there were too many in that second. */
    public long refusedHandshakes() {
        return refusedHandshakes.sum();
    }

    /** Requests without an access log line, by the sampling setting. */
    public long skippedAccessLines() {
        return skippedAccessLines.sum();
    }
}
