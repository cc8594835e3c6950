package com.quotient.flow;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The definition of a flow.
 *
 * @param name 1 to 200 characters
 * @param segment the slug of the list whose people may enter, or null for everybody
 * @param steps 1 to 50 steps in order; the last one is a webhook
 */
public record FlowSpec(
        String name, Trigger trigger, @Nullable String segment, List<Step> steps) {
    private static final int MAX_NAME = 200;
    private static final int MAX_STEPS = 50;

    /** Throws an {@link IllegalArgumentException} whose message is a sentence. */
    public FlowSpec {
        steps = List.copyOf(steps);
        if (name.isBlank() || name.length() > MAX_NAME || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("A flow needs a name of 1 to " + MAX_NAME + " characters.");
        }
        if (steps.isEmpty() || steps.size() > MAX_STEPS) {
            throw new IllegalArgumentException("A flow needs 1 to " + MAX_STEPS + " steps.");
        }
        // A stored step of an older version is shown unchecked; it fails when it is sent.
        for (Step step : steps) {
            if (step instanceof Step.Webhook webhook) {
                Receiver.parse(webhook.url());
            }
        }
        if (!(steps.get(steps.size() - 1) instanceof Step.Webhook)) {
            throw new IllegalArgumentException("The last step of a flow must be a webhook; nothing follows a wait.");
        }
    }
}
