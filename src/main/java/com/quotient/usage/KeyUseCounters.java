package com.quotient.usage;

import com.quotient.usage.UsageBatch.KeyUse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Uses by key id, for operators who enable key ids as metric labels. Only the first {@code limit} keys get one, so that
 * the number of time series is bounded. Written by the usage verticle, read by a scrape.
 */
public final class KeyUseCounters {
    private final int limit;
    private final Map<String, LongAdder[]> byKey = new ConcurrentHashMap<>();

    public KeyUseCounters(int limit) {
        this.limit = limit;
    }

    void count(KeyUse use) {
        LongAdder[] counters = byKey.get(use.keyId());
        if (counters == null) {
            if (byKey.size() >= limit) {
                return;
            }
            counters = new LongAdder[use.counts().length];
            for (int i = 0; i < counters.length; i++) {
                counters[i] = new LongAdder();
            }
            byKey.put(use.keyId(), counters);
        }
        for (int i = 0; i < counters.length; i++) {
            counters[i].add(use.counts()[i]);
        }
    }

    /** Receives each count. */
    @FunctionalInterface
    public interface Visitor {
        void visit(String keyId, UseOutcome outcome, long count);
    }

    public void forEach(Visitor visitor) {
        byKey.forEach((keyId, counters) -> {
            for (UseOutcome outcome : UseOutcome.values()) {
                visitor.visit(keyId, outcome, counters[outcome.ordinal()].sum());
            }
        });
    }
}
