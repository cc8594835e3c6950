package com.quotient.keys;

import com.quotient.config.KeyFeedConfig;
import com.quotient.db.Database;
import com.quotient.db.Listener;
import com.quotient.keys.KeyStore.Progress;
import com.quotient.time.DatabaseClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the {@link KeyTable} in step with Postgres. When the {@link Listener} reports a change, it reads everything
 * since its own position. In between it sends heartbeats: it publishes its position to the other servers, asks whether
 * that position is still current, and samples the database's clock. Every method runs on the key store's context.
 */
final class KeyFeed implements Listener.Follower {
    private static final Logger log = LoggerFactory.getLogger(KeyFeed.class);

    /** Beyond this number it is cheaper to drop all cached callers than to name the changed ones. */
    private static final int MANY = 10_000;

    private final Listener listener;
    private final KeyFeedConfig config;
    private final String podId;
    private final KeyStore store = new KeyStore();
    private final KeyTable table;
    private final KeyFilter filter;
    private final KeyLease lease;
    private final DatabaseClock clock;
    private final Pods pods;
    private final Consumer<@Nullable List<KeyHash>> changed;

    private Position applied = Position.START;
    private boolean inStep;

    KeyFeed(
            Vertx vertx,
            Database database,
            KeyFeedConfig config,
            String podId,
            KeyTable table,
            KeyFilter filter,
            KeyLease lease,
            DatabaseClock clock,
            Pods pods,
            Consumer<@Nullable List<KeyHash>> changed) {
        this.listener = new Listener(vertx, database, config, "feed", "quotient_key", this);
        this.config = config;
        this.podId = podId;
        this.table = table;
        this.filter = filter;
        this.lease = lease;
        this.clock = clock;
        this.pods = pods;
        this.changed = changed;
    }

    void start() {
        listener.start();
    }

    /** Removes this server from the table of pods, so that the others divide rate limits among themselves at once. */
    Future<Void> stop() {
        inStep(false);
        return listener.stop(connection -> store.forget(connection, podId));
    }

    /** Whether a key that is not in the table is known not to exist. */
    boolean isInStep() {
        return inStep;
    }

    long appliedVersion() {
        return applied.version();
    }

    /** How often the connection was replaced. */
    long reconnects() {
        return listener.reconnects();
    }

    @Override
    public Future<Void> follow(Listener.Link link, boolean somethingChanged) {
        return somethingChanged
                ? catchUp(link)
                : beat(link).compose(holds -> {
                    return holds ? Future.succeededFuture() : catchUp(link);
                });
    }

    @Override
    public void outOfTouch() {
        inStep(false);
    }

    private void inStep(boolean inStep) {
        this.inStep = inStep;
        filter.complete(inStep);
    }

    /** Whether the table holds every key. */
    private Future<Boolean> beat(Listener.Link link) {
        long sentAt = System.nanoTime();
        return store.beat(link.connection(), podId, applied, config.podTimeout())
                .map(beat -> {
                    if (!link.answered()) {
                        return true;
                    }
                    clock.measured(sentAt, beat.millis(), System.nanoTime());
                    pods.live(beat.pods());
                    boolean holds = beat.position().equals(applied);
                    if (holds) {
                        confirm(sentAt);
                    }
                    return holds;
                });
    }

    private Future<Void> catchUp(Listener.Link link) {
        long startedAt = System.nanoTime();
        Reading changes = new Reading(link);
        return store.readSince(link.connection(), applied, changes).compose(progress -> {
            if (!link.answered()) {
                return Future.succeededFuture();
            }
            apply(changes, progress);
            confirm(startedAt);
            // Publishes the position of this server to the others, and to commands that wait for a revocation.
            return beat(link).mapEmpty();
        });
    }

    private void confirm(long atNanos) {
        inStep(true);
        lease.confirm(atNanos);
    }

    private void apply(Reading changes, Progress progress) {
        if (progress.everything()) {
            table.replaceAll(changes.present);
            filter.replaceAll(table);
            log.info(
                    "Read all {} keys, version {}",
                    table.size(),
                    progress.position().version());
            changed.accept(null);
        } else if (!changes.isEmpty()) {
            changes.deleted.forEach(table::remove);
            changes.present.all().forEach(table::put);
            filter.add(changes.present, table);
            changed.accept(changes.hashes());
        }
        applied = progress.position();
    }

    /** The result of one read, applied as a whole when it is complete. */
    private static final class Reading implements KeyStore.Changes {
        private final Listener.Link link;
        private final List<KeyHash> deleted = new ArrayList<>();
        private final KeyTable present = new KeyTable();

        Reading(Listener.Link link) {
            this.link = link;
        }

        @Override
        public void deleted(KeyHash hash) {
            deleted.add(hash);
        }

        @Override
        public void present(PackedKey key) {
            present.put(key);
        }

        @Override
        public void progress() {
            link.answered();
        }

        boolean isEmpty() {
            return deleted.isEmpty() && present.size() == 0;
        }

        /** Null when there are too many to name. */
        @Nullable
        List<KeyHash> hashes() {
            return deleted.size() + present.size() > MANY
                    ? null
                    : Stream.concat(deleted.stream(), present.all().map(PackedKey::hash))
                            .toList();
        }
    }
}
