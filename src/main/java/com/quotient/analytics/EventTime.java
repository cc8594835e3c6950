package com.quotient.analytics;

import static java.time.temporal.ChronoUnit.MILLIS;

import java.math.BigDecimal;
import java.math.RoundingMode;
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

    /** The maximum age of an event: a device may have been offline. */
    public static final Duration MAX_AGE = Duration.ofDays(7);

    /** The maximum lead of an event over the server's clock. */
    public static final Duration MAX_LEAD = Duration.ofMinutes(5);

    private static final DateTimeFormatter ISO = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .parseLenient()
            .appendOffset("+HH:MM", "Z")
            .toFormatter(Locale.ROOT)
            .withResolverStyle(ResolverStyle.STRICT);

    // The years that ISO-8601 writes with four digits; Postgres can store them in a timestamptz.
    private static final Instant MIN = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant MAX = Instant.parse("9999-12-31T23:59:59.999999999Z");

    private static final int NANO_DIGITS = 9;
    private static final BigDecimal NANOS_PER_SECOND = BigDecimal.TEN.pow(NANO_DIGITS);
    private static final BigDecimal MIN_NANOS = nanos(MIN);
    private static final BigDecimal MAX_NANOS = nanos(MAX);

    /** Smaller numbers are seconds; a thousand times this is the limit for milliseconds, and so on. */
    private static final BigDecimal SECONDS_BELOW = BigDecimal.TEN.pow(11);

    private EventTime() {}

    /**
     * The time of an event by the server's clock, to the millisecond: the time of receipt minus the time between the
     * event and its sending. The sender's clock need not be right, only steady. The result is limited to
     * {@link #MAX_AGE} before and {@link #MAX_LEAD} after the receipt.
     *
     * @param timestamp the event's time by the sender's clock; if null, the time of receipt
     * @param sentAt the time of sending by the same clock; if null, that clock is assumed to be right
     */
    public static Instant correct(Instant receivedAt, @Nullable Instant timestamp, @Nullable Instant sentAt) {
        if (timestamp == null) {
            return receivedAt.truncatedTo(MILLIS);
        }
        Duration age = Duration.between(timestamp, sentAt == null ? receivedAt : sentAt);
        // Limits the duration first: an absurd one would leave the range of Instant.
        if (age.compareTo(MAX_AGE) > 0) {
            age = MAX_AGE;
        } else if (age.compareTo(MAX_LEAD.negated()) < 0) {
            age = MAX_LEAD.negated();
        }
        return receivedAt.minus(age).truncatedTo(MILLIS);
    }

    /**
     * Parses an ISO-8601 date and time with an offset or Z and up to nine fractional digits.
     *
     * @return null if it is invalid or not within the years 1 to 9999
     */
    static @Nullable Instant parse(String text) {
        try {
            return inRange(ISO.parse(text, Instant::from));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * Parses a time since 1970 in seconds, milliseconds, microseconds or nanoseconds. The size of the number determines
     * the unit: below 1e11 it is seconds, up to the year 5138; below 1e14 milliseconds, from 1973 on; and so on. Digits
     * below a nanosecond are dropped.
     *
     * @param number at most 1000 characters
     * @return null if the time is not within the years 1 to 9999
     */
    static @Nullable Instant ofNumber(String number) {
        BigDecimal time = new BigDecimal(number);
        BigDecimal size = time.abs();
        int unit = 0;
        for (BigDecimal limit = SECONDS_BELOW; unit < NANO_DIGITS && size.compareTo(limit) >= 0; unit += 3) {
            limit = limit.movePointRight(3);
        }
        BigDecimal nanos = time.movePointRight(NANO_DIGITS - unit).setScale(0, RoundingMode.FLOOR);
        if (nanos.compareTo(MIN_NANOS) < 0 || nanos.compareTo(MAX_NANOS) > 0) {
            return null;
        }
        BigDecimal[] parts = nanos.divideAndRemainder(NANOS_PER_SECOND);
        return Instant.ofEpochSecond(parts[0].longValueExact(), parts[1].longValueExact());
    }

    private static BigDecimal nanos(Instant time) {
        return BigDecimal.valueOf(time.getEpochSecond())
                .multiply(NANOS_PER_SECOND)
                .add(BigDecimal.valueOf(time.getNano()));
    }

    private static @Nullable Instant inRange(Instant time) {
        return time.isBefore(MIN) || time.isAfter(MAX) ? null : time;
    }
}
