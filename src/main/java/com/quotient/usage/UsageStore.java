package com.quotient.usage;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;

/** Writes uses in one statement that moves forward only, rows in the order of their ids. */
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
                ON CONFLICT (key_id, day, outcome) DO UPDATE SET count = d.count + excluded.count)
            INSERT INTO key_audit (business_id, key_id, action, actor, source, after)
            SELECT business_id, key_id, 'secret_key_in_browser', 'server', source, after
            FROM unnest($7::text[], $8::text[], $9::text[], $10::jsonb[]) AS t (business_id, key_id, source, after)
            """;
    private static final String FORGET = "DELETE FROM key_usage_day WHERE day < $1::date";

    private final Pool pool;

    UsageStore(Pool pool) {
        this.pool = pool;
    }

    Future<Void> write(PendingUsage usage) {
        List<String> usedKeys = new ArrayList<>();
        List<OffsetDateTime> usedAt = new ArrayList<>();
        List<String> countedKeys = new ArrayList<>();
        List<LocalDate> days = new ArrayList<>();
        List<String> outcomes = new ArrayList<>();
        List<Long> counts = new ArrayList<>();
        List<String> businesses = new ArrayList<>();
        List<String> auditedKeys = new ArrayList<>();
        List<String> sources = new ArrayList<>();
        List<JsonObject> incidents = new ArrayList<>();
        usage.byKey.forEach((keyId, entry) -> {
            if (entry.lastUsedMillis > 0) {
                usedKeys.add(keyId);
                usedAt.add(Instant.ofEpochMilli(entry.lastUsedMillis).atOffset(ZoneOffset.UTC));
            }
            entry.counts.forEach((day, sums) -> {
                for (UseOutcome outcome : UseOutcome.values()) {
                    long count = sums[outcome.ordinal()];
                    if (count > 0) {
                        countedKeys.add(keyId);
                        days.add(day);
                        outcomes.add(outcome.label());
                        counts.add(count);
                    }
                }
            });
            if (entry.incident != null) {
                businesses.add(entry.businessId);
                auditedKeys.add(keyId);
                sources.add(entry.incident.address());
                incidents.add(
                        new JsonObject().put("count", entry.incident.count()).put("origin", entry.incident.origin()));
            }
        });
        Tuple tuple = Tuple.tuple()
                .addArrayOfString(usedKeys.toArray(String[]::new))
                .addArrayOfOffsetDateTime(usedAt.toArray(OffsetDateTime[]::new))
                .addArrayOfString(countedKeys.toArray(String[]::new))
                .addArrayOfLocalDate(days.toArray(LocalDate[]::new))
                .addArrayOfString(outcomes.toArray(String[]::new))
                .addArrayOfLong(counts.toArray(Long[]::new))
                .addArrayOfString(businesses.toArray(String[]::new))
                .addArrayOfString(auditedKeys.toArray(String[]::new))
                .addArrayOfString(sources.toArray(String[]::new))
                .addArrayOfJsonObject(incidents.toArray(JsonObject[]::new));
        return pool.preparedQuery(FLUSH).execute(tuple).mapEmpty();
    }

    Future<Void> forgetBefore(LocalDate day) {
        return pool.preparedQuery(FORGET).execute(Tuple.of(day)).mapEmpty();
    }
}
