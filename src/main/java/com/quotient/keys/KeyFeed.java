package com.quotient.keys;

import com.quotient.config.Config;
import com.quotient.db.Database;
import com.quotient.time.DatabaseClock;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the {@link KeyTable} in step with Postgres over one connection of its own.
 *
 * <p>It LISTENs first, then reads everything above the version it has, then reads again whenever it hears or finds that
 * the counter moved. A notification is only a hint: losing one costs at most a poll interval. The poll is heartbeat, loss
 * detector and clock sample in one; when it is not answered in time the connection is given up and replaced. Every method
 * runs on the key store's context.
 */
final class KeyFeed {
    private static final Logger log = LoggerFactory.getLogger(KeyFeed.class);

    /** Beyond so many it is cheaper to forget all callers than to name those that changed. */
    private static final int MANY = 10_000;

    private static final String BEAT = """
            WITH beat AS (
                INSERT INTO pod (id, applied_version) VALUES ($1, $2)
                ON CONFLICT (id) DO UPDATE SET heartbeat_at = now(), applied_version = excluded.applied_version)
            SELECT version,
                   (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS millis,
                   (SELECT count(*) FROM pod
                    WHERE id <> $1 AND heartbeat_at > now() - $3::bigint * interval '1 millisecond') + 1 AS pods
            FROM key_version
            """;
    private static final String FORGET_DEAD_PODS =
            "DELETE FROM pod WHERE id = $1 OR heartbeat_at < now() - interval '1 day'";

    private final Vertx vertx;
    private final Database database;
    private final Config.KeyFeed config;
    private final String podId;
    private final KeyStore store;
    private final KeyTable table;
    private final KeyFilter filter;
    private final KeyLease lease;
    private final DatabaseClock clock;
    private final Pods pods;
    private final Consumer<@Nullable List<KeyHash>> changed;

    private @Nullable PgConnection connection;
    private long applied = KeyStore.EVERYTHING;
    private boolean inStep;
    private boolean reading;
    private boolean readAgain;
    private boolean stopped;
    private long lastAnswer;
    private long reconnects;

    KeyFeed(
            Vertx vertx,
            Database database,
            Config.KeyFeed config,
            String podId,
            KeyTable table,
            KeyFilter filter,
            KeyLease lease,
            DatabaseClock clock,
            Pods pods,
            Consumer<@Nullable List<KeyHash>> changed) {
        this.vertx = vertx;
        this.database = database;
        this.config = config;
        this.podId = podId;
        this.store = new KeyStore();
        this.table = table;
        this.filter = filter;
        this.lease = lease;
        this.clock = clock;
        this.pods = pods;
        this.changed = changed;
    }

    void start() {
        lastAnswer = System.nanoTime();
        vertx.setPeriodic(config.pollInterval().toMillis(), timer -> {
            if (stopped) {
                vertx.cancelTimer(timer);
            } else {
                poll();
            }
        });
        connect();
    }

    /** Leaves the table of pods, so that the others share rate limits among themselves at once. */
    Future<Void> stop() {
        stopped = true;
        PgConnection last = connection;
        connection = null;
        inStep(false);
        if (last == null) {
            return Future.succeededFuture();
        }
        return last.preparedQuery(FORGET_DEAD_PODS)
                .execute(Tuple.of(podId))
                .timeout(config.answerDeadline().toMillis(), TimeUnit.MILLISECONDS)
                .transform(done -> last.close())
                .otherwiseEmpty();
    }

    /** Whether a key that is not in the table does not exist. */
    boolean isInStep() {
        return inStep;
    }

    long appliedVersion() {
        return applied;
    }

    /** How often the connection had to be replaced. */
    long reconnects() {
        return reconnects;
    }

    private void inStep(boolean inStep) {
        this.inStep = inStep;
        filter.complete(inStep);
    }

    private void connect() {
        Future<PgConnection> opening = database.connect("feed");
        opening.timeout(config.answerDeadline().toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(this::listen)
                .onFailure(failure -> {
                    opening.onSuccess(this::discard);
                    reconnectLater("cannot be opened: " + failure.getMessage());
                });
    }

    private void discard(PgConnection unwanted) {
        unwanted.close().onFailure(failure -> log.debug("The key feed's connection did not close", failure));
    }

    private void listen(PgConnection opened) {
        if (stopped) {
            discard(opened);
            return;
        }
        connection = opened;
        lastAnswer = System.nanoTime();
        opened.notificationHandler(notification -> catchUp(opened));
        opened.closeHandler(closed -> lost(opened, "was closed"));
        // A lost heartbeat harms nobody, so it need not wait for the disk.
        opened.query("SET synchronous_commit = off")
                .execute()
                .compose(done -> opened.query("LISTEN quotient_key").execute())
                .onFailure(failure -> lost(opened, "cannot listen: " + failure.getMessage()))
                .onSuccess(done -> catchUp(opened));
    }

    private void poll() {
        PgConnection current = connection;
        if (current == null) {
            return;
        }
        if (System.nanoTime() - lastAnswer > config.answerDeadline().toNanos()) {
            lost(current, "has not answered for " + config.answerDeadline().toMillis() + " ms");
        } else if (!reading) {
            beat(current);
        }
    }

    private void beat(PgConnection current) {
        long before = clock.local().millis();
        long sentAt = System.nanoTime();
        current.preparedQuery(BEAT)
                .execute(Tuple.of(podId, applied, config.podTimeout().toMillis()))
                .onFailure(failure -> lost(current, "failed: " + failure.getMessage()))
                .onSuccess(rows -> {
                    if (current != connection) {
                        return;
                    }
                    lastAnswer = System.nanoTime();
                    Row row = rows.iterator().next();
                    clock.measured(before, row.getLong("millis"), clock.local().millis());
                    pods.live(row.getLong("pods").intValue());
                    if (row.getLong("version") == applied) {
                        lease.confirm(sentAt);
                    } else {
                        catchUp(current);
                    }
                });
    }

    private void catchUp(PgConnection current) {
        if (current != connection) {
            return;
        }
        if (reading) {
            readAgain = true;
            return;
        }
        reading = true;
        long startedAt = System.nanoTime();
        Reading changes = new Reading();
        store.readAbove(current, applied, changes).onComplete(read -> {
            if (current != connection) {
                return;
            }
            reading = false;
            if (read.failed()) {
                lost(current, "cannot be read: " + read.cause().getMessage());
                return;
            }
            apply(changes, read.result());
            inStep(true);
            lease.confirm(startedAt);
            if (readAgain) {
                readAgain = false;
                catchUp(current);
            } else {
                // Tells the other pods, and whoever waits for a revocation, which version holds here.
                beat(current);
            }
        });
    }

    private void apply(Reading changes, long version) {
        boolean everything = applied == KeyStore.EVERYTHING || version < applied;
        if (everything) {
            table.replaceAll(changes.present);
            filter.replaceAll(table);
            log.info("Read all {} keys, version {}", table.size(), version);
            changed.accept(null);
        } else if (!changes.isEmpty()) {
            changes.deleted.forEach(table::remove);
            changes.present.all().forEach(table::put);
            filter.add(changes.present, table);
            changed.accept(changes.hashes());
        }
        applied = version;
    }

    private void lost(PgConnection lostConnection, String why) {
        if (lostConnection != connection) {
            return;
        }
        connection = null;
        inStep(false);
        // A read on a connection that went silent never ends; the next connection begins anew.
        reading = false;
        readAgain = false;
        discard(lostConnection);
        reconnectLater(why);
    }

    private void reconnectLater(String why) {
        if (stopped) {
            return;
        }
        reconnects++;
        log.warn("The key feed's connection {}; known keys stay valid for their lease, trying again", why);
        long delay = config.reconnectDelay().toMillis();
        vertx.setTimer(Math.max(1, delay / 2 + ThreadLocalRandom.current().nextLong(delay)), timer -> {
            if (!stopped) {
                connect();
            }
        });
    }

    /** What one read found; applied as a whole once it is complete. */
    private final class Reading implements KeyStore.Changes {
        private final List<KeyHash> deleted = new ArrayList<>();
        private final KeyTable present = new KeyTable();

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
            lastAnswer = System.nanoTime();
        }

        boolean isEmpty() {
            return deleted.isEmpty() && present.size() == 0;
        }

        /** Null when they are many. */
        @Nullable
        List<KeyHash> hashes() {
            return deleted.size() + present.size() > MANY
                    ? null
                    : Stream.concat(deleted.stream(), present.all().map(PackedKey::hash))
                            .toList();
        }
    }
}
