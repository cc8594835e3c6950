package com.quotient.db;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** Logs at most one line per interval, with the number of lines left out since the last one. Thread-safe. */
public final class SampledWarnings {
    private final long intervalNanos;
    private final LongSupplier nanoTime;
    private final Consumer<String> log;
    private final AtomicLong nextAt;
    private final AtomicInteger leftOut = new AtomicInteger();

    public SampledWarnings(Duration interval, LongSupplier nanoTime, Consumer<String> log) {
        this.intervalNanos = interval.toNanos();
        this.nanoTime = nanoTime;
        this.log = log;
        this.nextAt = new AtomicLong(nanoTime.getAsLong());
    }

    /** Logs the sentence, or counts it if one was logged within the interval. */
    public void warn(String sentence) {
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
