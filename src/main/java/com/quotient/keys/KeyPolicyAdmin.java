package com.quotient.keys;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;

/**
 * Reads and changes the policies of businesses for their keys. A change is written with its audit entry in one
 * transaction. Thread-safe.
 */
public final class KeyPolicyAdmin {
    /** The action of a change in the audit, where the id of the business stands in place of that of a key. */
    public static final String ACTION = "key_policy";

    /**
     * Whether the key {@code k} of the business {@code b} expires later than the policy allows at {@code now.now}. It
     * tolerates one minute, since the clocks of servers differ.
     */
    static final String EXCEEDS = """
            (k.status <> 'revoked' AND coalesce(coalesce(k.expires_at, 'infinity')
                > now.now + b.max_key_lifetime_days * interval '24 hours' + interval '1 minute', false))\
            """;

    private static final String READ = "SELECT max_key_lifetime_days FROM business WHERE id = $1";
    private static final String LOCK = READ + " FOR NO KEY UPDATE";
    private static final String WRITE = "UPDATE business SET max_key_lifetime_days = $2 WHERE id = $1";
    private static final String AUDIT = """
            INSERT INTO key_audit (business_id, key_id, action, actor, source, before, after)
            VALUES ($1, $1, $2, $3, $4, $5::jsonb, $6::jsonb)
            """;
    private static final String EXCEEDING = """
            SELECT count(*) FROM api_key k JOIN business b ON b.id = k.business_id
            CROSS JOIN (SELECT $2::timestamptz AS now) AS now WHERE k.business_id = $1 AND %s
            """.formatted(EXCEEDS);

    private final Pool pool;

    public KeyPolicyAdmin(Pool pool) {
        this.pool = pool;
    }

    /** The policy of a business. */
    public Future<KeyPolicy> of(String businessId) {
        return read(pool, businessId);
    }

    /** Sets the policy of an existing business. A policy that is in force already changes nothing. */
    public Future<KeyPolicy> set(String businessId, KeyPolicy policy, Actor actor) {
        return pool.withTransaction(connection -> connection
                .preparedQuery(LOCK)
                .execute(Tuple.of(businessId))
                .map(KeyPolicyAdmin::policy)
                .compose(before -> before.equals(policy)
                        ? Future.succeededFuture(policy)
                        : connection
                                .preparedQuery(WRITE)
                                .execute(Tuple.of(businessId, policy.maxLifetimeDays()))
                                .compose(done -> connection
                                        .preparedQuery(AUDIT)
                                        .execute(Tuple.of(businessId, ACTION, actor.name(), actor.source())
                                                .addJsonObject(json(before))
                                                .addJsonObject(json(policy))))
                                .map(policy)));
    }

    /** The number of keys that expire later than the policy allows now. */
    public Future<Long> exceeding(String businessId, Instant now) {
        return pool.preparedQuery(EXCEEDING)
                .execute(Tuple.of(businessId, now.atOffset(ZoneOffset.UTC)))
                .map(rows -> rows.iterator().next().getLong(0));
    }

    /** As {@link #of}, in a transaction. */
    static Future<KeyPolicy> read(SqlClient client, String businessId) {
        return client.preparedQuery(READ).execute(Tuple.of(businessId)).map(KeyPolicyAdmin::policy);
    }

    /** Fails with {@link ExpiryNotAllowed} if the policy does not allow the expiry of a key. */
    static Future<KeyPolicy> allow(SqlClient client, String businessId, List<KeySpec> keys, Instant now) {
        return read(client, businessId).map(policy -> {
            keys.forEach(key -> policy.check(key.expiresAt(), now));
            return policy;
        });
    }

    private static KeyPolicy policy(RowSet<Row> rows) {
        for (Row row : rows) {
            return new KeyPolicy(row.getInteger(0));
        }
        return KeyPolicy.NONE;
    }

    private static JsonObject json(KeyPolicy policy) {
        return new JsonObject().put("maxLifetimeDays", policy.maxLifetimeDays());
    }
}
