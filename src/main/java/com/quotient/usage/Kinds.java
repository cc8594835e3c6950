package com.quotient.usage;

import java.util.function.BiConsumer;

/** Requests of one key, counted by kind. */
interface Kinds {
    /** The maximum stored length of a subject, in characters. */
    int MAX_SUBJECT = 200;

    /** The subject as it is stored. */
    static String bounded(String subject) {
        return subject.length() > MAX_SUBJECT ? subject.substring(0, MAX_SUBJECT) : subject;
    }

    /** The number of kinds. */
    int size();

    void forEach(BiConsumer<Kind, Tally> visitor);

    /**
     * Requests that are counted together.
     *
     * @param label a word from a closed list: the reason of a refusal, or the agent family of a caller
     * @param subject the origin, address or scope, or empty
     * @param route method and path, or empty where kinds are counted together
     */
    record Kind(String label, String subject, String route) {
        public Kind {
            subject = bounded(subject);
        }

        Kind together() {
            return new Kind(label, "", "");
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
}
