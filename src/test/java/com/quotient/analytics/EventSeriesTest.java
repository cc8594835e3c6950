package com.quotient.analytics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.analytics.AnalyticsStore.Count;
import com.quotient.analytics.EventSeries.Line;
import com.quotient.analytics.EventSeries.Point;
import com.quotient.http.Answer;
import com.quotient.problem.ProblemException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

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
        assertThat(EventSeries.buckets(HOUR, HOUR.plusSeconds(60), Interval.MINUTE, 1))
                .hasSize(1);
        assertThatThrownBy(() -> EventSeries.buckets(HOUR, HOUR.plusSeconds(61), Interval.MINUTE, 1))
                .isInstanceOf(ProblemException.class)
                .hasMessageContaining("longer interval");
        assertThatThrownBy(() -> EventSeries.buckets(
                        Instant.parse("0001-01-01T00:00:00Z"),
                        Instant.parse("9999-12-31T23:59:59Z"),
                        Interval.MINUTE,
                        10_000))
                .isInstanceOf(ProblemException.class);
    }

    @Test
    void theUsualRangeEndsWithTheBucketOfTheMoment() {
        assertThat(Interval.HOUR.usualStart(NEXT.plusSeconds(5))).isEqualTo(NEXT.minusSeconds(23 * 3600));
        assertThat(buckets(Interval.HOUR.usualStart(NEXT.plusSeconds(5)), NEXT.plusSeconds(5)))
                .hasSize(24)
                .endsWith(NEXT);
        assertThat(buckets(Interval.HOUR.usualStart(NEXT), NEXT)).hasSize(24).endsWith(HOUR);
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
        return EventSeries.buckets(from, to, Interval.HOUR, 1000);
    }
}
