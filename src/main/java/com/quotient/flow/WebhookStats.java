package com.quotient.flow;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Metrics of the {@link WebhookVerticle}. Thread-safe. */
public final class WebhookStats {
    private final Map<Outcome, LongAdder> attempts = new EnumMap<>(Outcome.class);
    private volatile OutboxStore.State outbox = new OutboxStore.State(0, 0, 0, 0);
    private volatile int inFlight;

    /** The outcome of one attempt. */
    public enum Outcome {
        DELIVERED,
        /** The webhook will be retried. */
        RETRY,
        /** The webhook was given up. */
        DEAD,
        /** The outcome could not be stored; the webhook is retried when the lease ends. */
        UNRECORDED
    }

    public WebhookStats() {
        for (Outcome outcome : Outcome.values()) {
            attempts.put(outcome, new LongAdder());
        }
    }

    /** Attempts with this outcome. */
    public long attempts(Outcome outcome) {
        return counter(outcome).sum();
    }

    /** Webhooks in flight. */
    public int inFlight() {
        return inFlight;
    }

    /** Pending webhooks in the outbox at the last check; counted up to 100,000. */
    public long waiting() {
        return outbox.waiting();
    }

    /** Webhooks in the outbox that were given up; counted likewise. */
    public long dead() {
        return outbox.dead();
    }

    /** Steps that are held until an operator resumes them; counted likewise. */
    public long heldSteps() {
        return outbox.heldSteps();
    }

    /** How long the oldest due webhook has been waiting, in seconds. */
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
