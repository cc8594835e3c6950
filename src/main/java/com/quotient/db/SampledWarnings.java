package com.quotient.db;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Says the same thing once in an interval, and how often it was left out meanwhile. Thread-safe. */
final class SampledWarnings {
    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private final Consumer<String> log;
    private final AtomicLong nextAt;
    private final AtomicInteger leftOut = new AtomicInteger();

    SampledWarnings(Duration interval, LongSupplier nanoTime, Consumer<String> log) {
        this.intervalNanos = interval.toNanos();
        this.nanoTime = nanoTime;
        this.log = log;
        this.nextAt = new AtomicLong(nanoTime.getAsLong());
    }

    void warn(String sentence) {
        long now = nanoTime.getAsLong();
        long next = nextAt.get();
        if (now - next >= 0 && nextAt.compareAndSet(next, now + intervalNanos)) {
            int before = leftOut.getAndSet(0);
            log.accept(before == 0 ? sentence : sentence + " (and " + before + " more since the last line)");
        } else {
            leftOut.incrementAndGet();
        }
    }
}
