package com.quotient.blog;

import com.quotient.blog.ChangeStore.Changes;
import com.quotient.config.Config;
import com.quotient.db.Database;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.pgclient.PgConnection;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the {@link BlogCache} what other pods change. One instance, with a connection of its own: it LISTENs, and asks for
 * the changes whenever it hears of one and in any case once in a poll interval, so that a lost notification costs no more
 * than that. A connection that does not answer in time is given up and replaced.
 */
public final class BlogFeedVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(BlogFeedVerticle.class);

    private final Database database;
    private final Config.KeyFeed config;
    private final BlogCache cache;

    private @Nullable PgConnection connection;
    private @Nullable Long applied;
    private boolean reading;
    private boolean readAgain;
    private boolean stopped;

    /** It keeps the pace of the key feed. */
    public BlogFeedVerticle(Database database, Config config, BlogCache cache) {
        this.database = database;
        this.config = config.keyFeed();
        this.cache = cache;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(config.pollInterval().toMillis(), timer -> read());
        connect();
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        stopped = true;
        PgConnection last = connection;
        connection = null;
        return last == null ? Future.succeededFuture() : last.close();
    }

    private void connect() {
        Future<PgConnection> opening = database.connect("blog");
        opening.timeout(config.answerDeadline().toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(this::listen)
                .onFailure(failure -> {
                    opening.onSuccess(BlogFeedVerticle::discard);
                    reconnectLater("cannot be opened: " + failure.getMessage());
                });
    }

    private void listen(PgConnection opened) {
        if (stopped) {
            discard(opened);
            return;
        }
        connection = opened;
        reading = false;
        opened.notificationHandler(notification -> read());
        opened.closeHandler(closed -> lost(opened, "was closed"));
        // Statements of one connection are sent in order: what is read below is read after LISTEN holds.
        ChangeStore.listen(opened).onFailure(failure -> lost(opened, "cannot listen: " + failure.getMessage()));
        read();
    }

    private void read() {
        PgConnection current = connection;
        if (current == null) {
            return;
        }
        if (reading) {
            readAgain = true;
            return;
        }
        reading = true;
        readAgain = false;
        long askedAt = System.nanoTime();
        ChangeStore.above(current, applied)
                .timeout(config.answerDeadline().toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(failure -> lost(current, "failed: " + failure.getMessage()))
                .onSuccess(changes -> {
                    if (current != connection) {
                        return;
                    }
                    reading = false;
                    apply(changes);
                    cache.confirm(askedAt);
                    if (readAgain) {
                        read();
                    }
                });
    }

    private void apply(Changes changes) {
        // A step back is a database that was restored.
        if (applied == null || changes.version() < applied) {
            cache.allChanged();
        } else {
            changes.businessIds().forEach(cache::changed);
        }
        applied = changes.version();
    }

    private void lost(PgConnection lost, String why) {
        if (lost == connection) {
            connection = null;
            discard(lost);
            reconnectLater(why);
        }
    }

    private void reconnectLater(String why) {
        if (stopped) {
            return;
        }
        log.warn("The connection that hears of changed blogs {}; trying again", why);
        long delay = config.reconnectDelay().toMillis();
        vertx.setTimer(Math.max(1, delay / 2 + ThreadLocalRandom.current().nextLong(delay)), timer -> {
            if (!stopped) {
                connect();
            }
        });
    }

    private static void discard(PgConnection unwanted) {
        unwanted.close().onFailure(failure -> log.debug("A connection of the blog feed did not close", failure));
    }
}
