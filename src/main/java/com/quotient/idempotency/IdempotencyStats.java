package com.quotient.idempotency;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts of requests with an {@code Idempotency-Key}. Any thread may count and read. */
public final class IdempotencyStats {
    private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);

    /** What a request met. */
    public enum Outcome {
        /** It was run, and its answer is known from now on. */
        KEPT,
        /** It was run, and what came of it says nothing about the next attempt. */
        RELEASED,
        /** It was run, and its answer was too large or could not be stored: sent again, it is run again. */
        LOST,
        /** It was answered as before. */
        REPLAYED,
        /** Refused, because the first one is still running. */
        RUNNING,
        /** Refused, because the name belongs to another request. */
        REUSED
    }

    public IdempotencyStats() {
        for (Outcome outcome : Outcome.values()) {
            counts.put(outcome, new LongAdder());
        }
    }

    /** Requests of this server with this outcome. */
    public long count(Outcome outcome) {
        return counter(outcome).sum();
    }

    void counted(Outcome outcome) {
        counter(outcome).increment();
    }

    private LongAdder counter(Outcome outcome) {
        LongAdder counter = counts.get(outcome);
        if (counter == null) {
            throw new IllegalArgumentException("No counter for " + outcome);
        }
        return counter;
    }
}
