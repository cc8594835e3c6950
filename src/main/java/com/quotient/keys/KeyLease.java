package com.quotient.keys;

import com.quotient.config.AuthConfig;
import java.util.function.LongSupplier;

/**
 * How long keys are trusted without an answer from Postgres. The lease runs on the monotonic clock from the last time
 * the table was known to be in step. Without it, a server that has lost its database would ignore a revocation for
 * ever. Written by the key store's thread, read by every request.
 */
public final class KeyLease {
    private final LongSupplier nanoTime;
    private final long secretNanos;
    private final long publicNanos;
    private volatile long confirmedAt;
    private volatile boolean confirmed;
    private volatile long changes;

    public KeyLease(AuthConfig config, LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.secretNanos = config.leaseSecret().toNanos();
        this.publicNanos = config.leasePublic().toNanos();
    }

    /** Whether keys of a tier may still be trusted. */
    public boolean covers(KeyTier tier) {
        long allowed = tier == KeyTier.SECRET ? secretNanos : publicNanos;
        return confirmed && nanoTime.getAsLong() - confirmedAt <= allowed;
    }

    /** The number of changes of the table. A reader that has not received all of them may hold an outdated key. */
    public long changes() {
        return changes;
    }

    /** Seconds since the table was last known to be in step; infinite before the first time. */
    public double ageSeconds() {
        return confirmed ? (nanoTime.getAsLong() - confirmedAt) / 1e9 : Double.POSITIVE_INFINITY;
    }

    /** Counts a change of the table and returns the new count. Called by one thread. */
    long changed() {
        long count = changes + 1;
        changes = count;
        return count;
    }

    /** Renews the lease: the table held everything that was committed at that time. */
    void confirm(long atNanos) {
        confirmedAt = atNanos;
        confirmed = true;
    }
}
