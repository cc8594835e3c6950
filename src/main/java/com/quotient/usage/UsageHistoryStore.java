package com.quotient.usage;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads what the {@link UsageVerticle} has written. Thread-safe. */
public final class UsageHistoryStore {
    private static final String REQUESTS = """
            SELECT key_id, hour, sum(count)::bigint AS count FROM key_usage_hour
            WHERE key_id = ANY ($1::text[]) AND hour >= $2 GROUP BY key_id, hour
            """;
    private static final String HOURS =
            "SELECT hour AS time, outcome, count FROM key_usage_hour WHERE key_id = $1 AND hour >= $2";
    private static final String DAYS = """
            SELECT day::timestamp AT TIME ZONE 'UTC' AS time, outcome, count FROM key_usage_day
            WHERE key_id = $1 AND day >= $2
            """;
    private static final String BUSINESS_HOURS = """
            SELECT hour AS time, outcome, sum(count)::bigint AS count
            FROM api_key k JOIN key_usage_hour h ON h.key_id = k.id
            WHERE k.business_id = $1 AND hour >= $2 GROUP BY 1, 2
            """;
    private static final String REFUSALS = """
            SELECT reason, subject, route, sum(count)::bigint AS count, min(first_seen_at) AS first_seen_at,
                max(last_seen_at) AS last_seen_at
            FROM key_refusal_day WHERE key_id = $1 AND day >= $2
            GROUP BY reason, subject, route ORDER BY count DESC, last_seen_at DESC LIMIT $3
            """;
    private static final String TRIED = """
            SELECT reason, subject, route, sum(count)::bigint AS count, min(first_seen_at) AS first_seen_at,
                max(last_seen_at) AS last_seen_at
            FROM key_trial_day WHERE key_id = $1 AND last_seen_at >= $2
            GROUP BY reason, subject, route ORDER BY count DESC, last_seen_at DESC LIMIT $3
            """;
    private static final String CALLERS = """
            SELECT agent, origin, route, sum(count)::bigint AS count, min(first_seen_at) AS first_seen_at,
                max(last_seen_at) AS last_seen_at
            FROM key_caller_day WHERE key_id = $1 AND day >= $2 AND last_seen_at >= $3
            GROUP BY agent, origin, route ORDER BY last_seen_at DESC, count DESC, agent, origin, route LIMIT $4
            """;
    private static final String LAST_REFUSAL = """
            SELECT reason, subject, route, count, first_seen_at, last_seen_at
            FROM key_refusal_day WHERE key_id = $1 AND day >= $2 AND last_seen_at > $3
            ORDER BY last_seen_at DESC LIMIT 1
            """;
    private static final String BUSINESS_REFUSALS = """
            SELECT reason, sum(count)::bigint AS count FROM api_key k JOIN key_refusal_day r ON r.key_id = k.id
            WHERE k.business_id = $1 AND day >= $2 GROUP BY reason ORDER BY count DESC
            """;

    private final Pool pool;

    public UsageHistoryStore(Pool pool) {
        this.pool = pool;
    }

    /**
     * Refusals of one kind.
     *
     * @param subject the origin, address or scope, or empty
     * @param route empty if kinds are counted together
     */
    public record Refusal(
            String reason, String subject, String route, long count, Instant firstSeenAt, Instant lastSeenAt) {}

    /**
     * Accepted requests of one kind.
     *
     * @param agent the family of the agent, for people
     * @param origin empty if there was none
     * @param route empty if kinds are counted together
     */
    public record CallerSeen(
            String agent, String origin, String route, long count, Instant firstSeenAt, Instant lastSeenAt) {}

    /** Requests by key and hour, refused ones included, from an hour on. */
    public Future<Map<String, Map<Instant, Long>>> requests(List<String> keyIds, Instant from) {
        return pool.preparedQuery(REQUESTS)
                .execute(Tuple.of(keyIds.toArray(String[]::new), time(from)))
                .map(rows -> {
                    Map<String, Map<Instant, Long>> byKey = new HashMap<>();
                    rows.forEach(row -> byKey.computeIfAbsent(row.getString("key_id"), key -> new HashMap<>())
                            .put(instant(row, "hour"), row.getLong("count")));
                    return byKey;
                });
    }

    /** Uses of a key by hour and outcome, from an hour on. */
    public Future<Map<Instant, Map<String, Long>>> hours(String keyId, Instant from) {
        return pool.preparedQuery(HOURS).execute(Tuple.of(keyId, time(from))).map(UsageHistoryStore::outcomes);
    }

    /** Uses of a key by day and outcome, from a day on. */
    public Future<Map<Instant, Map<String, Long>>> days(String keyId, LocalDate from) {
        return pool.preparedQuery(DAYS).execute(Tuple.of(keyId, from)).map(UsageHistoryStore::outcomes);
    }

    /** Uses of all keys of a business by hour and outcome, from an hour on. */
    public Future<Map<Instant, Map<String, Long>>> businessHours(String businessId, Instant from) {
        return pool.preparedQuery(BUSINESS_HOURS)
                .execute(Tuple.of(businessId, time(from)))
                .map(UsageHistoryStore::outcomes);
    }

    /** Refusals of a key from a day on, most frequent first. */
    public Future<List<Refusal>> refusals(String keyId, LocalDate from, int limit) {
        return pool.preparedQuery(REFUSALS)
                .execute(Tuple.of(keyId, from, limit))
                .map(rows -> rows.stream().map(UsageHistoryStore::refusal).toList());
    }

    /** What restrictions on trial would have refused from an instant on, most frequent first. */
    public Future<List<Refusal>> tried(String keyId, Instant from, int limit) {
        return pool.preparedQuery(TRIED)
                .execute(Tuple.of(keyId, time(from), limit))
                .map(rows -> rows.stream().map(UsageHistoryStore::refusal).toList());
    }

    /**
     * Who called with a key from an instant on, the last to call first. Calls are counted by day, so the count and the
     * first time of a caller include its calls earlier on the day of {@code from}.
     */
    public Future<List<CallerSeen>> callers(String keyId, Instant from, int limit) {
        return pool.preparedQuery(CALLERS)
                .execute(Tuple.of(keyId, LocalDate.ofInstant(from, ZoneOffset.UTC), time(from), limit))
                .map(rows -> rows.stream()
                        .map(row -> new CallerSeen(
                                AgentFamily.title(row.getString("agent")),
                                row.getString("origin"),
                                row.getString("route"),
                                row.getLong("count"),
                                instant(row, "first_seen_at"),
                                instant(row, "last_seen_at")))
                        .toList());
    }

    /** The last refusal of a key after an instant, or null. */
    public Future<@Nullable Refusal> lastRefusal(String keyId, Instant after) {
        return pool.preparedQuery(LAST_REFUSAL)
                .execute(Tuple.of(keyId, LocalDate.ofInstant(after, ZoneOffset.UTC), time(after)))
                .map(rows -> {
                    for (Row row : rows) {
                        return refusal(row);
                    }
                    return null;
                });
    }

    /** Refusals of a business by reason from a day on, most frequent first. */
    public Future<List<Map.Entry<String, Long>>> businessRefusals(String businessId, LocalDate from) {
        return pool.preparedQuery(BUSINESS_REFUSALS)
                .execute(Tuple.of(businessId, from))
                .map(rows -> rows.stream()
                        .map(row -> Map.entry(row.getString("reason"), row.getLong("count")))
                        .toList());
    }

    private static Map<Instant, Map<String, Long>> outcomes(RowSet<Row> rows) {
        Map<Instant, Map<String, Long>> byTime = new HashMap<>();
        rows.forEach(row -> byTime.computeIfAbsent(instant(row, "time"), key -> new HashMap<>())
                .put(row.getString("outcome"), row.getLong("count")));
        return byTime;
    }

    private static Refusal refusal(Row row) {
        return new Refusal(
                row.getString("reason"),
                row.getString("subject"),
                row.getString("route"),
                row.getLong("count"),
                instant(row, "first_seen_at"),
                instant(row, "last_seen_at"));
    }

    private static Instant instant(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
