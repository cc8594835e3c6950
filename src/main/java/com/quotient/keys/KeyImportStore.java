package com.quotient.keys;

import com.quotient.id.Ids;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Inserts keys that were issued elsewhere. Thread-safe. */
final class KeyImportStore {
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

    private final InstantSource clock;

    /** {@code clock} gives new keys the time in their ids. */
    KeyImportStore(InstantSource clock) {
        this.clock = clock;
    }

    /** The given hashes that belong to a key of any business. */
    Future<Set<KeyHash>> known(Pool pool, List<KeyHash> hashes) {
        Buffer[] bytes =
                hashes.stream().map(hash -> Buffer.buffer(hash.bytes())).toArray(Buffer[]::new);
        return pool.preparedQuery(KNOWN)
                .execute(Tuple.tuple().addArrayOfBuffer(bytes))
                .map(rows -> rows.stream()
                        .map(row -> KeyHash.ofBytes(row.getBuffer(0).getBytes()))
                        .collect(Collectors.toSet()));
    }

    /** Inserts keys with their audit entries; those whose hashes are known stay. Returns the number of new ones. */
    Future<Integer> insertAll(Pool pool, String businessId, List<KeyAdmin.Import> keys, Actor actor) {
        JsonArray rows = new JsonArray();
        keys.forEach(key -> rows.add(importRow(businessId, key, actor)));
        List<KeySpec> specs = keys.stream().map(KeyAdmin.Import::spec).toList();
        return KeyPolicyAdmin.allow(pool, businessId, specs, clock.instant())
                .compose(allowed ->
                        pool.preparedQuery(IMPORT).execute(Tuple.of(businessId, rows, actor.name(), actor.source())))
                .map(counted -> counted.iterator().next().getLong(0).intValue());
    }

    private JsonObject importRow(String businessId, KeyAdmin.Import key, Actor actor) {
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
                false,
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
        return new JsonObject().put("key", row).put("audit", KeyDetailsStore.auditable(details));
    }
}
