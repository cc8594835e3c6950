package com.quotient.analytics;

import com.quotient.json.InvalidJson;
import com.quotient.json.StrictJson;

/**
 * Parses the body of a tracking request in one pass and without a tree. The body has one of three forms:
 *
 * <ul> <li>one event: an object; <li>an array of events; <li>{@code {"batch": [events…], "sentAt": …}}: any object with
 * an array named {@code batch}. Its other members are skipped. </ul>
 *
 * The first and the third may contain {@code sentAt} and, for requests without headers, {@code apiKey}; neither becomes
 * a property. An error in one event refuses only that event; a syntax error refuses the whole request.
 *
 * <p>Thread-safe.
 */
public final class EventParser {

    private final EventLimits limits;

    public EventParser(EventLimits limits) {
        this.limits = limits;
    }

    /**
     * Parses a body.
     *
     * @param apiKeyAllowed whether the body may contain the caller's key
     * @throws InvalidJson if the text is not JSON as {@link StrictJson} has it
     * @throws InvalidEvents if it has none of the three forms, no event or too many, or a bad {@code sentAt} or
     *     {@code apiKey}
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
     * Starts parsing a body step by step; {@link #parse} does it at once.
     *
     * @throws InvalidJson if the bytes are not text
     */
    EventReading begin(byte[] body, boolean apiKeyAllowed) {
        return new EventReading(StrictJson.parser(body), limits, apiKeyAllowed);
    }
}
