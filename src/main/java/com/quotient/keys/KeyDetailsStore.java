package com.quotient.keys;

import com.quotient.id.Ids;
import com.quotient.time.Times;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The rows of keys as people manage them, and their audit entries; {@link KeyStore} reads what validation needs. Every
 * expiry that is set is written here and held to the {@link KeyPolicy} of the business. Thread-safe.
 */
final class KeyDetailsStore {
    private static final int USAGE_DAYS = 30;
    private static final String SELECT = """
            SELECT k.id, k.business_id, k.tier, k.name, k.description, k.prefix, k.suffix, k.readable, k.scopes,
                   k.allowed_origins, k.allow_missing_origin, k.allowed_ips, k.rate_limit, k.rate_window_seconds,
                   k.expires_at, k.status, k.created_at, k.created_by, k.rotated_from, k.rotated_to,
                   k.ends_on_successor_use, k.trial, k.managed_by, k.version, u.last_used_at
            FROM api_key k LEFT JOIN key_usage u ON u.key_id = k.id
            """;
    private static final String BY_ID = SELECT + " WHERE k.id = $1";
    private static final String LOCK = SELECT + " WHERE k.business_id = $1 AND k.id = $2 FOR UPDATE OF k";
    /** Keys that were rotated or revoked long ago matter only if they are named. */
    private static final String MANAGED = SELECT + """
             WHERE k.business_id = $1 AND (k.id = ANY ($3::text[]) OR k.managed_by = $2
                AND (k.status <> 'revoked' AND k.rotated_to IS NULL OR k.name = ANY ($4::text[])))
            ORDER BY k.created_at, k.id
            """;

    private static final String LOCK_MANAGED = MANAGED + " FOR UPDATE OF k";
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
                                 expires_at, status, created_by, rotated_from, managed_by)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text[], $11::text[], $12, $13::text[], $14, $15, $16, $17,
                    $18, $19, $20)
            ON CONFLICT (hash) DO NOTHING
            RETURNING version
            """;
    private static final String UPDATE = """
            UPDATE api_key SET name = $2, description = $3, scopes = $4::text[], allowed_origins = $5::text[],
                   allow_missing_origin = $6, allowed_ips = $7::text[], rate_limit = $8, rate_window_seconds = $9,
                   expires_at = $10, status = $11, rotated_to = $12, ends_on_successor_use = $13,
                   managed_by = $14,
                   trial = CASE WHEN $11 = 'revoked' THEN NULL ELSE trial END
            WHERE id = $1 RETURNING version
            """;
    private static final String AUDIT = """
            INSERT INTO key_audit (business_id, key_id, action, actor, source, before, after)
            VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7::jsonb)
            """;

    private final InstantSource clock;

    /** {@code clock} gives new keys the time in their ids. */
    KeyDetailsStore(InstantSource clock) {
        this.clock = clock;
    }

    /** The key, locked until the transaction ends. Fails with {@link KeyConflict} if this business has none. */
    Future<KeyDetails> lock(SqlConnection connection, String businessId, String keyId) {
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

    /**
     * The keys of a file that are in force, those that it has with these names, and those of the business with these
     * ids; oldest first.
     *
     * @param lock whether they are locked until the transaction ends
     */
    Future<List<KeyDetails>> managed(
            SqlConnection connection,
            String businessId,
            String managedBy,
            Collection<String> ids,
            Collection<String> names,
            boolean lock) {
        return connection
                .preparedQuery(lock ? LOCK_MANAGED : MANAGED)
                .execute(Tuple.of(businessId, managedBy, ids.toArray(String[]::new), names.toArray(String[]::new)))
                .map(rows -> rows.stream().map(KeyDetailsStore::details).toList());
    }

    /** The key of any business with its usage by day, or null. */
    Future<@Nullable KeyDetails> findWithUsage(SqlConnection connection, String keyId) {
        return find(connection, keyId)
                .compose(found -> found == null
                        ? Future.<@Nullable KeyDetails>succeededFuture()
                        : connection
                                .preparedQuery(USAGE)
                                .execute(Tuple.of(keyId, USAGE_DAYS))
                                .map(rows -> withUsage(found, rows)));
    }

    /** See {@link KeyAdmin#list}. */
    Future<List<KeyDetails>> page(Pool pool, @Nullable String businessId, @Nullable String after, int max) {
        Tuple page = Tuple.of(after, max);
        return (businessId == null
                        ? pool.preparedQuery(PAGE).execute(page)
                        : pool.preparedQuery(PAGE_OF_BUSINESS).execute(page.addString(businessId)))
                .map(rows -> rows.stream().map(KeyDetailsStore::details).toList());
    }

    /** The key of any business, or null. */
    Future<@Nullable KeyDetails> find(SqlConnection connection, String keyId) {
        return connection
                .preparedQuery(BY_ID)
                .execute(Tuple.of(keyId))
                .map(rows -> rows.size() == 0 ? null : details(rows.iterator().next()));
    }

    /** The new key's id. Fails with {@link KeyConflict} if a key of any business has this hash. */
    Future<String> insert(
            SqlConnection connection,
            String businessId,
            KeySpec spec,
            KeyMaterial material,
            @Nullable String rotatedFrom,
            @Nullable String managedBy,
            Actor actor) {
        String id = Ids.next("key_", clock.millis());
        Tuple values = Tuple.tuple()
                .addString(id)
                .addString(businessId)
                .addString(spec.tier().prefix())
                .addString(spec.name())
                .addString(spec.description())
                .addBuffer(Buffer.buffer(material.hash().bytes()))
                .addString(material.prefix())
                .addString(material.suffix())
                .addString(spec.tier() == KeyTier.PUBLIC ? material.readable() : null);
        addRules(values, spec)
                .addString(KeyStatus.ACTIVE.wireName())
                .addString(actor.name())
                .addString(rotatedFrom)
                .addString(managedBy);
        return KeyPolicyAdmin.allow(connection, businessId, List.of(spec), clock.instant())
                .compose(allowed -> connection.preparedQuery(INSERT).execute(values))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw new KeyConflict("A key with this secret exists already.");
                    }
                    return id;
                });
    }

    /** Writes what of a key can change. */
    Future<Void> write(SqlConnection connection, KeyDetails key, KeySpec spec, KeyStatus status) {
        return write(connection, key, spec, status, key.rotatedTo(), key.endsOnSuccessorUse(), key.managedBy());
    }

    /** Writes who manages a key, and what changes with that. */
    Future<Void> writeManaged(SqlConnection connection, KeyDetails key, KeySpec spec, @Nullable String managedBy) {
        return write(connection, key, spec, key.status(), key.rotatedTo(), key.endsOnSuccessorUse(), managedBy);
    }

    /** Writes that a key has a successor. */
    Future<Void> writeRotated(
            SqlConnection connection, KeyDetails key, KeySpec spec, String rotatedTo, boolean endsOnSuccessorUse) {
        return write(connection, key, spec, key.status(), rotatedTo, endsOnSuccessorUse, key.managedBy());
    }

    private Future<Void> write(
            SqlConnection connection,
            KeyDetails key,
            KeySpec spec,
            KeyStatus status,
            @Nullable String rotatedTo,
            boolean endsOnSuccessorUse,
            @Nullable String managedBy) {
        Tuple values = Tuple.tuple().addString(key.id()).addString(spec.name()).addString(spec.description());
        addRules(values, spec)
                .addString(status.wireName())
                .addString(rotatedTo)
                .addBoolean(endsOnSuccessorUse)
                .addString(managedBy);
        boolean sameExpiry = Objects.equals(spec.expiresAt(), key.spec().expiresAt());
        return KeyPolicyAdmin.allow(
                        connection, key.businessId(), sameExpiry ? List.of() : List.of(spec), clock.instant())
                .compose(allowed -> connection.preparedQuery(UPDATE).execute(values))
                .mapEmpty();
    }

    /** The columns from {@code scopes} to {@code expires_at}, in the order of {@link #INSERT} and {@link #UPDATE}. */
    private static Tuple addRules(Tuple values, KeySpec spec) {
        RateLimit rateLimit = spec.rateLimit();
        return values.addArrayOfString(spec.scopes().toArray(String[]::new))
                .addArrayOfString(spec.allowedOrigins().toArray(String[]::new))
                .addBoolean(spec.allowMissingOrigin())
                .addArrayOfString(spec.allowedIps().toArray(String[]::new))
                .addInteger(rateLimit == null ? null : rateLimit.limit())
                .addInteger(rateLimit == null ? null : rateLimit.windowSeconds())
                .addOffsetDateTime(time(spec.expiresAt()));
    }

    /** Writes the audit entry of a change and returns the key as it is now. */
    Future<KeyDetails> audited(
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
    static JsonObject auditable(KeyDetails key) {
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
                .put("rotatedTo", key.rotatedTo())
                .put("endsOnSuccessorUse", key.endsOnSuccessorUse())
                .put("trial", key.trial() == null ? null : key.trial().json())
                .put("managedBy", key.managedBy());
    }

    static KeyDetails details(Row row) {
        JsonObject trial = row.getJsonObject("trial");
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
                row.getBoolean("ends_on_successor_use"),
                trial == null ? null : KeyTrial.parse(trial),
                row.getString("managed_by"),
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
                key.endsOnSuccessorUse(),
                key.trial(),
                key.managedBy(),
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
