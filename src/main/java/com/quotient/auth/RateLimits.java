package com.quotient.auth;

import com.google.common.collect.MapMaker;
import com.quotient.keys.RateLimit;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Token buckets of the keys that have a rate limit, one per key and process. A key's limit is divided by the number of
 * live servers, since each sees its share of the traffic. Thread-safe. A bucket lives as long as an event loop caches
 * its caller.
 */
public final class RateLimits {
    private static final double NANOS = 1e9;

    private final LongSupplier nanoTime;
    private final IntSupplier pods;
    private final ConcurrentMap<String, Bucket> buckets =
            new MapMaker().weakValues().makeMap();

    /** {@code pods}: the number of live servers, including this one. */
    public RateLimits(LongSupplier nanoTime, IntSupplier pods) {
        this.nanoTime = nanoTime;
        this.pods = pods;
    }

    Bucket bucket(String keyId) {
        return buckets.computeIfAbsent(keyId, id -> new Bucket(nanoTime.getAsLong()));
    }

    /**
     * Takes one request from the key's allowance, if any is left. This is the generic cell rate algorithm: its whole
     * state is the time at which the bucket would be full again.
     */
    Allowance take(Bucket bucket, RateLimit limit) {
        int sharers = pods.getAsInt();
        double interval = limit.windowSeconds() * NANOS * sharers / limit.limit();
        double burst = Math.max(limit.windowSeconds() * NANOS, interval);
        while (true) {
            long now = nanoTime.getAsLong();
            long fullAt = bucket.fullAt.get();
            double debt = Math.max(0, fullAt - now);
            double debtAfter = debt + interval;
            if (debtAfter > burst) {
                return new Allowance(false, limit, 0, seconds(debt), seconds(debtAfter - burst));
            }
            if (bucket.fullAt.compareAndSet(fullAt, now + (long) debtAfter)) {
                int left = (int) Math.min(limit.limit(), Math.floor((burst - debtAfter) / interval + 1e-9) * sharers);
                return new Allowance(true, limit, left, seconds(debtAfter), 0);
            }
        }
    }

    private static long seconds(double nanos) {
        return (long) Math.ceil(nanos / NANOS);
    }

    static final class Bucket {
        private final AtomicLong fullAt;

        Bucket(long now) {
            fullAt = new AtomicLong(now);
        }
    }

    /**
     * The state of a key's limit after a request, as in {@code draft-ietf-httpapi-ratelimit-headers}.
     *
     * @param remaining requests left, over all servers if they are loaded evenly
     * @param resetSeconds until the whole limit is available again
     * @param retryAfterSeconds until the next request is allowed; 0 if it is allowed now
     */
    public record Allowance(
            boolean allowed, RateLimit limit, int remaining, long resetSeconds, long retryAfterSeconds) {

        /** The {@code RateLimit} header. */
        public String header() {
            return "\"default\";r=" + remaining + ";t=" + resetSeconds;
        }

        /** The {@code RateLimit-Policy} header. */
        public String policyHeader() {
            return "\"default\";q=" + limit.limit() + ";w=" + limit.windowSeconds();
        }
    }
}
