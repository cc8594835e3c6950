package com.quotient.time;

import java.time.Instant;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The time of the database: its last sample, continued by the monotonic clock. All servers thus agree on when a key
 * expires, whatever their own clocks show. Before the first sample it is the process's own clock. One writer, any
 * number of readers.
 */
public final class DatabaseClock implements InstantSource {
    private static final long NANOS_PER_MILLI = 1_000_000;

    /** The maximum drift between two clocks: a thousandth, more than any working clock has. */
    private static final long DRIFT_DIVISOR = 1000;

    private final InstantSource local;
    private final LongSupplier nanoTime;
    private volatile @Nullable Difference difference;

    public DatabaseClock(InstantSource local, LongSupplier nanoTime) {
        this.local = local;
        this.nanoTime = nanoTime;
    }

    /**
     * Bounds of the difference between the database's clock and the monotonic one: the database answered at some time
     * between the question and the arrival of the answer.
     */
    private record Difference(long minNanos, long maxNanos, long measuredAt) {
        long nanos() {
            return minNanos + (maxNanos - minNanos) / 2;
        }

        /** The intersection of both. If it is empty, the database's clock was set, and the newer measurement holds. */
        Difference narrowedBy(Difference newer) {
            long drift = (newer.measuredAt - measuredAt) / DRIFT_DIVISOR;
            long min = Math.max(minNanos - drift, newer.minNanos);
            long max = Math.min(maxNanos + drift, newer.maxNanos);
            return min > max ? newer : new Difference(min, max, newer.measuredAt);
        }
    }

    /**
     * Adds a sample: the database reported {@code databaseMillis} between these two readings of the monotonic clock.
     */
    public void measured(long nanosBefore, long databaseMillis, long nanosAfter) {
        long databaseNanos = databaseMillis * NANOS_PER_MILLI;
        Difference now = new Difference(databaseNanos - nanosAfter, databaseNanos - nanosBefore, nanosAfter);
        Difference before = difference;
        difference = before == null ? now : before.narrowedBy(now);
    }

    /** The database's clock minus the process's own. */
    public long offsetMillis() {
        return millis() - local.millis();
    }

    @Override
    public long millis() {
        Difference known = difference;
        return known == null ? local.millis() : (nanoTime.getAsLong() + known.nanos()) / NANOS_PER_MILLI;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }
}
