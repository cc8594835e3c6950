package com.quotient.db;

import com.quotient.config.KeyFeedConfig;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a {@link Follower} in step with the database over a dedicated connection that LISTENs on a channel. A
 * notification is only a hint: the follower polls once per interval in any case, which also serves as heartbeat and
 * loss detection.
 *
 * <p>A silent connection may be dead, or its server slow; that cannot be distinguished. So a second connection is
 * opened beside it, and the first one that answers is kept. The tolerated silence grows with the measured response
 * time. The socket closes a connection that is silent for {@code database.socketIdleTimeout}, which also bounds the
 * number of attempts. Everything runs on the context of {@link #start()}.
 */
public final class Listener {
    private static final Logger log = LoggerFactory.getLogger(Listener.class);
    private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);

    private final Vertx vertx;
    private final Database database;
    private final KeyFeedConfig config;
    private final String duty;
    private final String channel;
    private final Follower follower;
    private final SampledWarnings warnings = new SampledWarnings(WARNING_INTERVAL, System::nanoTime, log::warn);
    private final List<Link> links = new ArrayList<>();

    private long lastAnswer;
    private long lastOpening;
    private long answerNanos;
    private long openings;
    private boolean stopped;

    /** The component that is kept in step. */
    public interface Follower {
        /**
         * Reads changes over a link; never called while it is already reading over that link. It may use a result only
         * if {@link Link#answered()} returned true.
         *
         * @param changed true after a notification or on a new link; false for a poll
         */
        Future<Void> follow(Link link, boolean changed);

        /** Changes are no longer received, until a link answers again. */
        void outOfTouch();
    }

    /** The pace is that of the key feed. */
    public Listener(
            Vertx vertx, Database database, KeyFeedConfig config, String duty, String channel, Follower follower) {
        this.vertx = vertx;
        this.database = database;
        this.config = config;
        this.duty = duty;
        this.channel = channel;
        this.follower = follower;
    }

    public void start() {
        lastAnswer = System.nanoTime();
        vertx.setPeriodic(config.pollInterval().toMillis(), timer -> {
            if (stopped) {
                vertx.cancelTimer(timer);
            } else {
                poll();
            }
        });
        open();
    }

    /** Closes everything, after a farewell over a working link if there is one. */
    public Future<Void> stop(Function<PgConnection, Future<?>> farewell) {
        stopped = true;
        List<Link> last = List.copyOf(links);
        links.clear();
        if (last.isEmpty()) {
            return Future.succeededFuture();
        }
        return farewell.apply(last.get(0).connection)
                .timeout(config.answerDeadline().toMillis(), java.util.concurrent.TimeUnit.MILLISECONDS)
                .transform(done -> Future.join(
                        last.stream().map(link -> link.connection.close()).toList()))
                .<Void>mapEmpty()
                .otherwiseEmpty();
    }

    /** The number of attempts to open a connection after the first. */
    public long reconnects() {
        return Math.max(0, openings - 1);
    }

    private void poll() {
        List.copyOf(links).forEach(link -> link.follow(false));
        if (System.nanoTime() - lastAnswer > patienceNanos()) {
            warn("has not answered for " + (System.nanoTime() - lastAnswer) / 1_000_000 + " ms");
            follower.outOfTouch();
            open();
        }
    }

    private long patienceNanos() {
        return Math.max(config.answerDeadline().toNanos(), 2 * answerNanos);
    }

    private void open() {
        long now = System.nanoTime();
        if (stopped
                || openings > 0 && now - lastOpening < config.reconnectDelay().toNanos() / 2) {
            return;
        }
        lastOpening = now;
        openings++;
        database.connect(duty).onSuccess(this::opened).onFailure(failure -> {
            warn("cannot be opened: " + failure.getMessage());
            reopenLater();
        });
    }

    private void opened(PgConnection connection) {
        // Another attempt has already succeeded, or the listener is closed.
        if (stopped || !links.isEmpty() && System.nanoTime() - lastAnswer <= patienceNanos()) {
            close(connection);
            return;
        }
        Link link = new Link(connection);
        links.add(link);
        connection.exceptionHandler(failure -> log.debug("The connection for {} broke", duty, failure));
        connection.closeHandler(closed -> lost(link, "was closed"));
        connection.notificationHandler(notification -> link.follow(true));
        // Statements of one connection are executed in order, so it already listens when the reads below run. A lost
        // heartbeat does no harm, so commits need not wait for the disk.
        connection
                .query("SET synchronous_commit = off; LISTEN " + channel)
                .execute()
                .onFailure(failure -> lost(link, "cannot listen: " + failure.getMessage()));
        link.follow(true);
    }

    private void lost(Link link, String why) {
        if (links.remove(link)) {
            close(link.connection);
            warn(why);
            if (links.isEmpty()) {
                follower.outOfTouch();
                reopenLater();
            }
        }
    }

    private void reopenLater() {
        long delay = config.reconnectDelay().toMillis();
        vertx.setTimer(Math.max(1, delay / 2 + ThreadLocalRandom.current().nextLong(delay)), timer -> {
            if (links.isEmpty()) {
                open();
            }
        });
    }

    private void warn(String what) {
        warnings.warn("The connection for " + duty + " " + what + "; trying another one");
    }

    private void close(PgConnection unwanted) {
        unwanted.close().onFailure(failure -> log.debug("The connection for {} did not close", duty, failure));
    }

    /** One listening connection and its pending reads. */
    public final class Link {
        private final PgConnection connection;
        private boolean following;
        private boolean again;
        private long lastHeard;

        private Link(PgConnection connection) {
            this.connection = connection;
        }

        public PgConnection connection() {
            return connection;
        }

        /**
         * To be called for each answer, and for each part of a long one. Returns whether the answer may be used: once a
         * link was abandoned, its answers may be older than those of another link.
         */
        public boolean answered() {
            if (!links.contains(this)) {
                return false;
            }
            lastAnswer = System.nanoTime();
            answerNanos = lastAnswer - lastHeard;
            lastHeard = lastAnswer;
            if (links.size() > 1) {
                List<Link> others = links.stream().filter(link -> link != this).toList();
                links.retainAll(List.of(this));
                others.forEach(other -> close(other.connection));
            }
            return true;
        }

        private void follow(boolean changed) {
            if (following) {
                again |= changed;
                return;
            }
            following = true;
            lastHeard = System.nanoTime();
            follower.follow(this, changed)
                    .onFailure(failure -> lost(this, "failed: " + failure.getMessage()))
                    .onSuccess(done -> {
                        following = false;
                        if (again && links.contains(this)) {
                            again = false;
                            follow(true);
                        }
                    });
        }
    }
}
