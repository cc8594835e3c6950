package com.quotient.keys;

import com.quotient.Config;
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

    /** Seconds since the table was last known to be in step; infinite before the first time. */
    public double ageSeconds() {
        return confirmed ? (nanoTime.getAsLong() - confirmedAt) / 1e9 : Double.POSITIVE_INFINITY;
    }

    /** The table held everything that was committed at that moment. */
    void confirm(long atNanos) {
        confirmedAt = atNanos;
        confirmed = true;
    }
}
