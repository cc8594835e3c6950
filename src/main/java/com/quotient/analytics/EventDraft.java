package com.quotient.analytics;

import com.fasterxml.jackson.core.JsonToken;
import com.quotient.analytics.Rejection.Code;
import com.quotient.json.CodePoints;
import com.quotient.json.JsonText;
import com.quotient.json.StrictParser;
import com.quotient.keys.KeyFormat;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One event while its members are parsed, in any order.
 *
 * <p>Reserved members that are null and empty ids count as absent. An id that is too long refuses the event: truncated,
 * it would name something else. Other text that is too long is truncated: browsers send long text, and the event
 * matters more than its end.
 *
 * <p>A nested {@code properties} object holds properties only: reserved names have no special meaning there.
 */
final class EventDraft {

    static final String NOT_A_TIME =
            "must be an ISO-8601 date and time with an offset or Z, or a number of seconds, milliseconds, microseconds"
                    + " or nanoseconds since 1970, within the years 1 to 9999.";

    private static final int MAX_ID_LENGTH = 128;
    private static final int MAX_TEXT_LENGTH = 2048;
    private static final BigDecimal MAX_SCREEN_SIZE = BigDecimal.valueOf(100_000);
    private static final int MAX_UTM_ENTRIES = 20;
    private static final int MAX_UTM_LENGTH = 256;

    private final StrictParser parser;
    private final EventLimits limits;
    private final long start;
    private final int maxDepth;

    private final JsonText context = new JsonText().startObject();
    private final JsonText properties = new JsonText().startObject();
    private final List<String> propertyNames = new ArrayList<>();

    /**
     * Members of a nested {@code properties} object, as JSON text. A top-level property of the same name takes
     * precedence.
     */
    private final Map<String, String> nestedProperties = new LinkedHashMap<>();

    private int growth;
    private @Nullable String eventType;
    private @Nullable String messageId;
    private @Nullable String deviceId;
    private @Nullable String sessionId;
    private @Nullable String personId;
    private @Nullable String anonymousId;
    private @Nullable Instant timestamp;
    private @Nullable String rawTimestamp;

    /** The parser must be at the event's opening brace. */
    EventDraft(StrictParser parser, EventLimits limits) {
        this.parser = parser;
        this.limits = limits;
        this.start = parser.bytesRead() - 1;
        this.maxDepth = parser.outerDepth() + limits.maxDepth();
    }

    /** Reads the member whose value starts at the current token; leaves the parser at the value's last token. */
    void member(String name) {
        // Once an event is refused for its size, only its syntax is checked.
        requireSize();
        switch (name) {
            case "eventType" -> eventType = eventType();
            case "messageId" -> messageId = messageId();
            case "deviceId" -> deviceId = id(name);
            case "sessionId" -> sessionId = id(name);
            case "personId" -> personId = id(name);
            case "anonymousId" -> anonymousId = id(name);
            case "timestamp" -> timestamp();
            case "browserFingerprint", "timezone", "language" -> describe(name, id(name));
            case "url", "path", "title", "referrer", "userAgent" -> describe(name, text(name, name, MAX_TEXT_LENGTH));
            case "screenWidth", "screenHeight" -> screenSize(name);
            case "utm" -> utm();
            case "properties" -> nestedProperties();
            default -> property(name);
        }
    }

    /** Completes the event; the parser is at its closing brace. */
    Event finish() {
        requireSize();
        if (eventType == null) {
            throw RefusedEvent.invalid("eventType", "eventType is missing: name the event, with a string.");
        }
        propertyNames.forEach(nestedProperties::remove);
        if (propertyNames.size() + nestedProperties.size() > limits.maxProperties()) {
            throw new RefusedEvent(
                    Code.TOO_MANY_PROPERTIES,
                    "The event has more than " + limits.maxProperties() + " properties: group them in objects.");
        }
        nestedProperties.forEach((name, value) -> properties.name(name).raw(value));
        if (growth + properties.growth() > parser.bytesRead() - start) {
            throw new RefusedEvent(
                    Code.EVENT_TOO_LARGE,
                    "The event is more than twice as large when its numbers are written without exponents: send numbers"
                            + " such as 1e20 as strings.");
        }
        Event event = new Event(
                eventType,
                messageId,
                deviceId,
                sessionId,
                personId,
                anonymousId,
                timestamp,
                rawTimestamp,
                context.endObject().toString(),
                properties.endObject().toString());
        requireNoSecret(event);
        return event;
    }

    private void requireSize() {
        if (parser.bytesRead() - start > limits.maxEventBytes()) {
            throw tooLarge(limits);
        }
    }

    static RefusedEvent tooLarge(EventLimits limits) {
        return new RefusedEvent(
                Code.EVENT_TOO_LARGE,
                "The event is larger than " + limits.maxEventBytes() + " bytes: send less with it.");
    }

    /** Stored text has no escapes, so that no escape hides a key. */
    private static void requireNoSecret(Event event) {
        boolean holdsSecret = Stream.of(
                        event.properties(),
                        event.context(),
                        event.eventType(),
                        event.messageId(),
                        event.deviceId(),
                        event.sessionId(),
                        event.personId(),
                        event.anonymousId())
                .anyMatch(text -> text != null && KeyFormat.holdsSecret(text));
        if (holdsSecret) {
            throw secret();
        }
    }

    private static RefusedEvent secret() {
        return new RefusedEvent(
                Code.SECRET_KEY,
                "The event holds a private (sk_) key: revoke that key, since others have seen it, and send the event"
                        + " without it.");
    }

    /** The time at the current token, or null if it is not one. */
    static @Nullable Instant time(StrictParser parser) {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> EventTime.parse(parser.getText());
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> EventTime.ofNumber(parser.getText());
            default -> null;
        };
    }

    private @Nullable String eventType() {
        String value = string("eventType", "eventType");
        if (value != null && (value.isBlank() || CodePoints.exceed(value, MAX_ID_LENGTH))) {
            throw RefusedEvent.invalid(
                    "eventType", "eventType must have 1 to " + MAX_ID_LENGTH + " characters, not all of them blank.");
        }
        return value;
    }

    private @Nullable String messageId() {
        String value = string("messageId", "messageId");
        // An empty messageId is refused: treated as absent, it would silently switch off deduplication.
        if (value != null && value.isEmpty()) {
            throw RefusedEvent.invalid(
                    "messageId", "messageId must not be empty: leave it out, or send one that is unique.");
        }
        return value == null ? null : notLonger("messageId", "messageId", value);
    }

    private @Nullable String id(String name) {
        String value = string(name, name);
        return value == null || value.isEmpty() ? null : notLonger(name, name, value);
    }

    private @Nullable String text(String member, String name, int maxLength) {
        String value = string(member, name);
        return value != null && CodePoints.exceed(value, maxLength)
                ? value.substring(0, value.offsetByCodePoints(0, maxLength))
                : value;
    }

    private @Nullable String string(String member, String name) {
        return switch (parser.currentToken()) {
            case VALUE_STRING -> parser.getText();
            case VALUE_NULL -> null;
            default -> throw RefusedEvent.invalid(member, name + " must be a string.");
        };
    }

    private void timestamp() {
        if (isNull()) {
            return;
        }
        timestamp = time(parser);
        if (timestamp == null) {
            throw RefusedEvent.invalid("timestamp", "timestamp " + NOT_A_TIME);
        }
        rawTimestamp = parser.getText();
    }

    private void describe(String name, @Nullable String value) {
        if (value != null) {
            context.name(name).string(value);
        }
    }

    private void screenSize(String name) {
        if (isNull()) {
            return;
        }
        BigDecimal size = parser.currentToken().isNumeric() ? new BigDecimal(parser.getText()) : BigDecimal.valueOf(-1);
        boolean whole = size.signum() == 0 || size.stripTrailingZeros().scale() <= 0;
        if (!whole || size.signum() < 0 || size.compareTo(MAX_SCREEN_SIZE) > 0) {
            throw RefusedEvent.invalid(name, name + " must be an integer from 0 to " + MAX_SCREEN_SIZE + ".");
        }
        context.name(name).raw(Integer.toString(size.intValueExact()));
    }

    private void utm() {
        if (isNull()) {
            return;
        }
        requireObject("utm");
        context.name("utm").startObject();
        int entries = 0;
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            if (++entries > MAX_UTM_ENTRIES) {
                throw RefusedEvent.invalid("utm", "utm must have at most " + MAX_UTM_ENTRIES + " members.");
            }
            String name = notLonger("utm", "A name in utm", parser.currentName());
            parser.nextToken();
            describe(name, text("utm", "Each member of utm", MAX_UTM_LENGTH));
        }
        context.endObject();
    }

    private void nestedProperties() {
        if (isNull()) {
            return;
        }
        requireObject("properties");
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            requireSize();
            String name = parser.currentName();
            parser.nextToken();
            if (!isStrayKey(name)) {
                JsonText value = new JsonText().copy(parser, maxDepth, limits.maxEventBytes());
                growth += value.growth();
                nestedProperties.put(name, value.toString());
            }
        }
    }

    private void property(String name) {
        if (!isStrayKey(name)) {
            propertyNames.add(name);
            properties.name(name).copy(parser, maxDepth, limits.maxEventBytes());
        }
    }

    /** A key that was sent with an event must not be stored among its properties. */
    private boolean isStrayKey(String name) {
        if (!name.equals("apiKey") || parser.currentToken() != JsonToken.VALUE_STRING) {
            return false;
        }
        String value = parser.getText();
        if (KeyFormat.holdsSecret(value)) {
            throw secret();
        }
        return value.startsWith("pk_") || value.startsWith("sk_");
    }

    private boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    private void requireObject(String name) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw RefusedEvent.invalid(name, name + " must be an object.");
        }
    }

    private static String notLonger(String member, String name, String value) {
        if (CodePoints.exceed(value, MAX_ID_LENGTH)) {
            throw RefusedEvent.invalid(member, name + " must have at most " + MAX_ID_LENGTH + " characters.");
        }
        return value;
    }
}
