package com.quotient.analytics;

import static java.time.temporal.ChronoUnit.MILLIS;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** When an event happened, from clocks that cannot be trusted. */
public final class EventTime {

    /** How long ago an event may have happened: a device may have been offline. */
    public static final Duration MAX_AGE = Duration.ofDays(7);

    /** How far ahead of the server's clock an event may claim to be. */
    public static final Duration MAX_LEAD = Duration.ofMinutes(5);

    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .parseLenient()
            .appendOffset("+HH:MM", "Z")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    // What Postgres stores as a timestamptz, and ISO-8601 writes with four digits.
    private static final Instant MIN = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant MAX = Instant.parse("9999-12-31T23:59:59.999999999Z");
    private static final BigDecimal MIN_MILLIS = BigDecimal.valueOf(MIN.toEpochMilli());
    private static final BigDecimal MAX_MILLIS = BigDecimal.valueOf(MAX.toEpochMilli());

    private EventTime() {}

    /**
     * The time of an event by the server's clock, to the millisecond: the time between the event and its sending, which
     * needs only that the sender's clock went evenly, before the time of receipt. Held within {@link #MAX_AGE} before
     * and {@link #MAX_LEAD} after the receipt.
     *
     * @param timestamp the event's time by the sender's clock; if null, the time of receipt
     * @param sentAt the time of sending by the same clock; if null, that clock is taken to be right
     */
    public static Instant correct(Instant receivedAt, @Nullable Instant timestamp, @Nullable Instant sentAt) {
        if (timestamp == null) {
            return receivedAt.truncatedTo(MILLIS);
        }
        Duration age = Duration.between(timestamp, sentAt == null ? receivedAt : sentAt);
        // Held as a duration, since an absurd one would lead out of the range of Instant.
        if (age.compareTo(MAX_AGE) > 0) {
            age = MAX_AGE;
        } else if (age.compareTo(MAX_LEAD.negated()) < 0) {
            age = MAX_LEAD.negated();
        }
        return receivedAt.minus(age).truncatedTo(MILLIS);
    }

    /**
     * Reads an ISO-8601 date and time with an offset or Z, up to nine digits of a second's fraction.
     *
     * @return null if it is none, or not within the years 1 to 9999
     */
    static @Nullable Instant parse(String text) {
        try {
            return inRange(ISO.parse(text, Instant::from));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * Reads milliseconds since 1970.
     *
     * @return null if they are not within the years 1 to 9999
     */
    static @Nullable Instant ofMillis(String number) {
        BigDecimal millis = new BigDecimal(number);
        boolean inRange = millis.compareTo(MIN_MILLIS) >= 0 && millis.compareTo(MAX_MILLIS) <= 0;
        return inRange ? Instant.ofEpochMilli(millis.longValue()) : null;
    }

    private static @Nullable Instant inRange(Instant time) {
        return time.isBefore(MIN) || time.isAfter(MAX) ? null : time;
    }
}
