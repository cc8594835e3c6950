package com.quotient.analytics;

import com.quotient.db.Database;
import com.quotient.db.SharedPool;
import com.quotient.db.Statement;
import com.quotient.http.Page;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads events. Conditions are put together from fixed fragments, values are parameters always; those on the time let
 * Postgres leave out the partitions of other days. Any thread may use it.
 */
final class AnalyticsStore {
    private static final String SELECT = """
            SELECT id, event_type, occurred_at, received_at, raw_timestamp, message_id, device_id, session_id, person_id,
                anonymous_id, context::text AS context, properties::text AS properties, key_id, origin, client_address
            FROM event""";

    private static final String COUNT = "SELECT count(*) FROM event";

    private final SharedPool pool;
    private final SharedPool bulk;

    AnalyticsStore(Database database) {
        this.pool = database.features();
        this.bulk = database.bulk();
    }

    /** Some of the events found, and how many there are. */
    record Found(List<StoredEvent> events, long total) {}

    /**
     * How many events happened in one bucket.
     *
     * @param eventType null when they were not counted by type
     * @param bucket when it begins
     */
    record Count(@Nullable String eventType, Instant bucket, long count) {}

    /** One page of the events, newest first. */
    Future<Found> page(EventFilter filter, Page page) {
        return select(COUNT, filter)
                .execute(pool, filter.businessId())
                .map(rows -> rows.iterator().next().getLong(0))
                .compose(total -> {
                    if (page.offset() >= total) {
                        return Future.succeededFuture(new Found(List.of(), total));
                    }
                    return select(SELECT, filter)
                            .add(" ORDER BY occurred_at DESC, id DESC LIMIT ", page.limit())
                            .add(" OFFSET ", page.offset())
                            .execute(pool, filter.businessId())
                            .map(rows -> new Found(events(rows), total));
                });
    }

    /** The next events after one, or from the first: oldest first, so that a reader may take them piece by piece. */
    Future<List<StoredEvent>> after(@Nullable StoredEvent last, EventFilter filter, int limit) {
        Statement statement = last == null
                ? select(SELECT, filter)
                : select(SELECT, filter.between(last.occurredAt(), filter.to()))
                        .add(" AND (occurred_at, id) > (", last.occurredAt())
                        .add(", ", last.id())
                        .add(")");
        return statement
                .add(" ORDER BY occurred_at, id LIMIT ", limit)
                .execute(bulk, filter.businessId())
                .map(AnalyticsStore::events);
    }

    /** How many events each bucket holds, empty ones left out; no more than {@code limit} counts, in no order. */
    Future<List<Count>> counts(EventFilter filter, Interval interval, boolean byType, int limit) {
        Statement counts = new Statement(byType ? "SELECT event_type, " : "SELECT NULL AS event_type, ")
                .add("extract(epoch FROM date_bin(", (double) interval.seconds())
                .add(" * interval '1 second', occurred_at, timestamptz 'epoch'))::bigint AS bucket, count(*) AS count")
                .add(" FROM event");
        return where(counts, filter)
                .add(" GROUP BY 1, 2 LIMIT ", limit)
                .execute(bulk, filter.businessId())
                .map(rows -> rows.stream()
                        .map(row -> new Count(
                                row.getString("event_type"),
                                Instant.ofEpochSecond(row.getLong("bucket")),
                                row.getLong("count")))
                        .toList());
    }

    private static List<StoredEvent> events(RowSet<Row> rows) {
        return rows.stream().map(AnalyticsStore::event).toList();
    }

    private static StoredEvent event(Row row) {
        return new StoredEvent(
                row.getString("id"),
                row.getString("event_type"),
                row.getOffsetDateTime("occurred_at").toInstant(),
                row.getOffsetDateTime("received_at").toInstant(),
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
                .addIfGiven(" AND occurred_at >= ", filter.from())
                .addIfGiven(" AND occurred_at < ", filter.to());
    }
}
