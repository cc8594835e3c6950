package com.quotient.trace;

import java.util.concurrent.atomic.LongAdder;

/** Metrics of {@link Tracing}. Thread-safe. */
public final class TracingStats {
    private final LongAdder exported = new LongAdder();
    private final LongAdder full = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /** Spans that the collector accepted. */
    public long exported() {
        return exported.sum();
    }

    /** Spans that were lost because {@code tracing.queueSize} others were waiting. */
    public long droppedByFullQueue() {
        return full.sum();
    }

    /** Spans that were lost because the collector did not accept them in time. */
    public long droppedByCollector() {
        return refused.sum();
    }

    void exported(int spans) {
        exported.add(spans);
    }

    void full() {
        full.increment();
    }

    void refused(int spans) {
        refused.add(spans);
    }
}
