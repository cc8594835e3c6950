package com.quotient.analytics;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.quotient.analytics.AnalyticsStore.Count;
import com.quotient.problem.Problem;
import com.quotient.time.Times;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Counts of events over time, as on the wire: one line, or one per type in order of their names. Each line has a point
 * for every bucket of the range.
 */
record EventSeries(List<Line> series, long total) {

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Line(@Nullable String eventType, List<Point> points) {}

    record Point(String time, long count) {}

    /**
     * The buckets of a range.
     *
     * @throws com.quotient.problem.ProblemException a 400 that says what to change when there are more than {@code max}
     */
    static List<Instant> buckets(Instant from, Instant to, Interval interval, ZoneId zone, int max) {
        List<Instant> buckets = new ArrayList<>();
        if (!from.isBefore(to)) {
            return buckets;
        }
        for (Instant start = interval.start(from, zone); start.isBefore(to); start = interval.next(start, zone)) {
            if (buckets.size() == max) {
                throw Problem.invalid(
                                "interval",
                                "The range has more than " + max
                                        + " points: ask for a longer interval or a shorter range.")
                        .exception();
            }
            buckets.add(start);
        }
        return buckets;
    }

    /**
     * Fills the buckets.
     *
     * @param eventType the only type counted, or null
     * @param byType whether the counts are by type
     * @throws com.quotient.problem.ProblemException a 400 when the lines would have more than {@code max} points
     *     together
     */
    static EventSeries of(
            List<Instant> buckets, List<Count> counts, @Nullable String eventType, boolean byType, int max) {
        Map<String, Map<Instant, Long>> lines = new TreeMap<>();
        if (!byType || eventType != null) {
            lines.put(eventType == null ? "" : eventType, new HashMap<>());
        }
        long total = 0;
        for (Count count : counts) {
            String line = count.eventType() != null ? count.eventType() : eventType == null ? "" : eventType;
            lines.computeIfAbsent(line, key -> new HashMap<>()).put(count.bucket(), count.count());
            total += count.count();
        }
        if ((long) lines.size() * buckets.size() > max || counts.size() > max) {
            throw Problem.invalid(
                            "groupBy",
                            "The types of events have more than " + max
                                    + " points together: name one eventType, or ask for a longer interval or a shorter"
                                    + " range.")
                    .exception();
        }
        List<Line> series = new ArrayList<>();
        lines.forEach((type, points) -> series.add(new Line(
                type.isEmpty() ? null : type,
                buckets.stream()
                        .map(bucket -> new Point(Times.format(bucket), points.getOrDefault(bucket, 0L)))
                        .toList())));
        return new EventSeries(series, total);
    }
}
