package com.quotient.flow;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A webhook whose last attempt failed.
 *
 * @param id the {@code webhook-id} of all its attempts
 * @param step its place among the flow's steps, from 1
 * @param fault the error of the last attempt
 * @param failedAt the time of the last attempt; null when an older version made it
 * @param nextAttemptAt null when no attempt follows: the webhook was given up, or its step is held until an operator
 *     resumes it
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

    /** What happens next. */
    public enum State {
        RETRYING,
        /** The receiver answered 410 and wants no more webhooks. */
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
