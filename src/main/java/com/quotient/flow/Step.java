package com.quotient.flow;

import com.quotient.config.Durations;
import java.time.Duration;

/** One step of a flow, written {@code wait:10m} or {@code webhook:https://example.com/hook}. */
public sealed interface Step {

    /** A pause of at most {@link #MAX_WAIT}. */
    record Wait(Duration duration) implements Step {
        public Wait {
            if (duration.isNegative() || duration.compareTo(MAX_WAIT) > 0) {
                throw new IllegalArgumentException(
                        "A step can wait for at most " + Durations.format(MAX_WAIT) + "; use several for more.");
            }
        }

        @Override
        public String toString() {
            return WAIT + Durations.format(duration);
        }
    }

    /**
     * A webhook to this URL. The step ends when the receiver accepted it. {@link FlowSpec} decides which URLs are
     * valid.
     */
    record Webhook(String url) implements Step {
        @Override
        public String toString() {
            return WEBHOOK + url;
        }
    }

    Duration MAX_WAIT = Duration.ofDays(365);
    String WAIT = "wait:";
    String WEBHOOK = "webhook:";

    /**
     * Parses a step.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    static Step parse(String text) {
        if (text.startsWith(WAIT)) {
            return new Wait(Durations.parse(text.substring(WAIT.length())));
        }
        if (text.startsWith(WEBHOOK)) {
            return new Webhook(text.substring(WEBHOOK.length()));
        }
        throw new IllegalArgumentException(
                "\"" + text + "\" is not a step; write wait:10m or webhook:https://example.com/hook.");
    }
}
