package com.quotient.analytics;

import com.quotient.config.AnalyticsConfig;
import com.quotient.time.DatabaseClock;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains the tables of events: creates daily partitions ahead, drops those past the retention, and deletes old
 * message ids. Any number of servers may run it; one at a time deletes, the others skip that.
 */
public final class EventMaintenance {
    private static final Logger log = LoggerFactory.getLogger(EventMaintenance.class);

    /** Small enough that no lock is held for long. */
    private static final int MESSAGES_PER_STATEMENT = 5_000;

    private static final String MISSING_DAYS = """
            SELECT day FROM (
                SELECT day::date FROM generate_series($1::date, $2::date, interval '1 day') AS day
                UNION
                SELECT DISTINCT (occurred_at AT TIME ZONE 'UTC')::date FROM event_default WHERE occurred_at >= $3
            ) AS needed
            EXCEPT SELECT day FROM event_day
            ORDER BY day""";

    private static final String MAKE_PARTITION = "SELECT event_make_partition($1)";

    private static final String TRY_LOCK = "SELECT pg_try_advisory_lock(hashtextextended('event_maintenance', 0))";
    private static final String UNLOCK = "SELECT pg_advisory_unlock(hashtextextended('event_maintenance', 0))";

    private static final String OLD_DAYS = "SELECT day FROM event_day WHERE day < $1 ORDER BY day";
    private static final String DROP_PARTITION = "SELECT event_drop_partition($1)";
    private static final String DELETE_FROM_DEFAULT = "DELETE FROM event_default WHERE occurred_at < $1";

    private static final String DELETE_MESSAGES = """
            DELETE FROM event_message
            WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM event_message WHERE received_at < $1 ORDER BY received_at LIMIT $2))""";

    private static final String COUNT_DEFAULT = "SELECT count(*) FROM event_default";

    private final Vertx vertx;
    private final Pool pool;
    private final AnalyticsConfig config;
    private final DatabaseClock clock;

    private volatile Future<Void> running = Future.succeededFuture();
    private volatile long defaultRows;
    private volatile long timer = -1;

    public EventMaintenance(Vertx vertx, Pool pool, AnalyticsConfig config, DatabaseClock clock) {
        this.vertx = vertx;
        this.pool = pool;
        this.config = config;
        this.clock = clock;
    }

    /** Runs once, and then every {@code analytics.maintenanceInterval}. Fails if the first run fails. */
    public Future<Void> start() {
        return run().onSuccess(done ->
                timer = vertx.setPeriodic(config.maintenanceInterval().toMillis(), id -> {
                    if (running.isComplete()) {
                        run();
                    }
                }));
    }

    /** Starts no further run; completes with the current one. */
    public Future<Void> stop() {
        vertx.cancelTimer(timer);
        return running.otherwiseEmpty();
    }

    /**
     * Events in the default partition. Above 0, partitions were not created in time; nothing is lost, but an operator
     * should look.
     */
    public long defaultRows() {
        return defaultRows;
    }

    /** Does everything that is due. */
    Future<Void> run() {
        // A step that fails, for instance because of a lock, does not prevent the others.
        Future<Void> run = pool.withConnection(connection -> makePartitions(connection)
                        .eventually(() -> clean(connection))
                        .eventually(() -> count(connection)))
                .onFailure(failure -> log.warn("The upkeep of the event tables failed: {}", failure.getMessage()));
        running = run;
        return run;
    }

    private Future<Void> makePartitions(SqlConnection connection) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        Tuple days = Tuple.of(
                today.minusDays(EventTime.MAX_AGE.toDays()),
                today.plusDays(config.partitionsAhead()),
                before(config.retention()));
        return connection
                .preparedQuery(MISSING_DAYS)
                .execute(days)
                .compose(missing -> forEach(connection, MAKE_PARTITION, missing));
    }

    private Future<Void> clean(SqlConnection connection) {
        return connection.query(TRY_LOCK).execute().compose(locked -> {
            if (!locked.iterator().next().getBoolean(0)) {
                return Future.succeededFuture();
            }
            return dropPartitions(connection)
                    .eventually(() -> deleteMessages(connection, before(config.dedupeRetention())))
                    .eventually(() -> connection.query(UNLOCK).execute());
        });
    }

    private Future<Void> dropPartitions(SqlConnection connection) {
        OffsetDateTime oldest = before(config.retention());
        return connection
                .preparedQuery(OLD_DAYS)
                .execute(Tuple.of(oldest.toLocalDate()))
                .compose(old -> forEach(connection, DROP_PARTITION, old))
                .compose(
                        dropped -> connection.preparedQuery(DELETE_FROM_DEFAULT).execute(Tuple.of(oldest)))
                .mapEmpty();
    }

    private static Future<Void> deleteMessages(SqlConnection connection, OffsetDateTime oldest) {
        Promise<Void> done = Promise.promise();
        deleteMessages(connection, oldest, done);
        return done.future();
    }

    /** Uses a promise: a chain of futures would grow with every statement. */
    private static void deleteMessages(SqlConnection connection, OffsetDateTime oldest, Promise<Void> done) {
        connection
                .preparedQuery(DELETE_MESSAGES)
                .execute(Tuple.of(oldest, MESSAGES_PER_STATEMENT))
                .onSuccess(deleted -> {
                    if (deleted.rowCount() < MESSAGES_PER_STATEMENT) {
                        done.complete();
                    } else {
                        deleteMessages(connection, oldest, done);
                    }
                })
                .onFailure(done::fail);
    }

    private Future<Void> count(SqlConnection connection) {
        return connection.query(COUNT_DEFAULT).execute().map(counted -> {
            defaultRows = counted.iterator().next().getLong(0);
            if (defaultRows > 0) {
                log.warn("{} events lie in the default partition and wait for one of their own.", defaultRows);
            }
            return null;
        });
    }

    /** One statement per day, so that a lock is held for one day's work at most. */
    private static Future<Void> forEach(SqlConnection connection, String sql, RowSet<Row> days) {
        List<Tuple> batch = new ArrayList<>();
        days.forEach(day -> batch.add(Tuple.of(day.getLocalDate(0))));
        Future<Void> done = Future.succeededFuture();
        for (Tuple day : batch) {
            done = done.compose(
                    before -> connection.preparedQuery(sql).execute(day).mapEmpty());
        }
        return done;
    }

    private OffsetDateTime before(Duration age) {
        return clock.instant().minus(age).atOffset(ZoneOffset.UTC);
    }
}
