package com.quotient.ops;

import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Metrics of the {@link EventCanary}. Thread-safe. */
public final class CanaryStats {
    private final Map<Step, LongAdder> failures = new EnumMap<>(Step.class);
    private volatile Instant lastSuccess;

    /** What a canary does, in this order. */
    public enum Step {
        /** Read the key from its file. */
        KEY,
        /** Send the event. */
        SEND,
        /** Read the events of its session. */
        READ,
        /** Find the event among them. */
        FIND;

        /** As in metrics and logs. */
        public String label() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Until the first success, the start counts as one, so that a canary that never succeeds is noticed. */
    public CanaryStats(Instant start) {
        lastSuccess = start;
        for (Step step : Step.values()) {
            failures.put(step, new LongAdder());
        }
    }

    /** When an event was last read back, or the time of the start. */
    public Instant lastSuccess() {
        return lastSuccess;
    }

    /** The canaries that failed at this step. */
    public long failures(Step step) {
        return counter(step).sum();
    }

    void succeeded(Instant now) {
        lastSuccess = now;
    }

    void failed(Step step) {
        counter(step).increment();
    }

    private LongAdder counter(Step step) {
        LongAdder counter = failures.get(step);
        if (counter == null) {
            throw new IllegalStateException("No counter for " + step);
        }
        return counter;
    }
}
