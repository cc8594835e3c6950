package com.quotient.keyfile;

import com.quotient.business.Business;
import com.quotient.business.BusinessAdmin;
import com.quotient.keyfile.KeyPlan.State;
import com.quotient.keyfile.KeyPlan.Step;
import com.quotient.keys.Actor;
import com.quotient.keys.KeyAdmin.Overlap;
import com.quotient.keys.KeyDetails;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyMaterial;
import com.quotient.keys.ManagedKeyStore;
import com.quotient.keys.ManagedKeyStore.Applied;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnection;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Applies key files: all of a file, or nothing, and one file at a time over all servers. Thread-safe. */
public final class KeyFileAdmin {
    private final Vertx vertx;
    private final Pool pool;
    private final InstantSource clock;
    private final ManagedKeyStore store;
    private final BusinessAdmin businesses;
    private final SecureRandom random = new SecureRandom();

    public KeyFileAdmin(Vertx vertx, Pool pool, InstantSource clock) {
        this.vertx = vertx;
        this.pool = pool;
        this.clock = clock;
        this.store = new ManagedKeyStore(clock);
        this.businesses = new BusinessAdmin(vertx, pool, clock);
    }

    /**
     * What was done.
     *
     * @param version the version that servers have applied when they know every change; 0 if nothing changed
     */
    public record Outcome(Business business, KeyPlan plan, long version) {}

    /** Says what {@link #apply} would do. Fails as it does. */
    public Future<Outcome> plan(KeyFile file) {
        return business(file)
                .compose(business -> pool.withConnection(connection -> planned(connection, business, file, false))
                        .map(planned -> new Outcome(business, planned.plan(), 0)));
    }

    /**
     * Brings the keys of a business in line with a file, in one transaction. Fails with {@link KeyFileRefused} if the
     * file is older than the one applied before, or would revoke too many keys.
     */
    public Future<Outcome> apply(KeyFile file, Actor actor) {
        return business(file)
                .compose(business -> pool.withConnection(connection -> planned(connection, business, file, false))
                        .compose(planned -> planned.isInLine(file)
                                ? Future.succeededFuture(new Outcome(business, planned.plan(), 0))
                                : changed(business, file, actor)));
    }

    /** Plans again while it holds the lock: another server may have applied the file in between. */
    private Future<Outcome> changed(Business business, KeyFile file, Actor actor) {
        return pool.withTransaction(connection -> store.waitForTurn(connection)
                .compose(turn -> planned(connection, business, file, true))
                .compose(planned -> done(connection, business, file, planned.plan(), actor)
                        .compose(version -> kept(connection, business, file, planned)
                                .map(kept -> new Outcome(business, planned.plan(), version)))));
    }

    /** The changes, and what was applied of the file before; null for a new file. */
    private record Planned(KeyPlan plan, @Nullable Applied before) {
        boolean isInLine(KeyFile file) {
            return isApplied(before, file) && plan.steps().isEmpty();
        }
    }

    private static boolean isApplied(@Nullable Applied before, KeyFile file) {
        return before != null && before.digest().equals(file.digest());
    }

    /** Servers apply their files again and again; only what is new is written. */
    private Future<Void> kept(SqlConnection connection, Business business, KeyFile file, Planned planned) {
        return isApplied(planned.before(), file)
                ? Future.succeededFuture()
                : store.keep(connection, business.id(), file.name(), new Applied(file.generation(), file.digest()));
    }

    private Future<Business> business(KeyFile file) {
        return businesses.one(file.business(), "say which in the file with business:");
    }

    private Future<Planned> planned(SqlConnection connection, Business business, KeyFile file, boolean lock) {
        String id = business.id();
        return store.applied(connection, id, file.name()).compose(applied -> {
            refuseOlder(file, applied);
            return store.holders(connection, file.hashes()).compose(holders -> {
                Set<String> ids = new HashSet<>(file.ids());
                holders.values().forEach(holder -> ids.add(holder.keyId()));
                return store.keys(connection, id, file.name(), ids, file.names(), lock)
                        .compose(keys -> store.policy(connection, id).compose(policy -> {
                            State state =
                                    new State(id, keys, holders, policy, isApplied(applied, file), clock.instant());
                            // Many rules of many keys are too much for an event loop.
                            return vertx.executeBlocking(() -> new Planned(KeyPlan.of(file, state), applied), false);
                        }));
            });
        });
    }

    /** In a rolling update, a server with the file of before must not put it back. */
    private static void refuseOlder(KeyFile file, @Nullable Applied applied) {
        if (applied == null || applied.generation() == null) {
            return;
        }
        long before = applied.generation();
        Long generation = file.generation();
        if (generation == null || generation < before) {
            throw new KeyFileRefused("Generation " + before + " of the file was applied already, and this one is "
                    + (generation == null ? "without a generation" : "generation " + generation)
                    + "; raise generation if it is newer.");
        }
        if (generation == before && !file.digest().equals(applied.digest())) {
            throw new KeyFileRefused("Generation " + before
                    + " of the file was applied already with other content; raise generation with every change.");
        }
    }

    private Future<Long> done(SqlConnection connection, Business business, KeyFile file, KeyPlan plan, Actor actor) {
        Future<Long> done = Future.succeededFuture(0L);
        for (Step step : plan.steps()) {
            done = done.compose(before -> step(connection, business, file, step, actor))
                    .map(KeyDetails::version);
        }
        return done;
    }

    private Future<KeyDetails> step(SqlConnection connection, Business business, KeyFile file, Step step, Actor actor) {
        return switch (step.action()) {
            case CREATE -> store.create(connection, business.id(), step.spec(), material(step), file.name(), actor);
            case ADOPT, UPDATE -> store.update(connection, key(step), step.spec(), file.name(), actor);
            case ROTATE -> rotated(connection, file, step, actor);
            case REVOKE -> store.revoke(connection, key(step), actor);
        };
    }

    /** A key that is taken over with another secret is managed by the file before it gets a successor. */
    private Future<KeyDetails> rotated(SqlConnection connection, KeyFile file, Step step, Actor actor) {
        KeyDetails key = key(step);
        Future<KeyDetails> managed = file.name().equals(key.managedBy())
                ? Future.succeededFuture(key)
                : store.update(connection, key, key.spec(), file.name(), actor);
        return managed.compose(old ->
                store.rotate(connection, old, step.spec(), material(step), new Overlap(file.overlap(), false), actor));
    }

    private KeyMaterial material(Step step) {
        return step.material() != null
                ? step.material()
                : KeyMaterial.of(KeyFormat.issue(step.spec().tier(), random));
    }

    private static KeyDetails key(Step step) {
        return Objects.requireNonNull(step.key());
    }
}
