package com.quotient.analytics;

import com.quotient.analytics.AnalyticsStore.Order;
import com.quotient.analytics.AnalyticsStore.Position;
import com.quotient.config.AnalyticsConfig;
import com.quotient.db.Database;
import com.quotient.http.Query;
import com.quotient.problem.Problem;
import io.vertx.core.Future;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads the events of a business for its administrators. Thread-safe. */
public final class EventAdmin {
    /** The maximum bytes of a page of events, not counting its last event. */
    public static final int PAGE_BYTES = 1 << 20;

    private static final int MAX_LIVE = 100;

    /** The end of the year 9999. */
    private static final long MAX_MILLIS = 253_402_300_799_999L;

    /** How far back the times of newly arrived events may lie. */
    private static final Duration LIVE_WINDOW = Duration.ofMinutes(5);

    /**
     * Events are stamped before they are committed, so those of this long before the last answer are returned again.
     */
    private static final Duration COMMIT_TIME = Duration.ofSeconds(3);

    private final AnalyticsStore store;
    private final int maxSeriesPoints;

    public EventAdmin(Database database, AnalyticsConfig config) {
        this.store = new AnalyticsStore(database);
        this.maxSeriesPoints = config.maxSeriesPoints();
    }

    /**
     * Events, each as JSON text.
     *
     * @param next what to ask for next, or null at the end
     */
    public record Events(List<String> events, @Nullable String next) {}

    /** The number of events from one time to another. */
    public record Count(Instant time, long count) {}

    /** One page, newest first, filtered by the query's eventType, personId, deviceId, keyId, from and to. */
    public Future<Events> page(String business, Query query, @Nullable String after, int limit) {
        return store.following(
                        filter(business, query, EventFilter.time(query, "from"), EventFilter.time(query, "to")),
                        Order.NEWEST_FIRST,
                        after == null ? null : position(after),
                        limit + 1,
                        PAGE_BYTES)
                .map(found -> {
                    // Events may also be left out because of their size.
                    boolean more = found.size() > limit || found.size() > 1 && weight(found) >= PAGE_BYTES;
                    List<StoredEvent> shown = found.size() > limit ? found.subList(0, limit) : found;
                    return new Events(texts(shown), more ? cursor(shown.get(shown.size() - 1)) : null);
                });
    }

    /**
     * The newest events since an answer whose {@code next} is {@code after}, or the newest of all. The last events of
     * that answer are included again.
     */
    public Future<Events> arrived(String business, Query query, @Nullable String after, Instant now) {
        Instant since = after == null ? null : time(after).minus(COMMIT_TIME);
        Instant from = after == null ? null : now.minus(LIVE_WINDOW);
        return store.arrived(filter(business, query, from, null), since, MAX_LIVE, PAGE_BYTES)
                .map(found -> new Events(texts(found), Long.toString(now.toEpochMilli())));
    }

    /** The last event of the last 5 minutes that was sent with a key after an instant, as JSON text, or null. */
    public Future<@Nullable String> lastOf(String business, String keyId, Instant after, Instant now) {
        EventFilter filter = new EventFilter(
                business, null, null, null, null, keyId, now.minus(LIVE_WINDOW), now.plus(EventTime.MAX_LEAD));
        return store.arrived(filter, after, 1, PAGE_BYTES)
                .map(found -> found.isEmpty() ? null : found.get(0).json());
    }

    /** The event with this id that happened at this time, to the millisecond, as JSON text, or null. */
    public Future<@Nullable String> find(String business, String id, Instant occurredAt) {
        return store.find(business, id, occurredAt).map(found -> found == null ? null : found.json());
    }

    public Future<Boolean> any(String business) {
        return store.any(business);
    }

    /** Counts over time in UTC, by the query's eventType, from, to and interval. */
    public Future<List<Count>> series(String business, Query query, Instant now) {
        Interval interval = Interval.from(query);
        EventFilter given = EventFilter.of(business, query);
        Instant to = given.to() == null ? now : given.to();
        Instant from = given.from() == null ? interval.usualStart(to, ZoneOffset.UTC) : given.from();
        return series(given.between(from, to), interval, from, to);
    }

    /** Counts by hour from one instant up to another. */
    public Future<List<Count>> hours(String business, Instant from, Instant to) {
        return series(new EventFilter(business, null, null, null, null, null, from, to), Interval.HOUR, from, to);
    }

    private Future<List<Count>> series(EventFilter filter, Interval interval, Instant from, Instant to) {
        List<Instant> buckets = EventSeries.buckets(from, to, interval, ZoneOffset.UTC, maxSeriesPoints);
        return store.counts(filter, buckets, false, maxSeriesPoints + 1).map(counts -> {
            Map<Instant, Long> byBucket = new HashMap<>();
            counts.forEach(count -> byBucket.put(count.bucket(), count.count()));
            return buckets.stream()
                    .map(bucket -> new Count(bucket, byBucket.getOrDefault(bucket, 0L)))
                    .toList();
        });
    }

    private static EventFilter filter(String business, Query query, @Nullable Instant from, @Nullable Instant to) {
        return new EventFilter(
                        business,
                        query.text("eventType"),
                        query.text("personId"),
                        query.text("deviceId"),
                        null,
                        query.text("keyId"),
                        from,
                        to)
                .ordered();
    }

    private static List<String> texts(List<StoredEvent> events) {
        return events.stream().map(StoredEvent::json).toList();
    }

    private static long weight(List<StoredEvent> events) {
        return events.stream()
                .mapToLong(event -> event.context().getBytes(StandardCharsets.UTF_8).length
                        + event.properties().getBytes(StandardCharsets.UTF_8).length)
                .sum();
    }

    private static String cursor(StoredEvent last) {
        String text = last.occurredAt() + " " + last.id();
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Position position(String cursor) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8).split(" ", 2);
            Instant time = Instant.parse(parts[0]);
            boolean inRange = !time.isBefore(Instant.EPOCH) && time.toEpochMilli() <= MAX_MILLIS;
            if (parts.length == 2 && inRange && parts[1].indexOf('\0') < 0) {
                return new Position(time, parts[1]);
            }
        } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
            // Reported below, together with a cursor that has only one part.
        }
        throw Problem.invalid("after", "must be the next of another answer.").exception();
    }

    private static Instant time(String cursor) {
        try {
            return Instant.ofEpochMilli(Math.max(0, Math.min(Long.parseLong(cursor), MAX_MILLIS)));
        } catch (NumberFormatException e) {
            throw Problem.invalid("after", "must be the cursor of another answer.")
                    .exception();
        }
    }
}
