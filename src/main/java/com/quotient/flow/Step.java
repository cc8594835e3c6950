package com.quotient.flow;

import com.quotient.config.Durations;
import java.time.Duration;

/** What happens to a person in a flow; it is written {@code wait:10m} or {@code webhook:https://example.com/hook}. */
public sealed interface Step {

    /** Nothing, for at most {@link #MAX_WAIT}. */
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

    /** A message to this URL. The step is over when it was taken. {@link FlowSpec} decides which URLs may be. */
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
     * Reads one step.
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
