package com.quotient.keys;

import com.quotient.db.Statement;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the keys of a business for people: searched, filtered, with a computed status. Thread-safe. */
public final class KeyListStore {
    /** How long an expired key is listed as needing attention. */
    private static final Duration ATTENTION = Duration.ofDays(7);

    private static final String SELECT = """
            SELECT * FROM (
                SELECT k.id, k.business_id, k.tier, k.name, k.description, k.prefix, k.suffix, k.readable, k.scopes,
                       k.allowed_origins, k.allow_missing_origin, k.allowed_ips, k.rate_limit, k.rate_window_seconds,
                       k.expires_at, k.status, k.created_at, k.created_by, k.rotated_from, k.rotated_to,
                       k.ends_on_successor_use, k.managed_by, k.trial, k.version, u.last_used_at,
                       successor.created_at AS rotated_at,
                       %s AS exceeds_policy,
                       CASE WHEN k.status = 'revoked' THEN 'revoked'
                            WHEN k.expires_at <= now.now THEN 'expired'
                            WHEN k.status = 'disabled' THEN 'disabled'
                            WHEN r.refused >= 10 AND r.refused * 10 > r.total THEN 'refusing'
                            WHEN r.limited > 0 THEN 'limited'
                            WHEN k.expires_at <= now.now + interval '7 days' THEN 'expiring'
                            WHEN coalesce(u.last_used_at, k.created_at) < now.now - interval '90 days' THEN 'unused'
                            ELSE 'active' END AS shown
                FROM api_key k
                JOIN business b ON b.id = k.business_id
                CROSS JOIN (SELECT \
            """.formatted(KeyPolicyAdmin.EXCEEDS);
    private static final String JOINS = """
            ::timestamptz AS now) AS now
                LEFT JOIN key_usage u ON u.key_id = k.id
                LEFT JOIN api_key successor ON successor.id = k.rotated_to
                LEFT JOIN LATERAL (
                    SELECT sum(h.count) AS total, sum(h.count) FILTER (WHERE h.outcome = 'refused') AS refused,
                           sum(h.count) FILTER (WHERE h.outcome = 'rate_limited') AS limited
                    FROM key_usage_hour h
                    WHERE h.key_id = k.id AND h.hour >= date_trunc('hour', now.now) - interval '1 hour') AS r ON true
                WHERE k.business_id = \
            """;

    private static final String SUMMARY = """
            SELECT count(*) AS made,
                   count(*) FILTER (WHERE status <> 'revoked' AND (expires_at IS NULL OR expires_at > $2)) AS alive,
                   coalesce(bool_or(tier = 'pk' AND EXISTS (
                       SELECT FROM unnest(allowed_origins) AS o WHERE o <> '*')), false) AS bound
            FROM api_key WHERE business_id = $1
            """;

    private final Pool pool;

    public KeyListStore(Pool pool) {
        this.pool = pool;
    }

    /**
     * Selects keys. A null member selects all.
     *
     * @param search a part of the name, the description, the id or the masked key, regardless of case
     * @param status a status as in {@link Line}
     * @param scope a scope that the key effectively has
     * @param origin a part of an allowed origin
     * @param exceedsPolicy only keys that expire later than the policy of the business allows
     */
    public record Filter(
            @Nullable String search,
            @Nullable KeyTier tier,
            @Nullable String status,
            @Nullable Scope scope,
            @Nullable String origin,
            boolean exceedsPolicy) {
        public static final Filter ALL = new Filter(null, null, null, null, null, false);
        public static final Filter EXCEEDING_POLICY = new Filter(null, null, null, null, null, true);

        /** Keys with this status. */
        public static Filter of(String status) {
            return new Filter(null, null, status, null, null, false);
        }
    }

    /**
     * A key and its computed status: revoked, expired, disabled, refusing (10 or more refusals, and more than a tenth
     * of the requests in this hour and the one before), limited, expiring (within 7 days), unused (for 90 days) or
     * active.
     *
     * @param rotatedAt when its successor was created, or null
     * @param exceedsPolicy whether it expires later than the policy of the business allows
     */
    public record Line(
            KeyDetails key, String status, @Nullable Instant rotatedAt, boolean exceedsPolicy) {
        static Line of(Row row) {
            OffsetDateTime rotatedAt = row.getOffsetDateTime("rotated_at");
            return new Line(
                    KeyDetailsStore.details(row),
                    row.getString("shown"),
                    rotatedAt == null ? null : rotatedAt.toInstant(),
                    row.getBoolean("exceeds_policy"));
        }
    }

    /** A page of keys, newest first, that follows the key {@code after} if that is given. */
    public Future<List<Line>> page(String businessId, Filter filter, @Nullable String after, int limit, Instant now) {
        Statement statement = select(businessId, now);
        if (after != null) {
            statement
                    .add(" AND (k.created_at, k.id) < (SELECT created_at, id FROM api_key WHERE id = ", after)
                    .add(")");
        }
        KeyTier tier = filter.tier();
        statement.addIfGiven(" AND k.tier = ", tier == null ? null : tier.prefix());
        String search = filter.search();
        if (search != null) {
            statement
                    .add(" AND position(lower(", search)
                    .add(
                            "::text) IN lower(concat_ws(E'\\n', k.name, k.description, k.id, k.prefix || '…' || k.suffix))) > 0");
        }
        String origin = filter.origin();
        if (origin != null) {
            statement
                    .add(" AND EXISTS (SELECT FROM unnest(k.allowed_origins) AS o WHERE position(lower(", origin)
                    .add("::text) IN lower(o)) > 0)");
        }
        Scope scope = filter.scope();
        if (scope != null) {
            boolean everyTier = Scope.of(KeyTier.PUBLIC).contains(scope);
            statement
                    .add(" AND (", scope.name())
                    .add(" = ANY (k.scopes) OR 'ALL' = ANY (k.scopes) AND (k.tier = 'sk' OR ", everyTier)
                    .add("))");
        }
        return statement
                .add(") AS k WHERE true")
                .addIfGiven(" AND shown = ", filter.status())
                .addIfGiven(" AND exceeds_policy = ", filter.exceedsPolicy() ? true : null)
                .add(" ORDER BY created_at DESC, id DESC LIMIT ", limit)
                .execute(pool)
                .map(rows -> rows.stream().map(Line::of).toList());
    }

    /** One key of the business, or null. */
    public Future<@Nullable Line> find(String businessId, String keyId, Instant now) {
        return select(businessId, now)
                .add(" AND k.id = ", keyId)
                .add(") AS k")
                .execute(pool)
                .map(rows -> {
                    for (Row row : rows) {
                        return Line.of(row);
                    }
                    return null;
                });
    }

    /** The keys that need attention: refusing, expiring, unused, or recently expired. */
    public Future<List<Line>> attention(String businessId, int limit, Instant now) {
        return select(businessId, now)
                .add(
                        ") AS k WHERE (shown IN ('refusing', 'expiring', 'unused') OR shown = 'expired' AND expires_at > ",
                        now.minus(ATTENTION))
                .add(") ORDER BY shown, created_at DESC, id DESC LIMIT ", limit)
                .execute(pool)
                .map(rows -> rows.stream().map(Line::of).toList());
    }

    /**
     * A summary of the keys of a business.
     *
     * @param made the number of keys ever made
     * @param alive the number of keys that are neither revoked nor expired
     * @param bound whether a public key has an allowed origin
     */
    public record Summary(long made, long alive, boolean bound) {}

    public Future<Summary> summary(String businessId, Instant now) {
        return pool.preparedQuery(SUMMARY)
                .execute(Tuple.of(businessId, now.atOffset(ZoneOffset.UTC)))
                .map(rows -> {
                    Row row = rows.iterator().next();
                    return new Summary(row.getLong("made"), row.getLong("alive"), row.getBoolean("bound"));
                });
    }

    private static Statement select(String businessId, Instant now) {
        return new Statement(SELECT).add("", now).add(JOINS, businessId);
    }
}
