package com.quotient.flow;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Numbers of the {@link WebhookVerticle} for metrics. Any thread may count and read. */
public final class WebhookStats {
    private final Map<Outcome, LongAdder> attempts = new EnumMap<>(Outcome.class);
    private volatile OutboxStore.State outbox = new OutboxStore.State(0, 0, 0, 0);
    private volatile int inFlight;

    /** What came of one attempt. */
    public enum Outcome {
        DELIVERED,
        /** There will be another one. */
        RETRY,
        /** It was given up. */
        DEAD,
        /** Postgres could not be told; when the lease is over there will be another one. */
        UNRECORDED
    }

    public WebhookStats() {
        for (Outcome outcome : Outcome.values()) {
            attempts.put(outcome, new LongAdder());
        }
    }

    /** Attempts of this server with this outcome. */
    public long attempts(Outcome outcome) {
        return counter(outcome).sum();
    }

    /** Webhooks under way. */
    public int inFlight() {
        return inFlight;
    }

    /** Webhooks in the outbox that are due or will be, as of the last look; counted up to 100,000. */
    public long waiting() {
        return outbox.waiting();
    }

    /** Webhooks in the outbox that were given up, counted alike. */
    public long dead() {
        return outbox.dead();
    }

    /** Steps that are held until an operator resumes them, counted alike. */
    public long heldSteps() {
        return outbox.heldSteps();
    }

    /** For how long a webhook has been due that nobody delivers, in seconds. */
    public double oldestDueSeconds() {
        return outbox.oldestSeconds();
    }

    void attempted(Outcome outcome) {
        counter(outcome).increment();
    }

    void inFlight(int count) {
        inFlight = count;
    }

    void outbox(OutboxStore.State state) {
        outbox = state;
    }

    private LongAdder counter(Outcome outcome) {
        LongAdder counter = attempts.get(outcome);
        if (counter == null) {
            throw new IllegalArgumentException("No counter for " + outcome);
        }
        return counter;
    }
}
