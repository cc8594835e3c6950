package com.quotient.keys;

import com.quotient.keys.KeyAdmin.Overlap;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keys that a file describes, and what was applied last of each file. All methods work inside a transaction of the
 * caller; each change of a key is written with its audit entry. Thread-safe.
 */
public final class ManagedKeyStore {
    /** One run at a time, of all servers. */
    private static final String TURN = "SELECT pg_advisory_xact_lock(hashtextextended('key_file', 0))";

    private static final String APPLIED =
            "SELECT generation, digest FROM key_file WHERE business_id = $1 AND name = $2";
    private static final String KEEP = """
            INSERT INTO key_file (business_id, name, generation, digest) VALUES ($1, $2, $3, $4)
            ON CONFLICT (business_id, name) DO UPDATE SET generation = excluded.generation, digest = excluded.digest,
                applied_at = now()
            """;
    private static final String HASHES = "SELECT hash, id, business_id FROM api_key WHERE hash = ANY ($1::bytea[])";

    private final KeyDetailsStore details;
    private final KeyRotation rotation;

    public ManagedKeyStore(InstantSource clock) {
        this.details = new KeyDetailsStore(clock);
        this.rotation = new KeyRotation(details, clock);
    }

    /** What was applied last of a file. */
    public record Applied(@Nullable Long generation, String digest) {}

    /** Waits until no other run is in progress, and then until this transaction ends. */
    public Future<Void> waitForTurn(SqlConnection connection) {
        return connection.query(TURN).execute().mapEmpty();
    }

    /** What was applied last of this file, or null. */
    public Future<@Nullable Applied> applied(SqlConnection connection, String businessId, String file) {
        return connection
                .preparedQuery(APPLIED)
                .execute(Tuple.of(businessId, file))
                .map(rows -> {
                    if (rows.size() == 0) {
                        return null;
                    }
                    Row row = rows.iterator().next();
                    return new Applied(row.getLong("generation"), row.getString("digest"));
                });
    }

    /** Remembers what was applied of this file. */
    public Future<Void> keep(SqlConnection connection, String businessId, String file, Applied applied) {
        return connection
                .preparedQuery(KEEP)
                .execute(Tuple.of(businessId, file, applied.generation(), applied.digest()))
                .mapEmpty();
    }

    /** See {@link KeyDetailsStore#managed}. */
    public Future<List<KeyDetails>> keys(
            SqlConnection connection,
            String businessId,
            String file,
            Collection<String> ids,
            Collection<String> names,
            boolean lock) {
        return details.managed(connection, businessId, file, ids, names, lock);
    }

    /** The policy of the business. */
    public Future<KeyPolicy> policy(SqlConnection connection, String businessId) {
        return KeyPolicyAdmin.read(connection, businessId);
    }

    /** The key that has a secret. */
    public record Holder(String keyId, String businessId) {}

    /** The keys of any business that have these hashes. */
    public Future<Map<KeyHash, Holder>> holders(SqlConnection connection, Collection<KeyHash> hashes) {
        Buffer[] bytes =
                hashes.stream().map(hash -> Buffer.buffer(hash.bytes())).toArray(Buffer[]::new);
        return connection
                .preparedQuery(HASHES)
                .execute(Tuple.tuple().addArrayOfBuffer(bytes))
                .map(rows -> {
                    Map<KeyHash, Holder> holders = new HashMap<>();
                    rows.forEach(row -> holders.put(
                            KeyHash.ofBytes(row.getBuffer("hash").getBytes()),
                            new Holder(row.getString("id"), row.getString("business_id"))));
                    return holders;
                });
    }

    public Future<KeyDetails> create(
            SqlConnection connection, String businessId, KeySpec spec, KeyMaterial material, String file, Actor actor) {
        return details.insert(connection, businessId, spec, material, null, file, actor)
                .compose(id -> details.audited(connection, "create", null, id, actor));
    }

    /** Changes a key that was locked here. It is managed by the file from now on. */
    public Future<KeyDetails> update(SqlConnection connection, KeyDetails key, KeySpec spec, String file, Actor actor) {
        return details.writeManaged(connection, key, spec, file)
                .compose(done -> details.audited(connection, "update", key, key.id(), actor));
    }

    /** Gives a key that was locked here a successor with another secret. */
    public Future<KeyDetails> rotate(
            SqlConnection connection,
            KeyDetails key,
            KeySpec successor,
            KeyMaterial material,
            Overlap overlap,
            Actor actor) {
        return KeyPolicyAdmin.read(connection, key.businessId())
                .compose(policy -> rotation.rotate(connection, key, policy, successor, material, overlap, actor));
    }

    /** Revokes a key that was locked here. */
    public Future<KeyDetails> revoke(SqlConnection connection, KeyDetails key, Actor actor) {
        return details.write(connection, key, key.spec(), KeyStatus.REVOKED)
                .compose(done -> details.audited(connection, "revoke", key, key.id(), actor));
    }
}
