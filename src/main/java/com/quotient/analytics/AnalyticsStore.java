package com.quotient.analytics;

import com.quotient.http.Page;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
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

    private final Pool pool;

    AnalyticsStore(Pool pool) {
        this.pool = pool;
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
        Statement count = new Statement(COUNT).where(filter);
        return count.execute(pool)
                .map(rows -> rows.iterator().next().getLong(0))
                .compose(total -> {
                    if (page.offset() >= total) {
                        return Future.succeededFuture(new Found(List.of(), total));
                    }
                    return new Statement(SELECT)
                            .where(filter)
                            .add(" ORDER BY occurred_at DESC, id DESC LIMIT ", page.limit())
                            .add(" OFFSET ", page.offset())
                            .execute(pool)
                            .map(rows -> new Found(events(rows), total));
                });
    }

    /** The next events after one, or from the first: oldest first, so that a reader may take them piece by piece. */
    Future<List<StoredEvent>> after(@Nullable StoredEvent last, EventFilter filter, int limit) {
        Statement statement = new Statement(SELECT);
        if (last == null) {
            statement.where(filter);
        } else {
            statement
                    .where(filter.between(last.occurredAt(), filter.to()))
                    .add(" AND (occurred_at, id) > (", last.occurredAt().atOffset(ZoneOffset.UTC))
                    .add(", ", last.id())
                    .add(")");
        }
        return statement
                .add(" ORDER BY occurred_at, id LIMIT ", limit)
                .execute(pool)
                .map(AnalyticsStore::events);
    }

    /** How many events each bucket holds, empty ones left out; no more than {@code limit} counts, in no order. */
    Future<List<Count>> counts(EventFilter filter, Interval interval, boolean byType, int limit) {
        return new Statement(byType ? "SELECT event_type, " : "SELECT NULL AS event_type, ")
                .add("extract(epoch FROM date_bin(", (double) interval.seconds())
                .add(" * interval '1 second', occurred_at, timestamptz 'epoch'))::bigint AS bucket, count(*) AS count")
                .add(" FROM event")
                .where(filter)
                .add(" GROUP BY 1, 2 LIMIT ", limit)
                .execute(pool)
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

    /** SQL text and its parameters while they grow together. */
    private static final class Statement {
        private final StringBuilder sql;
        private final Tuple parameters = Tuple.tuple();

        Statement(String start) {
            sql = new StringBuilder(start);
        }

        Statement add(String fragment) {
            sql.append(fragment);
            return this;
        }

        Statement add(String fragment, Object parameter) {
            parameters.addValue(parameter);
            sql.append(fragment).append('$').append(parameters.size());
            return this;
        }

        Statement where(EventFilter filter) {
            add(" WHERE business_id = ", filter.businessId());
            and(" AND event_type = ", filter.eventType());
            and(" AND person_id = ", filter.personId());
            and(" AND device_id = ", filter.deviceId());
            and(" AND session_id = ", filter.sessionId());
            and(" AND occurred_at >= ", filter.from());
            and(" AND occurred_at < ", filter.to());
            return this;
        }

        Future<RowSet<Row>> execute(Pool pool) {
            return pool.preparedQuery(sql.toString()).execute(parameters);
        }

        private void and(String condition, @Nullable String value) {
            if (value != null) {
                add(condition, value);
            }
        }

        private void and(String condition, @Nullable Instant value) {
            if (value != null) {
                add(condition, value.atOffset(ZoneOffset.UTC));
            }
        }
    }
}
