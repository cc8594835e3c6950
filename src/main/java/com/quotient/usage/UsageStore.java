package com.quotient.usage;

import com.quotient.time.Times;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes uses in batches. Times only move forward; rows are locked in the order of their ids. */
final class UsageStore {
    private static final String FLUSH = """
            WITH used AS (
                INSERT INTO key_usage AS u (key_id, last_used_at)
                SELECT key_id, at FROM unnest($1::text[], $2::timestamptz[]) AS t (key_id, at) ORDER BY key_id
                ON CONFLICT (key_id) DO UPDATE SET last_used_at = excluded.last_used_at
                WHERE u.last_used_at < excluded.last_used_at),
            counted AS (
                INSERT INTO key_usage_day AS d (key_id, day, outcome, count)
                SELECT key_id, day, outcome, count
                FROM unnest($3::text[], $4::date[], $5::text[], $6::bigint[]) AS t (key_id, day, outcome, count)
                ORDER BY key_id, day, outcome
                ON CONFLICT (key_id, day, outcome) DO UPDATE SET count = d.count + excluded.count),
            counted_by_hour AS (
                INSERT INTO key_usage_hour AS h (key_id, hour, outcome, count)
                SELECT key_id, hour, outcome, count
                FROM unnest($11::text[], $12::timestamptz[], $13::text[], $14::bigint[]) AS t (key_id, hour, outcome, count)
                ORDER BY key_id, hour, outcome
                ON CONFLICT (key_id, hour, outcome) DO UPDATE SET count = h.count + excluded.count)
            INSERT INTO key_audit (business_id, key_id, action, actor, source, after)
            SELECT business_id, key_id, 'secret_key_in_browser', 'server', source, after
            FROM unnest($7::text[], $8::text[], $9::text[], $10::jsonb[]) AS t (business_id, key_id, source, after)
            """;
    /** Looked for first, since an UPDATE of keys makes all servers read which have changed. */
    private static final String ENDING =
            "SELECT FROM api_key WHERE ends_on_successor_use AND rotated_to = ANY ($1::text[]) LIMIT 1";

    private static final String END = """
            WITH ended AS (
                UPDATE api_key SET expires_at = least(expires_at, now()), ends_on_successor_use = false
                WHERE ends_on_successor_use AND rotated_to = ANY ($1::text[])
                RETURNING business_id, id, expires_at)
            INSERT INTO key_audit (business_id, key_id, action, actor, source, after)
            SELECT business_id, id, 'end_on_successor_use', 'server', 'server', jsonb_build_object(
                'expiresAt', to_char(expires_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'))
            FROM ended
            """;

    /** The lock makes whoever replaces a trial wait, or this statement for the one who does, and then finds another. */
    private static final String CURRENT_TRIALS = """
            SELECT k.id FROM api_key k JOIN unnest($1::text[], $2::text[]) AS t (id, since) ON t.id = k.id
            WHERE k.trial ->> 'since' = t.since ORDER BY k.id FOR SHARE OF k
            """;

    private static final String FORGET_DAYS = "DELETE FROM key_usage_day WHERE day < $1::date";
    private static final String FORGET_HOURS = "DELETE FROM key_usage_hour WHERE hour < $1::timestamptz";

    private final Pool pool;
    private final KindStore callers = new KindStore("key_caller_day", "agent", "origin");
    private final KindStore refusals = new KindStore("key_refusal_day", "reason", "subject");
    private final KindStore trials = new KindStore("key_trial_day", "reason", "subject");

    UsageStore(Pool pool) {
        this.pool = pool;
    }

    /** Writes all or nothing. Keeps a maximum number of kinds of callers, refusals and trials per key and day. */
    Future<Void> write(PendingUsage usage, int maxCallers, int maxRefusals) {
        return pool.withTransaction(connection -> connection
                .preparedQuery(FLUSH)
                .execute(uses(usage))
                .compose(done -> callers.add(connection, usage, (keyId, entry) -> entry.callers, maxCallers))
                .compose(done -> usage.hasRefusals()
                        ? refusals.add(connection, usage, (keyId, entry) -> entry.refused, maxRefusals)
                        : Future.succeededFuture())
                .compose(done -> addTried(connection, usage, maxRefusals)));
    }

    /** Only what was counted for the trial that the key has now. */
    private Future<Void> addTried(SqlConnection connection, PendingUsage usage, int maxRefusals) {
        List<String> keys = new ArrayList<>();
        List<String> since = new ArrayList<>();
        usage.byKey.forEach((keyId, entry) -> {
            if (!entry.tried.isEmpty()) {
                keys.add(keyId);
                since.add(Times.format(entry.triedSince));
            }
        });
        if (keys.isEmpty()) {
            return Future.succeededFuture();
        }
        return connection
                .preparedQuery(CURRENT_TRIALS)
                .execute(Tuple.tuple()
                        .addArrayOfString(keys.toArray(String[]::new))
                        .addArrayOfString(since.toArray(String[]::new)))
                .compose(rows -> {
                    Set<String> current =
                            rows.stream().map(row -> row.getString("id")).collect(Collectors.toSet());
                    return trials.add(
                            connection,
                            usage,
                            (keyId, entry) -> current.contains(keyId) ? entry.tried : Map.of(),
                            maxRefusals);
                });
    }

    /** Ends the rotated keys that live only until their successor is used. */
    Future<Void> endRotated(PendingUsage usage) {
        Tuple used = Tuple.tuple()
                .addArrayOfString(usage.byKey.entrySet().stream()
                        .filter(entry -> entry.getValue().lastUsedMillis > 0)
                        .map(Map.Entry::getKey)
                        .toArray(String[]::new));
        return pool.preparedQuery(ENDING)
                .execute(used)
                .compose(found -> found.size() == 0
                        ? Future.succeededFuture()
                        : pool.preparedQuery(END).execute(used))
                .mapEmpty();
    }

    private static Tuple uses(PendingUsage usage) {
        List<String> usedKeys = new ArrayList<>();
        List<OffsetDateTime> usedAt = new ArrayList<>();
        Counts<LocalDate> days = new Counts<>();
        Counts<OffsetDateTime> byHour = new Counts<>();
        List<String> businesses = new ArrayList<>();
        List<String> auditedKeys = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        List<JsonObject> incidents = new ArrayList<>();
        usage.byKey.forEach((keyId, entry) -> {
            if (entry.lastUsedMillis > 0) {
                usedKeys.add(keyId);
                usedAt.add(Instant.ofEpochMilli(entry.lastUsedMillis).atOffset(ZoneOffset.UTC));
            }
            Map<LocalDate, long[]> byDay = new HashMap<>();
            entry.counts.forEach((hour, sums) -> {
                byHour.add(keyId, hour.atOffset(ZoneOffset.UTC), sums);
                byDay.merge(LocalDate.ofInstant(hour, ZoneOffset.UTC), sums, UsageStore::sum);
            });
            byDay.forEach((day, sums) -> days.add(keyId, day, sums));
            if (entry.incident != null) {
                businesses.add(entry.businessId);
                auditedKeys.add(keyId);
                sources.add(entry.incident.address());
                incidents.add(
                        new JsonObject().put("count", entry.incident.count()).put("origin", entry.incident.origin()));
            }
        });
        return Tuple.tuple()
                .addArrayOfString(usedKeys.toArray(String[]::new))
                .addArrayOfOffsetDateTime(usedAt.toArray(OffsetDateTime[]::new))
                .addArrayOfString(days.keys.toArray(String[]::new))
                .addArrayOfLocalDate(days.times.toArray(LocalDate[]::new))
                .addArrayOfString(days.outcomes.toArray(String[]::new))
                .addArrayOfLong(days.counts.toArray(Long[]::new))
                .addArrayOfString(businesses.toArray(String[]::new))
                .addArrayOfString(auditedKeys.toArray(String[]::new))
                .addArrayOfString(sources.toArray(String[]::new))
                .addArrayOfJsonObject(incidents.toArray(JsonObject[]::new))
                .addArrayOfString(byHour.keys.toArray(String[]::new))
                .addArrayOfOffsetDateTime(byHour.times.toArray(OffsetDateTime[]::new))
                .addArrayOfString(byHour.outcomes.toArray(String[]::new))
                .addArrayOfLong(byHour.counts.toArray(Long[]::new));
    }

    /** Counts as the columns of a table. */
    private static final class Counts<T> {
        private final List<String> keys = new ArrayList<>();
        private final List<T> times = new ArrayList<>();
        private final List<String> outcomes = new ArrayList<>();
        private final List<Long> counts = new ArrayList<>();

        void add(String keyId, T time, long[] sums) {
            for (UseOutcome outcome : UseOutcome.values()) {
                long count = sums[outcome.ordinal()];
                if (count > 0) {
                    keys.add(keyId);
                    times.add(time);
                    outcomes.add(outcome.label());
                    counts.add(count);
                }
            }
        }
    }

    private static long[] sum(long[] one, long[] other) {
        long[] sum = one.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += other[i];
        }
        return sum;
    }

    /** Deletes daily counts, hourly counts, refusals, what trials counted, and callers older than their limits. */
    Future<Void> forget(LocalDate day, Instant hour, LocalDate refusedDay, LocalDate callerDay) {
        return pool.withConnection(connection -> connection
                .preparedQuery(FORGET_DAYS)
                .execute(Tuple.of(day))
                .compose(
                        done -> connection.preparedQuery(FORGET_HOURS).execute(Tuple.of(hour.atOffset(ZoneOffset.UTC))))
                .compose(done -> refusals.forget(connection, refusedDay))
                .compose(done -> trials.forget(connection, refusedDay))
                .compose(done -> callers.forget(connection, callerDay)));
    }
}
