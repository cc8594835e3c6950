package com.quotient.flow;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A webhook whose last attempt failed.
 *
 * @param id the {@code webhook-id} of all its attempts
 * @param step its place among the flow's steps, from 1
 * @param fault what went wrong at the last attempt
 * @param failedAt when that was; null for one that an older version tried
 * @param nextAttemptAt null where there is none to come: it was given up, or its step is held until an operator resumes it
 * @param deadAt when it was given up; null when it was not
 */
public record FailedWebhook(
        String id,
        String personId,
        int step,
        int attempts,
        String fault,
        @Nullable Instant failedAt,
        @Nullable Instant nextAttemptAt,
        @Nullable Instant deadAt) {

    /** What comes of it. */
    public enum State {
        RETRYING,
        /** Its receiver wants no more. */
        HELD,
        GIVEN_UP;

        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public State state() {
        if (deadAt != null) {
            return State.GIVEN_UP;
        }
        return nextAttemptAt == null ? State.HELD : State.RETRYING;
    }
}
