package com.quotient.keys;

import com.quotient.config.KeyFeedConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Creates and changes keys. Every change is written with its audit entry in one transaction and reaches every server
 * through the {@link KeyFeed}. A key of another business is treated as absent. Thread-safe.
 */
public final class KeyAdmin {
    private static final long CONFIRMATION_POLL_MILLIS = 5;
    /** The maximum time that a creation waits until every server knows the key. */
    private static final Duration CREATION_PATIENCE = Duration.ofSeconds(1);

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
    private final KeyDetailsStore details;
    private final KeyTrialStore trials = new KeyTrialStore();
    private final KeyRotation rotation;
    private final KeyImportStore imports;

    public KeyAdmin(Vertx vertx, Pool pool, KeyFeedConfig config, InstantSource clock) {
        this.vertx = vertx;
        this.pool = pool;
        this.podTimeout = config.podTimeout();
        this.clock = clock;
        this.details = new KeyDetailsStore(clock);
        this.rotation = new KeyRotation(details, clock);
        this.imports = new KeyImportStore(clock);
    }

    /** A new key. A private key can be read only now. */
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
     * servers know the key, or after a second. Fails with {@link ExpiryNotAllowed} if the policy of the business allows
     * no such expiry; so do imports and updates that set one.
     */
    public Future<Issued> create(String businessId, KeySpec spec, Actor actor) {
        String key = KeyFormat.issue(spec.tier(), random);
        return pool.withTransaction(connection -> details.insert(
                                connection, businessId, spec, KeyMaterial.of(key), null, null, actor)
                        .compose(id -> details.audited(connection, "create", null, id, actor)))
                .map(created -> new Issued(created, key))
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
        return imports.insertAll(pool, businessId, keys, actor);
    }

    /** The given hashes that belong to a key of any business. */
    public Future<Set<KeyHash>> known(List<KeyHash> hashes) {
        return imports.known(pool, hashes);
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
        return pool.withConnection(connection -> details.findWithUsage(connection, keyId));
    }

    /**
     * A page of the keys of a business, or of all businesses if it is null, oldest first.
     *
     * @param after the id of the last key of the page before, or null for the first page
     * @param max the maximum number of keys
     */
    public Future<List<KeyDetails>> list(@Nullable String businessId, @Nullable String after, int max) {
        return details.page(pool, businessId, after, max);
    }

    /** Changes what an administrator decides. The tier stays as it is. */
    public Future<KeyDetails> update(String businessId, String keyId, UnaryOperator<KeySpec> change, Actor actor) {
        return change(businessId, keyId, "update", actor, (connection, before) -> {
            refuseRevoked(before);
            refuseManaged(before);
            return details.write(connection, before, change.apply(before.spec()), before.status());
        });
    }

    /** As above, for a key that was read at this version. Fails with {@link KeyOutdated} if it has changed since. */
    public Future<KeyDetails> update(
            String businessId, String keyId, long version, UnaryOperator<KeySpec> change, Actor actor) {
        return change(businessId, keyId, "update", actor, (connection, before) -> {
            refuseRevoked(before);
            refuseManaged(before);
            refuseOutdated(before, version);
            return details.write(connection, before, change.apply(before.spec()), before.status());
        });
    }

    /**
     * Tries restrictions on a key that was read at this version: they refuse nothing, and what they would refuse is
     * counted. They replace the current trial, whose counts continue if they allow every request that it allowed.
     * Fails with {@link KeyOutdated}, or with {@link KeyConflict} if the key has these restrictions already.
     */
    public Future<KeyDetails> startTrial(
            String businessId, String keyId, long version, UnaryOperator<KeySpec> change, Actor actor) {
        return change(businessId, keyId, "start_trial", actor, (connection, before) -> {
            refuseRevoked(before);
            refuseOutdated(before, version);
            KeySpec proposed = change.apply(before.spec());
            KeyTrial trial = KeyTrial.of(before.spec(), proposed, clock.instant());
            if (trial == null) {
                throw new KeyConflict("Key " + keyId + " has these restrictions already; change one to try it.");
            }
            KeyTrial current = before.trial();
            return current != null && KeyTrial.admitsAllOf(current.applyTo(before.spec()), proposed)
                    ? trials.write(connection, keyId, trial.startingAt(current.since()))
                    : trials.begin(connection, keyId, trial);
        });
    }

    /** Makes the restrictions on trial those of the key. Fails like {@link #startTrial}. */
    public Future<KeyDetails> enforceTrial(String businessId, String keyId, long version, Actor actor) {
        return change(businessId, keyId, "enforce_trial", actor, (connection, before) -> {
            KeyTrial trial = trial(before);
            refuseManaged(before);
            refuseOutdated(before, version);
            return details.write(connection, before, trial.applyTo(before.spec()), before.status())
                    .compose(done -> trials.begin(connection, keyId, null));
        });
    }

    /** Ends a trial and forgets its counts. Fails with {@link KeyConflict} if there is none. */
    public Future<KeyDetails> discardTrial(String businessId, String keyId, Actor actor) {
        return change(businessId, keyId, "discard_trial", actor, (connection, before) -> {
            trial(before);
            return trials.begin(connection, keyId, null);
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
     * How long a rotated key stays valid beside its successor.
     *
     * @param atMost zero ends it at once
     * @param endsOnSuccessorUse whether it ends earlier, as soon as the successor is used
     */
    public record Overlap(Duration atMost, boolean endsOnSuccessorUse) {
        /** The maximum overlap. */
        public static final Duration MAX = Duration.ofDays(90);

        /**
         * Validates the overlap.
         *
         * @throws IllegalArgumentException with a sentence if it is negative or longer than {@link #MAX}
         */
        public Overlap {
            if (atMost.isNegative() || atMost.compareTo(MAX) > 0) {
                throw new IllegalArgumentException(
                        "A rotated key stays valid for at most " + MAX.toDays() + " days; choose a shorter overlap.");
            }
        }
    }

    /**
     * Creates a successor with the same rights and expiry. The old key stays valid for the overlap. The policy of the
     * business cuts both expiries. Fails with {@link KeyConflict} if the key is revoked, expired or already rotated.
     */
    public Future<Issued> rotate(String businessId, String keyId, Overlap overlap, Actor actor) {
        return pool.withTransaction(connection -> details.lock(connection, businessId, keyId)
                        .compose(old -> KeyPolicyAdmin.read(connection, businessId)
                                .compose(policy -> {
                                    refuseManaged(old);
                                    KeySpec successor = old.spec()
                                            .withExpiresAt(
                                                    policy.capped(old.spec().expiresAt(), clock.instant()));
                                    String key = KeyFormat.issue(successor.tier(), random);
                                    return rotation.rotate(
                                                    connection,
                                                    old,
                                                    policy,
                                                    successor,
                                                    KeyMaterial.of(key),
                                                    overlap,
                                                    actor)
                                            .map(created -> new Issued(created, key));
                                })))
                .compose(this::known);
    }

    /** Lets people manage a key that a file describes. Releasing any other key changes nothing. */
    public Future<KeyDetails> release(String businessId, String keyId, Actor actor) {
        return change(
                businessId,
                keyId,
                "release",
                actor,
                (connection, before) -> details.writeManaged(connection, before, before.spec(), null));
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
            return details.write(connection, before, before.spec(), status);
        });
    }

    /** One change of one key inside a transaction. */
    private interface Change {
        Future<Void> apply(SqlConnection connection, KeyDetails before);
    }

    private Future<KeyDetails> change(String businessId, String keyId, String action, Actor actor, Change change) {
        return pool.withTransaction(connection -> details.lock(connection, businessId, keyId)
                .compose(before -> change.apply(connection, before)
                        .compose(done -> details.audited(connection, action, before, keyId, actor))));
    }

    private static KeyTrial trial(KeyDetails key) {
        KeyTrial trial = key.trial();
        if (trial == null) {
            throw new KeyConflict("Key " + key.id() + " has no restrictions on trial.");
        }
        return trial;
    }

    private static void refuseOutdated(KeyDetails key, long version) {
        if (key.version() != version) {
            throw new KeyOutdated(key);
        }
    }

    static void refuseRevoked(KeyDetails key) {
        if (key.status() == KeyStatus.REVOKED) {
            throw new KeyConflict("Key " + key.id() + " is revoked, which is for good; create a new key instead.");
        }
    }

    /** A file would undo the change, or find a secret that it does not know. */
    private static void refuseManaged(KeyDetails key) {
        if (key.managedBy() != null) {
            throw new KeyConflict("Key " + key.id() + " is described by the key file \"" + key.managedBy()
                    + "\"; change it there, or run 'quotient key release " + key.id() + "'.");
        }
    }
}
