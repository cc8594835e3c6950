package com.quotient.http;

import io.vertx.core.http.HttpMethod;
import java.util.List;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts and latencies of one event loop's requests by route and status class. Written by that event loop and read by
 * scrapes. A single writer needs no atomic instruction, and a request costs no lookup and no allocation.
 */
public final class RequestStats {
    /** Upper bounds of the latency histogram, in seconds. */
    public static final List<Double> BUCKETS =
            List.of(0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0);

    private static final int STATUS_CLASSES = 5;
    private static final int SUM = BUCKETS.size() + 1;
    private static final int WIDTH = SUM + 1;
    private static final long[] BUCKET_NANOS =
            BUCKETS.stream().mapToLong(seconds -> Math.round(seconds * 1e9)).toArray();

    private final String prefix;
    private final List<Route> routes;
    /** For each route, one more for requests without a route, and each status class: buckets, overflow, sum. */
    private final AtomicLongArray cells;

    private volatile double lagSeconds;

    RequestStats(Routes all) {
        this.prefix = all.prefix();
        this.routes = all.all();
        this.cells = new AtomicLongArray((routes.size() + 1) * STATUS_CLASSES * WIDTH);
    }

    /** Counts one request; {@code route} is its index, or the number of routes if it has none. */
    void count(int route, int status, long nanos) {
        int row = (route * STATUS_CLASSES + status / 100 - 1) * WIDTH;
        int bucket = 0;
        while (bucket < BUCKET_NANOS.length && nanos > BUCKET_NANOS[bucket]) {
            bucket++;
        }
        add(row + bucket, 1);
        add(row + SUM, nanos);
    }

    /** The delay of a timer of this event loop. */
    void lag(long nanos) {
        lagSeconds = Math.max(0, nanos) / 1e9;
    }

    double lagSeconds() {
        return lagSeconds;
    }

    private void add(int cell, long amount) {
        cells.setRelease(cell, cells.getPlain(cell) + amount);
    }

    /** Receives one row: counts by bucket, the last for requests slower than all buckets. */
    @FunctionalInterface
    public interface Visitor {
        void visit(String route, String method, String statusClass, long[] buckets, double sumSeconds);
    }

    /** The rows with at least one request. */
    public void forEach(Visitor visitor) {
        for (int route = 0; route <= routes.size(); route++) {
            boolean known = route < routes.size();
            String path = known ? prefix + routes.get(route).path() : "none";
            HttpMethod method = known ? routes.get(route).method() : null;
            for (int status = 0; status < STATUS_CLASSES; status++) {
                int row = (route * STATUS_CLASSES + status) * WIDTH;
                long[] buckets = new long[SUM];
                long count = 0;
                for (int i = 0; i < SUM; i++) {
                    buckets[i] = cells.getAcquire(row + i);
                    count += buckets[i];
                }
                if (count > 0) {
                    visitor.visit(
                            path,
                            method == null ? "none" : method.name(),
                            (status + 1) + "xx",
                            buckets,
                            cells.getAcquire(row + SUM) / 1e9);
                }
            }
        }
    }
}
