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

    @ParameterizedTest
    @CsvSource({
        "1768473000, 2026-01-15T10:30:00Z",
        "1768473000.5, 2026-01-15T10:30:00.5Z",
        "1.768473e9, 2026-01-15T10:30:00Z",
        "1768473000123, 2026-01-15T10:30:00.123Z",
        "1768473000123.75, 2026-01-15T10:30:00.12375Z",
        "1.5e12, 2017-07-14T02:40:00Z",
        "1768473000123456, 2026-01-15T10:30:00.123456Z",
        "1768473000123456789, 2026-01-15T10:30:00.123456789Z",
        "0, 1970-01-01T00:00:00Z",
        "-1, 1969-12-31T23:59:59Z",
        "-1768473000123, 1913-12-17T13:29:59.877Z",
        "99999999999, 5138-11-16T09:46:39Z",
        "100000000000, 1973-03-03T09:46:40Z",
        "99999999999999, 5138-11-16T09:46:39.999Z",
        "100000000000000, 1973-03-03T09:46:40Z",
        "100000000000000000, 1973-03-03T09:46:40Z",
        "0.0000000019, 1970-01-01T00:00:00.000000001Z",
    })
    void unitOfANumberFollowsFromItsSize(String number, Instant time) {
        assertThat(EventTime.ofNumber(number)).isEqualTo(time);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e30", "-1e30", "1e63", "-99999999999"})
    void numberOutsideOfTheYearsThatCanBeStoredIsNotRead(String number) {
        assertThat(EventTime.ofNumber(number)).isNull();
    }
}
