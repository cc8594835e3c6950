package com.quotient.http;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** What all event loops together tell of HTTP. */
public final class HttpStats {
    private final List<RequestStats> loops = new CopyOnWriteArrayList<>();
    /** Served at least once. */
    final LongAdder openConnections = new LongAdder();
    /** Accepted, but their first request is not there yet. */
    final LongAdder newConnections = new LongAdder();

    final LongAdder refusedConnections = new LongAdder();
    final LongAdder evictedConnections = new LongAdder();
    final LongAdder stalledResponses = new LongAdder();
    final LongAdder skippedAccessLines = new LongAdder();

    RequestStats register(Routes routes) {
        RequestStats stats = new RequestStats(routes);
        loops.add(stats);
        return stats;
    }

    public List<RequestStats> loops() {
        return loops;
    }

    /** How late the latest timer of the slowest event loop was. */
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

    /** Requests without an access log line, by the sampling setting. */
    public long skippedAccessLines() {
        return skippedAccessLines.sum();
    }
}
