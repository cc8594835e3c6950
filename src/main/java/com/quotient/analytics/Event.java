package com.quotient.analytics;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One valid event as sent. Lengths are in code points.
 *
 * @param eventType 1 to 128, not blank
 * @param messageId 1 to 128; the sender's own id, which identifies retries
 * @param deviceId 1 to 128, as for the three that follow
 * @param timestamp when it happened by the sender's clock, within the years 1 to 9999; see {@link EventTime#correct}
 * @param rawTimestamp {@code timestamp} as it was sent
 * @param context compact JSON object of the reserved members that describe the sender's surroundings:
 *     {@code browserFingerprint, timezone, language, url, path, title, referrer, userAgent, screenWidth, screenHeight, utm}
 * @param properties compact JSON object of all other members
 */
public record Event(
        String eventType,
        @Nullable String messageId,
        @Nullable String deviceId,
        @Nullable String sessionId,
        @Nullable String personId,
        @Nullable String anonymousId,
        @Nullable Instant timestamp,
        @Nullable String rawTimestamp,
        String context,
        String properties) {

    /** With this {@code messageId} if the sender gave none. */
    Event orIdentifiedBy(String id) {
        return messageId != null
                ? this
                : new Event(
                        eventType,
                        id,
                        deviceId,
                        sessionId,
                        personId,
                        anonymousId,
                        timestamp,
                        rawTimestamp,
                        context,
                        properties);
    }
}
