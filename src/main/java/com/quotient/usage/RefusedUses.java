package com.quotient.usage;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The refusals of one key, counted by kind, and by reason alone if there is no room for another kind. Used by one
 * thread.
 */
final class RefusedUses {
    /** The maximum stored length of an origin. */
    private static final int MAX_SUBJECT = 200;

    private final Map<Kind, Tally> byKind = new HashMap<>();

    /**
     * Identifies a kind of refusal.
     *
     * @param subject the origin, address or scope that was refused, or empty
     * @param route method and path, or empty where kinds are counted together
     */
    record Kind(String reason, String subject, String route) {
        Kind {
            subject = subject.length() > MAX_SUBJECT ? subject.substring(0, MAX_SUBJECT) : subject;
        }

        private Kind together() {
            return new Kind(reason, "", "");
        }
    }

    /** The count, and the first and last time in milliseconds since 1970. */
    record Tally(long count, long firstMillis, long lastMillis) {
        static Tally once(long nowMillis) {
            return new Tally(1, nowMillis, nowMillis);
        }

        Tally plus(Tally other) {
            return new Tally(
                    count + other.count,
                    Math.min(firstMillis, other.firstMillis),
                    Math.max(lastMillis, other.lastMillis));
        }
    }

    /** Adds to a count; returns whether the kind is new. */
    boolean add(Kind kind, Tally tally, boolean room) {
        boolean known = byKind.containsKey(kind);
        byKind.merge(known || room ? kind : kind.together(), tally, Tally::plus);
        return !known && room;
    }

    int size() {
        return byKind.size();
    }

    void forEach(BiConsumer<Kind, Tally> visitor) {
        byKind.forEach(visitor);
    }
}
