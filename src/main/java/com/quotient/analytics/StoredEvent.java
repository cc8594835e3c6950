package com.quotient.analytics;

import com.quotient.json.JsonText;
import com.quotient.time.Times;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One stored event.
 *
 * @param context JSON object that describes the sender's environment
 * @param properties JSON object of all other members
 */
record StoredEvent(
        String id,
        String eventType,
        Instant occurredAt,
        Instant receivedAt,
        @Nullable String rawTimestamp,
        @Nullable String messageId,
        @Nullable String deviceId,
        @Nullable String sessionId,
        @Nullable String personId,
        @Nullable String anonymousId,
        String context,
        String properties,
        String keyId,
        @Nullable String origin,
        @Nullable String clientAddress) {

    /** The event on the wire: the context's members are at top level, and numbers have the value that was sent. */
    String json() {
        JsonText json = new JsonText().startObject();
        json.name("id").string(id).name("eventType").string(eventType);
        json.name("timestamp").string(Times.format(occurredAt));
        json.name("receivedAt").string(Times.format(receivedAt));
        write(json, "rawTimestamp", rawTimestamp);
        write(json, "messageId", messageId);
        write(json, "deviceId", deviceId);
        write(json, "sessionId", sessionId);
        write(json, "personId", personId);
        write(json, "anonymousId", anonymousId);
        if (context.length() > 2) {
            json.jsonb(context.substring(1, context.length() - 1));
        }
        json.name("properties").jsonb(properties);
        json.name("keyId").string(keyId);
        write(json, "origin", origin);
        write(json, "clientAddress", clientAddress);
        return json.endObject().toString();
    }

    private static void write(JsonText json, String name, @Nullable String value) {
        json.name(name);
        if (value == null) {
            json.raw("null");
        } else {
            json.string(value);
        }
    }
}
