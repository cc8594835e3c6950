package com.quotient.keys;

import com.quotient.config.KeyFeedConfig;
import com.quotient.id.Ids;
import com.quotient.time.Times;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Creates and changes keys. Every change is written with its audit entry in one transaction and reaches every server
 * through the {@link KeyFeed}. A key of another business is treated as absent. Thread-safe.
 */
public final class KeyAdmin {
    private static final int USAGE_DAYS = 30;
    private static final long CONFIRMATION_POLL_MILLIS = 5;
    /** The maximum wait of a new key until every server knows it. */
    private static final Duration CREATION_PATIENCE = Duration.ofSeconds(1);

    private static final String SELECT = """
            SELECT k.id, k.business_id, k.tier, k.name, k.description, k.prefix, k.suffix, k.readable, k.scopes,
                   k.allowed_origins, k.allow_missing_origin, k.allowed_ips, k.rate_limit, k.rate_window_seconds,
                   k.expires_at, k.status, k.created_at, k.created_by, k.rotated_from, k.rotated_to, k.version,
                   u.last_used_at
            FROM api_key k LEFT JOIN key_usage u ON u.key_id = k.id
            """;
    private static final String BY_ID = SELECT + " WHERE k.id = $1";
    private static final String LOCK = SELECT + " WHERE k.business_id = $1 AND k.id = $2 FOR UPDATE OF k";
    private static final String BEHIND = """
             AND ($1::text IS NULL OR (k.created_at, k.id) > (SELECT created_at, id FROM api_key WHERE id = $1))
            ORDER BY k.created_at, k.id LIMIT $2
            """;
    private static final String PAGE = SELECT + " WHERE true" + BEHIND;
    private static final String PAGE_OF_BUSINESS = SELECT + " WHERE k.business_id = $3" + BEHIND;
    private static final String USAGE = """
            SELECT day, outcome, count FROM key_usage_day
            WHERE key_id = $1 AND day > (now() AT TIME ZONE 'UTC')::date - $2::int ORDER BY day, outcome
            """;
    private static final String INSERT = """
            INSERT INTO api_key (id, business_id, tier, name, description, hash, prefix, suffix, readable, scopes,
                                 allowed_origins, allow_missing_origin, allowed_ips, rate_limit, rate_window_seconds,
                                 expires_at, status, created_by, rotated_from)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text[], $11::text[], $12, $13::text[], $14, $15, $16, $17,
                    $18, $19)
            ON CONFLICT (hash) DO NOTHING
            RETURNING version
            """;
    /** One statement for many keys: a million transactions of one key each would take most of an hour. */
    private static final String IMPORT = """
            WITH given AS MATERIALIZED (
                SELECT k.*, entry -> 'audit' AS audit
                FROM jsonb_array_elements($2::jsonb) AS entry,
                     jsonb_populate_record(NULL::api_key, entry -> 'key') AS k
            ), imported AS (
                INSERT INTO api_key (id, business_id, tier, name, description, hash, prefix, suffix, readable, scopes,
                                     allowed_origins, allow_missing_origin, allowed_ips, rate_limit,
                                     rate_window_seconds, expires_at, created_by)
                SELECT id, $1, tier, name, description, hash, prefix, suffix, readable, scopes, allowed_origins,
                       allow_missing_origin, allowed_ips, rate_limit, rate_window_seconds, expires_at, $3
                FROM given
                ON CONFLICT (hash) DO NOTHING
                RETURNING id
            ), audited AS (
                INSERT INTO key_audit (business_id, key_id, action, actor, source, after)
                SELECT $1, id, 'import', $3, $4, audit FROM imported JOIN given USING (id)
            )
            SELECT count(*) FROM imported
            """;

    private static final String KNOWN = "SELECT hash FROM api_key WHERE hash = ANY ($1::bytea[])";
    private static final String UPDATE = """
            UPDATE api_key SET name = $2, description = $3, scopes = $4::text[], allowed_origins = $5::text[],
                   allow_missing_origin = $6, allowed_ips = $7::text[], rate_limit = $8, rate_window_seconds = $9,
                   expires_at = $10, status = $11, rotated_to = $12
            WHERE id = $1 RETURNING version
            """;
    private static final String AUDIT = """
            INSERT INTO key_audit (business_id, key_id, action, actor, source, before, after)
            VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb)
            """;
    private static final String APPLIED = """
            SELECT count(*) AS live,
                   -- A pod that has not noticed yet that the history was replaced has applied nothing of it.
                   count(*) FILTER (WHERE applied_version >= $1 AND (applied_stamp IS NULL OR EXISTS (
                       SELECT FROM key_history WHERE version = applied_version AND stamp = applied_stamp))) AS applied
            FROM pod WHERE heartbeat_at > now() - $2::bigint * interval '1 millisecond'
            """;

    private final Vertx vertx;
    private final Pool pool;
    private final Duration podTimeout;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final KeyStore store = new KeyStore();

    public KeyAdmin(Vertx vertx, Pool pool, KeyFeedConfig config, InstantSource clock) {
        this.vertx = vertx;
        this.pool = pool;
        this.podTimeout = config.podTimeout();
        this.clock = clock;
    }

    /** A new key. A secret key can be read only now. */
    public record Issued(KeyDetails details, String key) {
        /** Leaves out the key's text. */
        @Override
        public String toString() {
            return "Issued[" + details.id() + "]";
        }
    }

    /** How many of the live servers have applied a change, and after how long. */
    public record Confirmation(int applied, int live, Duration after) {}

    /**
     * Creates a key of an existing business; the foreign key refuses any other. The future completes when all live
     * servers know the key, or after a second.
     */
    public Future<Issued> create(String businessId, KeySpec spec, Actor actor) {
        String key = KeyFormat.issue(spec.tier(), random);
        return pool.withTransaction(connection -> insert(connection, businessId, spec, KeyMaterial.of(key), null, actor)
                        .compose(id -> audited(connection, "create", null, id, actor)))
                .map(details -> new Issued(details, key))
                .compose(this::known);
    }

    /** The key exists, so it is returned whether or not every server confirms it. */
    private Future<Issued> known(Issued issued) {
        return confirm(issued.details().version(), CREATION_PATIENCE).transform(done -> Future.succeededFuture(issued));
    }

    /** A key that exists elsewhere and is imported. */
    public record Import(KeySpec spec, KeyMaterial material) {}

    /**
     * Imports existing keys, all or none, in one statement; about a thousand at a time is efficient. Keys that are
     * known already, in any business, stay as they are.
     *
     * @return the number of new keys
     */
    public Future<Integer> importKeys(String businessId, List<Import> keys, Actor actor) {
        JsonArray rows = new JsonArray();
        keys.forEach(key -> rows.add(importRow(businessId, key, actor)));
        return pool.preparedQuery(IMPORT)
                .execute(Tuple.of(businessId, rows, actor.name(), actor.source()))
                .map(counted -> counted.iterator().next().getLong(0).intValue());
    }

    /** The given hashes that belong to a key of any business. */
    public Future<Set<KeyHash>> known(List<KeyHash> hashes) {
        Buffer[] bytes =
                hashes.stream().map(hash -> Buffer.buffer(hash.bytes())).toArray(Buffer[]::new);
        return pool.preparedQuery(KNOWN)
                .execute(Tuple.tuple().addArrayOfBuffer(bytes))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(row -> KeyHash.ofBytes(row.getBuffer(0).getBytes()))
                        .collect(Collectors.toSet()));
    }

    /** The key with this hash as validation sees it, or null. For operators only. */
    public Future<@Nullable KeyRecord> record(KeyHash hash) {
        return store.find(pool, hash);
    }

    /** The key with this id as validation sees it, or null. For operators only. */
    public Future<@Nullable KeyRecord> record(String keyId) {
        return store.find(pool, keyId);
    }

    /** The key of any business, or null. For operators only. */
    public Future<@Nullable KeyDetails> find(String keyId) {
        return pool.withConnection(connection -> find(connection, keyId)
                .compose(found -> found == null
                        ? Future.<@Nullable KeyDetails>succeededFuture()
                        : connection
                                .preparedQuery(USAGE)
                                .execute(Tuple.of(keyId, USAGE_DAYS))
                                .map(rows -> withUsage(found, rows))));
    }

    /**
     * A page of the keys of a business, or of all businesses if it is null, oldest first.
     *
     * @param after the id of the last key of the page before, or null for the first page
     * @param max the maximum number of keys
     */
    public Future<List<KeyDetails>> list(@Nullable String businessId, @Nullable String after, int max) {
        Tuple page = Tuple.of(after, max);
        return (businessId == null
                        ? pool.preparedQuery(PAGE).execute(page)
                        : pool.preparedQuery(PAGE_OF_BUSINESS).execute(page.addString(businessId)))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(KeyAdmin::details)
                        .toList());
    }

    /** Changes what an administrator decides. The tier stays as it is. */
    public Future<KeyDetails> update(String businessId, String keyId, UnaryOperator<KeySpec> change, Actor actor) {
        return change(businessId, keyId, "update", actor, (connection, before) -> {
            refuseRevoked(before);
            return write(connection, before, change.apply(before.spec()), before.status(), before.rotatedTo());
        });
    }

    /** As above, for a key that was read at this version. Fails with {@link KeyOutdated} if it has changed since. */
    public Future<KeyDetails> update(
            String businessId, String keyId, long version, UnaryOperator<KeySpec> change, Actor actor) {
        return change(businessId, keyId, "update", actor, (connection, before) -> {
            refuseRevoked(before);
            if (before.version() != version) {
                throw new KeyOutdated(before);
            }
            return write(connection, before, change.apply(before.spec()), before.status(), before.rotatedTo());
        });
    }

    public Future<KeyDetails> disable(String businessId, String keyId, Actor actor) {
        return status(businessId, keyId, "disable", KeyStatus.DISABLED, actor);
    }

    public Future<KeyDetails> enable(String businessId, String keyId, Actor actor) {
        return status(businessId, keyId, "enable", KeyStatus.ACTIVE, actor);
    }

    /** Revokes a key for good. Revoking a revoked key changes nothing. */
    public Future<KeyDetails> revoke(String businessId, String keyId, Actor actor) {
        return status(businessId, keyId, "revoke", KeyStatus.REVOKED, actor);
    }

    /**
     * Creates a successor with the same rights and expiry. The old key stays valid for the overlap; an overlap of zero
     * ends it at once. Fails with {@link KeyConflict} if the key is revoked, expired or already rotated.
     */
    public Future<Issued> rotate(String businessId, String keyId, Duration overlap, Actor actor) {
        return pool.withTransaction(
                        connection -> lock(connection, businessId, keyId).compose(old -> {
                            refuseRevoked(old);
                            if (old.rotatedTo() != null) {
                                throw new KeyConflict("Key " + keyId + " was rotated already; rotate its successor "
                                        + old.rotatedTo() + ".");
                            }
                            Instant now = clock.instant();
                            Instant end = now.plus(overlap);
                            Instant oldEnd = old.spec().expiresAt();
                            if (oldEnd != null && !oldEnd.isAfter(now)) {
                                throw new KeyConflict(
                                        "Key " + keyId + " has expired, and its successor would have, too; give it"
                                                + " a later expiry first, or create a new key.");
                            }
                            KeySpec ending =
                                    old.spec().withExpiresAt(oldEnd != null && oldEnd.isBefore(end) ? oldEnd : end);
                            String key = KeyFormat.issue(old.spec().tier(), random);
                            return insert(connection, businessId, old.spec(), KeyMaterial.of(key), keyId, actor)
                                    .compose(id -> write(connection, old, ending, old.status(), id)
                                            .compose(done -> audited(connection, "rotate", old, keyId, actor))
                                            .compose(done -> audited(connection, "create", null, id, actor)))
                                    .map(details -> new Issued(details, key));
                        }))
                .compose(this::known);
    }

    /** Waits until every live server has applied a version, for at most {@code patience}. */
    public Future<Confirmation> confirm(long version, Duration patience) {
        long startedAt = System.nanoTime();
        return confirm(version, startedAt, startedAt + patience.toNanos());
    }

    private Future<Confirmation> confirm(long version, long startedAt, long until) {
        return pool.preparedQuery(APPLIED)
                .execute(Tuple.of(version, podTimeout.toMillis()))
                .compose(rows -> {
                    Row row = rows.iterator().next();
                    Confirmation seen = new Confirmation(
                            row.getLong("applied").intValue(),
                            row.getLong("live").intValue(),
                            Duration.ofNanos(System.nanoTime() - startedAt));
                    if (seen.applied() >= seen.live() || System.nanoTime() >= until) {
                        return Future.succeededFuture(seen);
                    }
                    return vertx.timer(CONFIRMATION_POLL_MILLIS).compose(done -> confirm(version, startedAt, until));
                });
    }

    private Future<KeyDetails> status(String businessId, String keyId, String action, KeyStatus status, Actor actor) {
        return change(businessId, keyId, action, actor, (connection, before) -> {
            if (before.status() != status) {
                refuseRevoked(before);
            }
            return write(connection, before, before.spec(), status, before.rotatedTo());
        });
    }

    /** One change of one key inside a transaction. */
    private interface Change {
        Future<Void> apply(SqlConnection connection, KeyDetails before);
    }

    private Future<KeyDetails> change(String businessId, String keyId, String action, Actor actor, Change change) {
        return pool.withTransaction(
                connection -> lock(connection, businessId, keyId).compose(before -> change.apply(connection, before)
                        .compose(done -> audited(connection, action, before, keyId, actor))));
    }

    private static void refuseRevoked(KeyDetails key) {
        if (key.status() == KeyStatus.REVOKED) {
            throw new KeyConflict("Key " + key.id() + " is revoked, which is for good; create a new key instead.");
        }
    }

    private static Future<KeyDetails> lock(SqlConnection connection, String businessId, String keyId) {
        return connection
                .preparedQuery(LOCK)
                .execute(Tuple.of(businessId, keyId))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw new KeyConflict("There is no key " + keyId + " in this business.");
                    }
                    return details(rows.iterator().next());
                });
    }

    private static Future<@Nullable KeyDetails> find(SqlConnection connection, String keyId) {
        return connection
                .preparedQuery(BY_ID)
                .execute(Tuple.of(keyId))
                .map(rows -> rows.size() == 0 ? null : details(rows.iterator().next()));
    }

    /** The new key's id, or null if a key with this hash exists. */
    private Future<@Nullable String> insert(
            SqlConnection connection,
            String businessId,
            KeySpec spec,
            KeyMaterial material,
            @Nullable String rotatedFrom,
            Actor actor) {
        String id = Ids.next("key_", clock.millis());
        RateLimit rateLimit = spec.rateLimit();
        Tuple values = Tuple.tuple()
                .addString(id)
                .addString(businessId)
                .addString(spec.tier().prefix())
                .addString(spec.name())
                .addString(spec.description())
                .addBuffer(Buffer.buffer(material.hash().bytes()))
                .addString(material.prefix())
                .addString(material.suffix())
                .addString(spec.tier() == KeyTier.PUBLIC ? material.readable() : null)
                .addArrayOfString(spec.scopes().toArray(String[]::new))
                .addArrayOfString(spec.allowedOrigins().toArray(String[]::new))
                .addBoolean(spec.allowMissingOrigin())
                .addArrayOfString(spec.allowedIps().toArray(String[]::new))
                .addInteger(rateLimit == null ? null : rateLimit.limit())
                .addInteger(rateLimit == null ? null : rateLimit.windowSeconds())
                .addOffsetDateTime(time(spec.expiresAt()))
                .addString(KeyStatus.ACTIVE.wireName())
                .addString(actor.name())
                .addString(rotatedFrom);
        return connection.preparedQuery(INSERT).execute(values).map(rows -> rows.size() == 0 ? null : id);
    }

    private JsonObject importRow(String businessId, Import key, Actor actor) {
        KeySpec spec = key.spec();
        KeyMaterial material = key.material();
        RateLimit rateLimit = spec.rateLimit();
        Instant now = clock.instant();
        KeyDetails details = new KeyDetails(
                Ids.next("key_", now.toEpochMilli()),
                businessId,
                spec,
                material.prefix(),
                material.suffix(),
                spec.tier() == KeyTier.PUBLIC ? material.readable() : null,
                KeyStatus.ACTIVE,
                now,
                actor.name(),
                null,
                null,
                null,
                0,
                new TreeMap<>());
        JsonObject row = new JsonObject()
                .put("id", details.id())
                .put("tier", spec.tier().prefix())
                .put("name", spec.name())
                .put("description", spec.description())
                .put("hash", "\\x" + HexFormat.of().formatHex(material.hash().bytes()))
                .put("prefix", details.prefix())
                .put("suffix", details.suffix())
                .put("readable", details.readable())
                .put("scopes", new JsonArray(spec.scopes()))
                .put("allowed_origins", new JsonArray(spec.allowedOrigins()))
                .put("allow_missing_origin", spec.allowMissingOrigin())
                .put("allowed_ips", new JsonArray(spec.allowedIps()))
                .put("rate_limit", rateLimit == null ? null : rateLimit.limit())
                .put("rate_window_seconds", rateLimit == null ? null : rateLimit.windowSeconds())
                .put(
                        "expires_at",
                        spec.expiresAt() == null ? null : spec.expiresAt().toString());
        return new JsonObject().put("key", row).put("audit", auditable(details));
    }

    private static Future<Void> write(
            SqlConnection connection, KeyDetails key, KeySpec spec, KeyStatus status, @Nullable String rotatedTo) {
        RateLimit rateLimit = spec.rateLimit();
        Tuple values = Tuple.tuple()
                .addString(key.id())
                .addString(spec.name())
                .addString(spec.description())
                .addArrayOfString(spec.scopes().toArray(String[]::new))
                .addArrayOfString(spec.allowedOrigins().toArray(String[]::new))
                .addBoolean(spec.allowMissingOrigin())
                .addArrayOfString(spec.allowedIps().toArray(String[]::new))
                .addInteger(rateLimit == null ? null : rateLimit.limit())
                .addInteger(rateLimit == null ? null : rateLimit.windowSeconds())
                .addOffsetDateTime(time(spec.expiresAt()))
                .addString(status.wireName())
                .addString(rotatedTo);
        return connection.preparedQuery(UPDATE).execute(values).mapEmpty();
    }

    /** Writes the audit entry of a change and returns the key as it is now. */
    private static Future<KeyDetails> audited(
            SqlConnection connection, String action, @Nullable KeyDetails before, String keyId, Actor actor) {
        return find(connection, keyId).compose(found -> {
            KeyDetails after = Objects.requireNonNull(found);
            Tuple values = Tuple.tuple()
                    .addString(after.businessId())
                    .addString(keyId)
                    .addString(action)
                    .addString(actor.name())
                    .addString(actor.source())
                    .addJsonObject(before == null ? null : auditable(before))
                    .addJsonObject(auditable(after));
            return connection.preparedQuery(AUDIT).execute(values).map(after);
        });
    }

    /** What the audit keeps of a key: nothing that could authenticate, not even a public key's text. */
    private static JsonObject auditable(KeyDetails key) {
        KeySpec spec = key.spec();
        RateLimit rateLimit = spec.rateLimit();
        return new JsonObject()
                .put("key", key.masked())
                .put("name", spec.name())
                .put("description", spec.description())
                .put("scopes", new JsonArray(spec.scopes()))
                .put("allowedOrigins", new JsonArray(spec.allowedOrigins()))
                .put("allowMissingOrigin", spec.allowMissingOrigin())
                .put("allowedIps", new JsonArray(spec.allowedIps()))
                .put("rateLimit", rateLimit == null ? null : rateLimit.toString())
                .put("expiresAt", spec.expiresAt() == null ? null : Times.format(spec.expiresAt()))
                .put("status", key.status().wireName())
                .put("rotatedFrom", key.rotatedFrom())
                .put("rotatedTo", key.rotatedTo());
    }

    static KeyDetails details(Row row) {
        Integer limit = row.getInteger("rate_limit");
        KeySpec spec = new KeySpec(
                KeyTier.of(row.getString("tier")),
                row.getString("name"),
                row.getString("description"),
                List.of(row.getArrayOfStrings("scopes")),
                List.of(row.getArrayOfStrings("allowed_origins")),
                row.getBoolean("allow_missing_origin"),
                List.of(row.getArrayOfStrings("allowed_ips")),
                limit == null ? null : new RateLimit(limit, row.getInteger("rate_window_seconds")),
                instant(row.getOffsetDateTime("expires_at")));
        return new KeyDetails(
                row.getString("id"),
                row.getString("business_id"),
                spec,
                row.getString("prefix"),
                row.getString("suffix"),
                row.getString("readable"),
                KeyStatus.of(row.getString("status")),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getString("created_by"),
                instant(row.getOffsetDateTime("last_used_at")),
                row.getString("rotated_from"),
                row.getString("rotated_to"),
                row.getLong("version"),
                new TreeMap<>());
    }

    private static KeyDetails withUsage(KeyDetails key, RowSet<Row> rows) {
        TreeMap<LocalDate, Map<String, Long>> usage = new TreeMap<>();
        rows.forEach(row -> usage.computeIfAbsent(row.getLocalDate("day"), day -> new HashMap<>())
                .put(row.getString("outcome"), row.getLong("count")));
        return new KeyDetails(
                key.id(),
                key.businessId(),
                key.spec(),
                key.prefix(),
                key.suffix(),
                key.readable(),
                key.status(),
                key.createdAt(),
                key.createdBy(),
                key.lastUsedAt(),
                key.rotatedFrom(),
                key.rotatedTo(),
                key.version(),
                usage);
    }

    private static @Nullable OffsetDateTime time(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
