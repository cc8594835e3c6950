package com.quotient.keys;

import com.quotient.config.Config;
import java.util.function.LongSupplier;

/**
 * How long keys may be trusted without hearing from Postgres. Counted on the monotonic clock from the last moment the
 * table was known to be in step, so that a revocation cannot be ignored for ever by a pod that lost its database.
 * Written by the key store's thread, read by every request.
 */
public final class KeyLease {
    private final LongSupplier nanoTime;
    private final long secretNanos;
    private final long publicNanos;
    private volatile long confirmedAt;
    private volatile boolean confirmed;
    private volatile long changes;

    public KeyLease(Config.Auth config, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.secretNanos = config.leaseSecret().toNanos();
        this.publicNanos = config.leasePublic().toNanos();
    }

    /** Whether keys of a tier may still be trusted. */
    public boolean covers(KeyTier tier) {
        long allowed = tier == KeyTier.SECRET ? secretNanos : publicNanos;
        return confirmed && nanoTime.getAsLong() - confirmedAt <= allowed;
    }

    /**
     * How many times keys have changed in the table: whoever has not heard of all of them may remember a key as it was.
     */
    public long changes() {
        return changes;
    }

    /** Seconds since the table was last known to be in step; infinite before the first time. */
    public double ageSeconds() {
        return confirmed ? (nanoTime.getAsLong() - confirmedAt) / 1e9 : Double.POSITIVE_INFINITY;
    }

    /** Keys have changed in the table; returns how many times by now. Called by one thread. */
    long changed() {
        long count = changes + 1;
        changes = count;
        return count;
    }

    /** The table held everything that was committed at that moment. */
    void confirm(long atNanos) {
        confirmedAt = atNanos;
        confirmed = true;
    }
}
