package com.quotient.analytics;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventTimeTest {

    private static final Instant RECEIVED = Instant.parse("2026-01-15T10:30:00.123456Z");
    private static final Instant RECEIVED_MILLIS = Instant.parse("2026-01-15T10:30:00.123Z");

    @Test
    void eventWithoutTimestampHappenedWhenItWasReceived() {
        assertThat(EventTime.correct(RECEIVED, null, null)).isEqualTo(RECEIVED_MILLIS);
        assertThat(EventTime.correct(RECEIVED, null, Instant.EPOCH)).isEqualTo(RECEIVED_MILLIS);
    }

    @Test
    void clockOfTheSenderIsCorrectedBySentAt() {
        Instant sentAt = Instant.parse("1999-12-31T23:59:59Z");

        assertThat(EventTime.correct(RECEIVED_MILLIS, sentAt.minusSeconds(90), sentAt))
                .isEqualTo(RECEIVED_MILLIS.minusSeconds(90));
        assertThat(EventTime.correct(RECEIVED_MILLIS, sentAt.plusSeconds(60), sentAt))
                .isEqualTo(RECEIVED_MILLIS.plusSeconds(60));
    }

    @Test
    void timestampWithoutSentAtIsTakenAsItIs() {
        Instant timestamp = Instant.parse("2026-01-14T00:00:00.001Z");

        assertThat(EventTime.correct(RECEIVED, timestamp, null)).isEqualTo(timestamp);
        assertThat(EventTime.correct(RECEIVED, timestamp.plusNanos(999_999), null))
                .isEqualTo(timestamp);
    }

    @Test
    void timeIsHeldBetweenSevenDaysAgoAndFiveMinutesAhead() {
        Instant oldest = RECEIVED_MILLIS.minus(Duration.ofDays(7));
        Instant newest = RECEIVED_MILLIS.plus(Duration.ofMinutes(5));

        assertThat(EventTime.correct(RECEIVED_MILLIS, oldest, null)).isEqualTo(oldest);
        assertThat(EventTime.correct(RECEIVED_MILLIS, oldest.minusMillis(1), null))
                .isEqualTo(oldest);
        assertThat(EventTime.correct(RECEIVED_MILLIS, newest, null)).isEqualTo(newest);
        assertThat(EventTime.correct(RECEIVED_MILLIS, newest.plusMillis(1), null))
                .isEqualTo(newest);
    }

    @Test
    void absurdClocksDoNotOverflow() {
        Instant oldest = RECEIVED_MILLIS.minus(EventTime.MAX_AGE);
        Instant newest = RECEIVED_MILLIS.plus(EventTime.MAX_LEAD);

        assertThat(EventTime.correct(RECEIVED, Instant.MIN, null)).isEqualTo(oldest);
        assertThat(EventTime.correct(RECEIVED, Instant.MAX, null)).isEqualTo(newest);
        assertThat(EventTime.correct(RECEIVED, Instant.MIN, Instant.MAX)).isEqualTo(oldest);
        assertThat(EventTime.correct(RECEIVED, Instant.MAX, Instant.MIN)).isEqualTo(newest);
        assertThat(EventTime.correct(RECEIVED, Instant.MAX, Instant.MAX)).isEqualTo(RECEIVED_MILLIS);
    }

    @ParameterizedTest
    @CsvSource({
        "2026-01-15T10:30:00Z, 2026-01-15T10:30:00Z",
        "2026-01-15T10:30:00.1Z, 2026-01-15T10:30:00.1Z",
        "2026-01-15T10:30:00.123456789Z, 2026-01-15T10:30:00.123456789Z",
        "2026-01-15T10:30:00.000+05:30, 2026-01-15T05:00:00Z",
        "2026-01-15T10:30:00-08:00, 2026-01-15T18:30:00Z",
        "2026-01-15T10:30:00+01, 2026-01-15T09:30:00Z",
        "2026-01-15T10:30Z, 2026-01-15T10:30:00Z",
        "0001-01-01T00:00:00Z, 0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z, 9999-12-31T23:59:59.999999999Z",
    })
    void isoTimesAreRead(String text, Instant time) {
        assertThat(EventTime.parse(text)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "now",
                "2026-01-15",
                "2026-01-15T10:30:00",
                "2026-01-15 10:30:00Z",
                "2026-13-15T10:30:00Z",
                "2026-02-30T10:30:00Z",
                "2026-01-15T24:00:01Z",
                "2026-01-15T10:30:00.1234567891Z",
                "2026-01-15T10:30:00Z ",
                "2026-01-15T10:30:00[UTC]",
                "2026-01-15T10:30:00+19:00",
                "0000-12-31T00:00:00Z",
                "+10000-01-01T00:00:00Z",
                "+999999999-12-31T23:59:59Z",
                "1768473000000",
                "2026-01-15T10:30:00+0100",
                "2026-01-15T10:30:00+1:00",
                "2026-01-15T10:30:00+",
                "2026-01-15T10:30:00ZZ",
                "2026-01-15T24:00:00Z",
                "2026-01-15T10:30:60Z",
                "9999-12-31T23:59:59-01:00",
            })
    void textThatIsNoTimeIsNotRead(String text) {
        assertThat(EventTime.parse(text)).isNull();
    }

    @Test
    void millisecondsAreReadWithinTheYearsThatCanBeStored() {
        assertThat(EventTime.ofMillis("1768473000123")).isEqualTo(Instant.ofEpochMilli(1_768_473_000_123L));
        assertThat(EventTime.ofMillis("1768473000123.75")).isEqualTo(Instant.ofEpochMilli(1_768_473_000_123L));
        assertThat(EventTime.ofMillis("1.5e12")).isEqualTo(Instant.ofEpochMilli(1_500_000_000_000L));
        assertThat(EventTime.ofMillis("-1")).isEqualTo(Instant.ofEpochMilli(-1));
        assertThat(EventTime.ofMillis("1e300")).isNull();
        assertThat(EventTime.ofMillis("-1e300")).isNull();
        assertThat(EventTime.ofMillis("9223372036854775808")).isNull();
    }
}
