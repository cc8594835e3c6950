package com.quotient.analytics;

import static java.time.ZoneOffset.UTC;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.analytics.AnalyticsStore.Count;
import com.quotient.analytics.EventSeries.Line;
import com.quotient.analytics.EventSeries.Point;
import com.quotient.http.Answer;
import com.quotient.problem.ProblemException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventSeriesTest {
    private static final Instant HOUR = Instant.parse("2026-03-10T10:00:00Z");
    private static final Instant NEXT = HOUR.plusSeconds(3600);

    @Test
    void aRangeHasEveryBucketThatItTouchesAndNoOther() {
        assertThat(buckets(HOUR, NEXT)).containsExactly(HOUR);
        assertThat(buckets(HOUR.plusSeconds(1), NEXT.plusNanos(1))).containsExactly(HOUR, NEXT);
        assertThat(buckets(HOUR, HOUR)).isEmpty();
        assertThat(buckets(Instant.parse("0001-01-01T00:00:00Z"), Instant.parse("0001-01-01T01:00:00Z")))
                .hasSize(1);
    }

    @Test
    void tooManyPointsAreRefusedWithAdvice() {
        assertThat(EventSeries.buckets(HOUR, HOUR.plusSeconds(60), Interval.MINUTE, UTC, 1))
                .hasSize(1);
        assertThatThrownBy(() -> EventSeries.buckets(HOUR, HOUR.plusSeconds(61), Interval.MINUTE, UTC, 1))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("longer interval");
        assertThatThrownBy(() -> EventSeries.buckets(
                        Instant.parse("0001-01-01T00:00:00Z"),
                        Instant.parse("9999-12-31T23:59:59Z"),
                        Interval.MINUTE,
                        UTC,
                        10_000))
                .isInstanceOf(ProblemException.class);
    }

    @Test
    void theUsualRangeEndsWithTheBucketOfTheMoment() {
        assertThat(Interval.HOUR.usualStart(NEXT.plusSeconds(5), UTC)).isEqualTo(NEXT.minusSeconds(23 * 3600));
        assertThat(buckets(Interval.HOUR.usualStart(NEXT.plusSeconds(5), UTC), NEXT.plusSeconds(5)))
                .hasSize(24)
                .endsWith(NEXT);
        assertThat(buckets(Interval.HOUR.usualStart(NEXT, UTC), NEXT))
                .hasSize(24)
                .endsWith(HOUR);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                // Clocks go forward: a day of 23 hours.
                "DAY|Europe/Berlin|2026-03-28T12:00:00Z|2026-03-30T12:00:00Z"
                        + "|2026-03-27T23:00:00Z 2026-03-28T23:00:00Z 2026-03-29T22:00:00Z",
                // Clocks go back: a day of 25 hours.
                "DAY|Europe/Berlin|2026-10-25T00:00:00Z|2026-10-26T00:00:00Z|2026-10-24T22:00:00Z 2026-10-25T23:00:00Z",
                // The hour that is there twice is two hours.
                "HOUR|Europe/Berlin|2026-10-25T00:00:00Z|2026-10-25T02:00:00Z|2026-10-25T00:00:00Z 2026-10-25T01:00:00Z",
                "HOUR|Asia/Kolkata|2026-01-01T00:00:00Z|2026-01-01T01:00:00Z|2025-12-31T23:30:00Z 2026-01-01T00:30:00Z",
                // Midnight is skipped.
                "DAY|America/Santiago|2026-09-05T12:00:00Z|2026-09-06T12:00:00Z"
                        + "|2026-09-05T04:00:00Z 2026-09-06T04:00:00Z",
                // A whole day is skipped.
                "DAY|Pacific/Apia|2011-12-29T12:00:00Z|2011-12-31T12:00:00Z|2011-12-29T10:00:00Z 2011-12-30T10:00:00Z"
                        + " 2011-12-31T10:00:00Z",
                "WEEK|UTC|2026-01-01T00:00:00Z|2026-01-12T00:00:01Z"
                        + "|2025-12-29T00:00:00Z 2026-01-05T00:00:00Z 2026-01-12T00:00:00Z",
                "WEEK|America/New_York|2026-03-08T12:00:00Z|2026-03-09T12:00:00Z"
                        + "|2026-03-02T05:00:00Z 2026-03-09T04:00:00Z",
                "MONTH|Europe/Berlin|2026-03-15T00:00:00Z|2026-04-30T00:00:00Z|2026-02-28T23:00:00Z 2026-03-31T22:00:00Z",
                "MONTH|UTC|2024-01-31T00:00:00Z|2024-03-01T00:00:00Z|2024-01-01T00:00:00Z 2024-02-01T00:00:00Z",
            })
    void bucketsFollowTheClocksAndTheCalendarOfTheZone(
            Interval interval, ZoneId zone, Instant from, Instant to, String buckets) {
        assertThat(EventSeries.buckets(from, to, interval, zone, 100))
                .extracting(Instant::toString)
                .containsExactly(buckets.split(" "));
    }

    @ParameterizedTest
    @CsvSource({
        "MINUTE,60,2026-11-26T11:01:00Z",
        "HOUR,24,2026-11-25T13:00:00Z",
        "DAY,30,2026-10-27T23:00:00Z",
        "WEEK,12,2026-09-06T22:00:00Z",
        "MONTH,12,2025-11-30T23:00:00Z",
    })
    void usualRangeIsCountedInTheZone(Interval interval, int buckets, Instant start) {
        ZoneId zone = ZoneId.of("Europe/Berlin");
        Instant now = Instant.parse("2026-11-26T12:00:30Z");

        assertThat(interval.usualStart(now, zone)).isEqualTo(start);
        assertThat(EventSeries.buckets(start, now, interval, zone, 100)).hasSize(buckets);
    }

    @Test
    void emptyBucketsArePresentWithZero() {
        EventSeries series = EventSeries.of(List.of(HOUR, NEXT), List.of(new Count(null, NEXT, 3)), null, false, 100);
        assertThat(series)
                .isEqualTo(new EventSeries(
                        List.of(new Line(
                                null,
                                List.of(
                                        new Point("2026-03-10T10:00:00.000Z", 0),
                                        new Point("2026-03-10T11:00:00.000Z", 3)))),
                        3));
        assertThat(Answer.encode(series).toString())
                .isEqualTo("{\"series\":[{\"points\":[{\"time\":\"2026-03-10T10:00:00.000Z\",\"count\":0},"
                        + "{\"time\":\"2026-03-10T11:00:00.000Z\",\"count\":3}]}],\"total\":3}");
    }

    @Test
    void eachTypeHasALineInTheOrderOfTheNames() {
        EventSeries series = EventSeries.of(
                List.of(HOUR, NEXT),
                List.of(new Count("b", NEXT, 1), new Count("a", HOUR, 2), new Count("b", HOUR, 4)),
                null,
                true,
                100);
        assertThat(series.total()).isEqualTo(7);
        assertThat(series.series()).extracting(Line::eventType).containsExactly("a", "b");
        assertThat(series.series().get(1).points()).extracting(Point::count).containsExactly(4L, 1L);
    }

    @Test
    void aTypeThatIsAskedForHasALineAlsoWithoutEvents() {
        assertThat(EventSeries.of(List.of(HOUR), List.of(), "a", false, 100).series())
                .containsExactly(new Line("a", List.of(new Point("2026-03-10T10:00:00.000Z", 0))));
        assertThat(EventSeries.of(List.of(HOUR), List.of(), "a", true, 100).series())
                .hasSize(1);
        assertThat(EventSeries.of(List.of(HOUR), List.of(), null, true, 100).series())
                .isEmpty();
    }

    @Test
    void moreTypesThanPointsAllowAreRefused() {
        List<Count> counts = List.of(new Count("a", HOUR, 1), new Count("b", HOUR, 1));
        assertThat(EventSeries.of(List.of(HOUR, NEXT), counts, null, true, 4).series())
                .hasSize(2);
        assertThatThrownBy(() -> EventSeries.of(List.of(HOUR, NEXT), counts, null, true, 3))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("eventType");
    }

    private static List<Instant> buckets(Instant from, Instant to) {
        return EventSeries.buckets(from, to, Interval.HOUR, UTC, 1000);
    }
}
