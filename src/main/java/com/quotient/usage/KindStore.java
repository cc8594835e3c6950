package com.quotient.usage;

import com.quotient.usage.PendingUsage.Entry;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Adds to the counts of a table by key, day and kind. For each key and day a maximum number of kinds stays, the most
 * frequent ones; the others are counted together by their label.
 */
final class KindStore {
    /** Servers take turns: one might trim a kind that another is about to count. */
    private static final String TURN = "SELECT pg_advisory_xact_lock(hashtextextended('%s', 0))";

    private static final String ADD = """
            INSERT INTO %1$s AS r (key_id, day, %2$s, %3$s, route, count, first_seen_at, last_seen_at)
            %4$s
            ON CONFLICT (key_id, day, %2$s, %3$s, route) DO UPDATE SET count = r.count + excluded.count,
                first_seen_at = least(r.first_seen_at, excluded.first_seen_at),
                last_seen_at = greatest(r.last_seen_at, excluded.last_seen_at)
            """;
    private static final String GIVEN = """
            SELECT * FROM unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::text[], $6::bigint[],
                $7::timestamptz[], $8::timestamptz[])""";
    /** A row that was inserted and not updated has no xmax. */
    private static final String RETURNING_NEW = "RETURNING CASE WHEN xmax = 0 THEN key_id END AS key_id, day";

    /** Among kinds that are equally frequent, the most recent stay. */
    private static final String TRIM = """
            WITH ranked AS (
                SELECT key_id, day, %2$s, %3$s, route,
                    row_number() OVER (PARTITION BY key_id, day ORDER BY count DESC, last_seen_at DESC) AS place
                FROM %1$s
                WHERE key_id = ANY ($1::text[]) AND day = ANY ($2::date[]) AND (%3$s <> '' OR route <> '')),
            gone AS (
                DELETE FROM %1$s r USING ranked g
                WHERE g.place > $3 AND r.key_id = g.key_id AND r.day = g.day AND r.%2$s = g.%2$s
                    AND r.%3$s = g.%3$s AND r.route = g.route
                RETURNING r.*)
            """;

    private static final String GONE = """
            SELECT key_id, day, %1$s, '', '', sum(count), min(first_seen_at), max(last_seen_at) FROM gone
            GROUP BY key_id, day, %1$s""";

    private final String turn;
    private final String add;
    private final String trim;
    private final String forget;

    /** {@code label} and {@code subject}: the columns of what {@link Kinds.Kind} calls so. */
    KindStore(String table, String label, String subject) {
        turn = TURN.formatted(table);
        add = ADD.formatted(table, label, subject, GIVEN) + RETURNING_NEW;
        trim = TRIM.formatted(table, label, subject) + ADD.formatted(table, label, subject, GONE.formatted(label));
        forget = "DELETE FROM " + table + " WHERE day < $1::date";
    }

    /** Adds the counts of each key and day, and keeps {@code max} kinds of them. */
    Future<Void> add(
            SqlConnection connection,
            PendingUsage usage,
            BiFunction<String, Entry, Map<LocalDate, KindCounts>> counts,
            int max) {
        Columns columns = new Columns();
        usage.byKey.forEach((keyId, entry) -> counts.apply(keyId, entry)
                .forEach((day, kinds) -> kinds.forEach((kind, tally) -> columns.add(keyId, day, kind, tally))));
        return columns.keys.isEmpty()
                ? Future.succeededFuture()
                : connection
                        .query(turn)
                        .execute()
                        .compose(done -> connection.preparedQuery(add).execute(columns.tuple()))
                        .compose(rows -> trim(connection, rows, max));
    }

    /** Only a new kind can be one too many. */
    private Future<Void> trim(SqlConnection connection, RowSet<Row> added, int max) {
        Set<String> keys = new HashSet<>();
        Set<LocalDate> days = new HashSet<>();
        for (Row row : added) {
            String keyId = row.getString("key_id");
            if (keyId != null) {
                keys.add(keyId);
                days.add(row.getLocalDate("day"));
            }
        }
        return keys.isEmpty()
                ? Future.succeededFuture()
                : connection
                        .preparedQuery(trim)
                        .execute(Tuple.of(keys.toArray(String[]::new), days.toArray(LocalDate[]::new), max))
                        .mapEmpty();
    }

    /** Deletes the counts of the days before one. */
    Future<Void> forget(SqlConnection connection, LocalDate day) {
        return connection.preparedQuery(forget).execute(Tuple.of(day)).mapEmpty();
    }

    private static final class Columns {
        private final List<String> keys = new ArrayList<>();
        private final List<LocalDate> days = new ArrayList<>();
        private final List<String> labels = new ArrayList<>();
        private final List<String> subjects = new ArrayList<>();
        private final List<String> routes = new ArrayList<>();
        private final List<Long> counts = new ArrayList<>();
        private final List<OffsetDateTime> first = new ArrayList<>();
        private final List<OffsetDateTime> last = new ArrayList<>();

        void add(String keyId, LocalDate day, Kinds.Kind kind, Kinds.Tally tally) {
            keys.add(keyId);
            days.add(day);
            labels.add(kind.label());
            subjects.add(kind.subject());
            routes.add(kind.route());
            counts.add(tally.count());
            first.add(time(tally.firstMillis()));
            last.add(time(tally.lastMillis()));
        }

        Tuple tuple() {
            return Tuple.tuple()
                    .addArrayOfString(keys.toArray(String[]::new))
                    .addArrayOfLocalDate(days.toArray(LocalDate[]::new))
                    .addArrayOfString(labels.toArray(String[]::new))
                    .addArrayOfString(subjects.toArray(String[]::new))
                    .addArrayOfString(routes.toArray(String[]::new))
                    .addArrayOfLong(counts.toArray(Long[]::new))
                    .addArrayOfOffsetDateTime(first.toArray(OffsetDateTime[]::new))
                    .addArrayOfOffsetDateTime(last.toArray(OffsetDateTime[]::new));
        }

        private static OffsetDateTime time(long millis) {
            return Instant.ofEpochMilli(millis).atOffset(ZoneOffset.UTC);
        }
    }
}
