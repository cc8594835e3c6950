package com.quotient.usage;

import java.util.concurrent.atomic.LongAdder;

/** Counters of the {@link UsageVerticle} for metrics. */
public final class UsageStats {
    private final LongAdder flushed = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private volatile int pendingKeys;

    public long flushes() {
        return flushed.sum();
    }

    public long failedFlushes() {
        return failed.sum();
    }

    /** Uses lost because too many keys were pending. */
    public long dropped() {
        return dropped.sum();
    }

    public int pendingKeys() {
        return pendingKeys;
    }

    void flushSucceeded() {
        flushed.increment();
    }

    void flushFailed() {
        failed.increment();
    }

    void dropped(int count) {
        dropped.add(count);
    }

    void pendingKeys(int count) {
        pendingKeys = count;
    }
}
