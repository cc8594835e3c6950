package com.quotient.analytics;

import com.quotient.json.InvalidJson;
import com.quotient.json.StrictJson;

/**
 * Reads the body of a request to track events, in one pass and without a tree. It has one of three forms:
 *
 * <ul>
 *   <li>one event: an object;
 *   <li>an array of events;
 *   <li>{@code {"batch": [events…], "sentAt": …}}: any object with an array named {@code batch}. Its other members mean
 *       nothing and are skipped.
 * </ul>
 *
 * The first and the third may carry {@code sentAt} and, where the request has no headers for it, {@code apiKey}; neither
 * becomes a property. What is wrong with one event refuses that event alone; what makes the text unreadable refuses all.
 *
 * <p>Any thread may use it.
 */
public final class EventParser {

    private final EventLimits limits;

    public EventParser(EventLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads a body.
     *
     * @param apiKeyAllowed whether the body may carry the caller's key
     * @throws InvalidJson if the text is not JSON as {@link StrictJson} has it
     * @throws InvalidEvents if it has none of the three forms, no event or too many, or a bad {@code sentAt} or {@code
     *     apiKey}
     */
    public EventBatch parse(byte[] body, boolean apiKeyAllowed) {
        try (EventReading reading = begin(body, apiKeyAllowed)) {
            boolean read;
            do {
                read = reading.proceed(body.length);
            } while (!read);
            return reading.batch();
        }
    }

    /**
     * Begins to read a body, as {@link #parse} does it at once.
     *
     * @throws InvalidJson if the bytes are no text
     */
    EventReading begin(byte[] body, boolean apiKeyAllowed) {
        return new EventReading(StrictJson.parser(body), limits, apiKeyAllowed);
    }
}
