package com.quotient.idempotency;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts of requests with an {@code Idempotency-Key}. Thread-safe. */
public final class IdempotencyStats {
    private final Map<Outcome, LongAdder> counts = new EnumMap<>(Outcome.class);

    /** The outcome of a request. */
    public enum Outcome {
        /** The request was run, and its answer was kept. */
        KEPT,
        /** The request was run, and its answer is not final (such as a 503), so it was not kept. */
        RELEASED,
        /** The request was run, and its answer was too large or could not be stored: a retry runs it again. */
        LOST,
        /** The kept answer was replayed. */
        REPLAYED,
        /** Refused, because the first request is still running. */
        RUNNING,
        /** Refused, because the key was used for another request. */
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
