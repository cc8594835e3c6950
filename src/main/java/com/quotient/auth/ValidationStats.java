package com.quotient.auth;

import com.quotient.keys.KeyTier;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Counts of validations by tier and outcome, and of cached callers. Thread-safe. */
public final class ValidationStats {
    /** The label of a request whose tier is unknown. */
    private static final String NO_TIER = "none";

    private static final int TIERS = KeyTier.values().length;

    private final LongAdder[][] counts = new LongAdder[TIERS + 1][Outcome.values().length];
    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    public ValidationStats() {
        for (LongAdder[] row : counts) {
            for (int i = 0; i < row.length; i++) {
                row[i] = new LongAdder();
            }
        }
    }

    void count(@Nullable KeyTier tier, Outcome outcome) {
        counts[tier == null ? TIERS : tier.ordinal()][outcome.ordinal()].increment();
    }

    void hit() {
        hits.increment();
    }

    void miss() {
        misses.increment();
    }

    public long hits() {
        return hits.sum();
    }

    public long misses() {
        return misses.sum();
    }

    /** Receives each pair of labels. */
    @FunctionalInterface
    public interface Visitor {
        void visit(int tier, String tierLabel, Outcome outcome);
    }

    public void forEach(Visitor visitor) {
        for (int tier = 0; tier <= TIERS; tier++) {
            String label = tier == TIERS ? NO_TIER : KeyTier.values()[tier].wireName();
            for (Outcome outcome : Outcome.values()) {
                visitor.visit(tier, label, outcome);
            }
        }
    }

    public long count(int tier, Outcome outcome) {
        return counts[tier][outcome.ordinal()].sum();
    }
}
