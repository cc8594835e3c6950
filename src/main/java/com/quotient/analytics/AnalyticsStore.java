package com.quotient.analytics;

import com.quotient.db.Database;
import com.quotient.db.SharedPool;
import com.quotient.db.Statement;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads events. Conditions are composed of fixed fragments, and values are always parameters. Conditions on the time
 * let Postgres prune partitions. Thread-safe.
 */
final class AnalyticsStore {
    /** Only rows within the limit are converted to text; their sizes are summed up in row order. */
    private static final String SELECT = """
            SELECT id, event_type, occurred_at, received_at, raw_timestamp, message_id, device_id, session_id, person_id,
                anonymous_id, context, properties, key_id, origin, client_address
            FROM (
                SELECT found.*, sum(octet_length(context) + octet_length(properties)) OVER written
                    - octet_length(context) - octet_length(properties) AS bytes_before
                FROM (
                    SELECT id, event_type, occurred_at, received_at, raw_timestamp, message_id, device_id, session_id,
                        person_id, anonymous_id, context::text AS context, properties::text AS properties, key_id, origin,
                        client_address
                    FROM event""";

    private static final String COUNT = "SELECT count(*) FROM event";
    private static final String POSITION = "SELECT occurred_at, id FROM event";

    private final SharedPool pool;
    private final SharedPool bulk;

    AnalyticsStore(Database database) {
        this.pool = database.features();
        this.bulk = database.bulk();
    }

    /** The position of an event in the order of time and id. */
    record Position(Instant occurredAt, String id) {
        static Position of(StoredEvent event) {
            return new Position(event.occurredAt(), event.id());
        }
    }

    /** The order of reading. */
    enum Order {
        OLDEST_FIRST("", " > (", " >= "),
        NEWEST_FIRST(" DESC", " < (", " <= ");

        private final String direction;
        private final String after;
        private final String notBefore;

        Order(String direction, String after, String notBefore) {
            this.direction = direction;
            this.after = after;
            this.notBefore = notBefore;
        }

        private String by() {
            return "occurred_at" + direction + ", id" + direction;
        }
    }

    /**
     * The number of events in one bucket.
     *
     * @param eventType null unless counted by type
     * @param bucket the start of the bucket
     */
    record Count(@Nullable String eventType, Instant bucket, long count) {}

    /** Counts events. The cost is proportional to their number, as for a series. */
    Future<Long> count(EventFilter filter) {
        return select(COUNT, filter).count(bulk, filter.businessId());
    }

    /** The event at an offset, newest first; null if there are fewer. Uses an index only. */
    Future<@Nullable Position> position(EventFilter filter, long index) {
        return select(POSITION, filter)
                .add(" ORDER BY " + Order.NEWEST_FIRST.by() + " LIMIT 1 OFFSET ", index)
                .execute(bulk, filter.businessId())
                .map(rows -> {
                    for (Row row : rows) {
                        return new Position(time(row, "occurred_at"), row.getString("id"));
                    }
                    return null;
                });
    }

    /**
     * The events after a position, or the first ones: up to the one that exceeds the given bytes, but no more than
     * {@code limit}. Empty only at the end. Exports begin with the oldest event and use a separate pool.
     */
    Future<List<StoredEvent>> following(
            EventFilter filter, Order order, @Nullable Position place, int limit, int bytes) {
        Statement statement = select(SELECT, filter);
        if (place != null) {
            // The first condition lets Postgres prune partitions.
            statement
                    .add(" AND occurred_at" + order.notBefore, place.occurredAt())
                    .add(" AND (occurred_at, id)" + order.after, place.occurredAt())
                    .add(", ", place.id())
                    .add(")");
        }
        return statement
                .add(" ORDER BY " + order.by() + " LIMIT ", limit)
                .add(") AS found WINDOW written AS (ORDER BY " + order.by() + " ROWS UNBOUNDED PRECEDING)")
                .add(") AS weighed WHERE bytes_before < ", (long) bytes)
                .add(" ORDER BY " + order.by())
                .execute(order == Order.NEWEST_FIRST ? pool : bulk, filter.businessId())
                .map(rows -> rows.stream().map(AnalyticsStore::event).toList());
    }

    /**
     * The newest events that arrived after an instant, limited in number and bytes. The range of the filter bounds the
     * search, because the time of arrival is not indexed.
     */
    Future<List<StoredEvent>> arrived(EventFilter filter, @Nullable Instant after, int limit, int bytes) {
        Order order = Order.NEWEST_FIRST;
        return select(SELECT, filter)
                .addIfGiven(" AND received_at > ", after)
                .add(" ORDER BY " + order.by() + " LIMIT ", limit)
                .add(") AS found WINDOW written AS (ORDER BY " + order.by() + " ROWS UNBOUNDED PRECEDING)")
                .add(") AS weighed WHERE bytes_before < ", (long) bytes)
                .add(" ORDER BY " + order.by())
                .execute(pool, filter.businessId())
                .map(rows -> rows.stream().map(AnalyticsStore::event).toList());
    }

    /** The event with this id and this time to the millisecond, or null. */
    Future<@Nullable StoredEvent> find(String business, String id, Instant occurredAt) {
        return new Statement(SELECT)
                .add(" WHERE business_id = ", business)
                .add(" AND occurred_at >= ", occurredAt)
                .add(" AND occurred_at < ", occurredAt.plusMillis(1))
                .add(" AND id = ", id)
                .add(") AS found WINDOW written AS ()) AS weighed")
                .execute(pool, business)
                .map(rows -> {
                    for (Row row : rows) {
                        return event(row);
                    }
                    return null;
                });
    }

    /** Whether the business has any event. */
    Future<Boolean> any(String business) {
        return new Statement("SELECT EXISTS (SELECT FROM event")
                .add(" WHERE business_id = ", business)
                .add(")")
                .execute(pool, business)
                .map(rows -> rows.iterator().next().getBoolean(0));
    }

    /**
     * Counts the events of each bucket. Leaves out empty buckets; returns no more than {@code limit} counts, unordered.
     *
     * @param buckets their starts, ascending; each bucket ends where the next begins, and no event of the filter is
     *     before the first
     */
    Future<List<Count>> counts(EventFilter filter, List<Instant> buckets, boolean byType, int limit) {
        Statement counts = new Statement(byType ? "SELECT event_type, " : "SELECT NULL AS event_type, ")
                .add("width_bucket(occurred_at, ", times(buckets))
                .add("::timestamptz[]) AS bucket, count(*) AS count FROM event");
        return where(counts, filter)
                .add(" GROUP BY 1, 2 LIMIT ", limit)
                .execute(bulk, filter.businessId())
                .map(rows -> rows.stream()
                        .map(row -> new Count(
                                row.getString("event_type"),
                                buckets.get(row.getInteger("bucket") - 1),
                                row.getLong("count")))
                        .toList());
    }

    private static OffsetDateTime[] times(List<Instant> instants) {
        return instants.stream().map(time -> time.atOffset(ZoneOffset.UTC)).toArray(OffsetDateTime[]::new);
    }

    private static Instant time(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static StoredEvent event(Row row) {
        return new StoredEvent(
                row.getString("id"),
                row.getString("event_type"),
                time(row, "occurred_at"),
                time(row, "received_at"),
                row.getString("raw_timestamp"),
                row.getString("message_id"),
                row.getString("device_id"),
                row.getString("session_id"),
                row.getString("person_id"),
                row.getString("anonymous_id"),
                row.getString("context"),
                row.getString("properties"),
                row.getString("key_id"),
                row.getString("origin"),
                row.getString("client_address"));
    }

    private static Statement select(String start, EventFilter filter) {
        return where(new Statement(start), filter);
    }

    private static Statement where(Statement statement, EventFilter filter) {
        return statement
                .add(" WHERE business_id = ", filter.businessId())
                .addIfGiven(" AND event_type = ", filter.eventType())
                .addIfGiven(" AND person_id = ", filter.personId())
                .addIfGiven(" AND device_id = ", filter.deviceId())
                .addIfGiven(" AND session_id = ", filter.sessionId())
                .addIfGiven(" AND key_id = ", filter.keyId())
                .addIfGiven(" AND occurred_at >= ", filter.from())
                .addIfGiven(" AND occurred_at < ", filter.to());
    }
}
