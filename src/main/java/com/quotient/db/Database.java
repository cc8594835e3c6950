package com.quotient.db;

import com.quotient.config.Config;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.spi.ConnectionFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pools, one for each duty, so that one that is exhausted or stuck harms no other: {@code lookups} for keys the table
 * does not know yet, {@code ingest} for events, {@code features} for everything a request reads or writes, {@code usage}
 * for last-used times, {@code webhooks} for their outbox. Every pool is bounded in size, in waiters and in the time they wait; every statement has a
 * deadline in the server, every socket one in the client. When one connection turns out to lead to a server that takes no
 * writes, all are replaced.
 */
public final class Database {
    private static final Logger log = LoggerFactory.getLogger(Database.class);
    private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);
    /** Two in a row would replace what is not in use yet. */
    private static final Duration RENEWAL_INTERVAL = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final Config.Database config;
    private final DatabaseUrl url;
    private final Logins logins;
    private final ConnectionFactory<PgConnectOptions> dedicated;
    private final SampledWarnings warnings = new SampledWarnings(WARNING_INTERVAL, System::nanoTime, log::warn);
    private final AtomicLong renewedAt = new AtomicLong(System.nanoTime());
    private final List<DutyPool> pools = new ArrayList<>();
    private final Pool lookups;
    private final Pool ingest;
    private final Pool features;
    private final Pool usage;
    private final Pool webhooks;

    public Database(Vertx vertx, Config config, DatabaseUrl url) {
        this.vertx = vertx;
        this.config = config.database();
        this.url = url;
        this.logins = new Logins(this.config.connectTimeout());
        this.dedicated = logins.patient(vertx, transport());
        this.lookups = pool("lookups", this.config.lookupConnections());
        this.ingest = pool("ingest", config.ingest().writers());
        this.features = pool("features", this.config.featureConnections());
        this.usage = pool("usage", this.config.usageConnections());
        this.webhooks = pool("webhooks", this.config.webhookConnections());
    }

    public Pool lookups() {
        return lookups;
    }

    public Pool ingest() {
        return ingest;
    }

    public Pool features() {
        return features;
    }

    public Pool usage() {
        return usage;
    }

    public Pool webhooks() {
        return webhooks;
    }

    /**
     * A connection of its own, for LISTEN. Whoever opens it closes it and notices when it is dead. It may take longer than
     * {@code database.connectTimeout} as long as the server is not silent for {@code database.socketIdleTimeout}.
     */
    public Future<PgConnection> connect(String duty) {
        return dedicated
                .connect(vertx.getOrCreateContext(), connectOptions(duty))
                .onComplete(logins::ended)
                .map(PgConnection::cast);
    }

    public Future<Void> close() {
        return Future.join(pools.stream().map(DutyPool::close).toList())
                .transform(done -> Future.<Void>future(dedicated::close));
    }

    private Pool pool(String duty, int size) {
        PoolOptions options = new PoolOptions()
                .setName(duty)
                .setMaxSize(size)
                .setMaxWaitQueueSize(config.poolQueue())
                .setConnectionTimeout((int) config.poolWait().toMillis())
                .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
                // Before its socket is taken for dead, and never while it is in use.
                .setIdleTimeout((int) config.poolIdleTimeout().toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxLifetime((int) spread(config.maxLifetime()).toMillis())
                .setMaxLifetimeUnit(TimeUnit.MILLISECONDS)
                .setPoolCleanerPeriod((int) config.poolIdleTimeout().toMillis() / 10 + 1);
        DutyPool pool = new DutyPool(
                vertx,
                duty,
                () -> logins.createPool(
                        vertx, () -> Future.succeededFuture(connectOptions(duty)), options, transport(), null),
                this::failed);
        pools.add(pool);
        return pool;
    }

    /** So that servers that were started together do not all log in anew together. */
    private static Duration spread(Duration duration) {
        long millis = duration.toMillis();
        return Duration.ofMillis(millis - ThreadLocalRandom.current().nextLong(millis / 10 + 1));
    }

    /** After a failover all connections may lead to what is a standby now, also those that only read. */
    private void failed(Throwable failure) {
        if (PgErrors.isReadOnly(failure)) {
            long last = renewedAt.get();
            long now = System.nanoTime();
            if (now - last >= RENEWAL_INTERVAL.toNanos() && renewedAt.compareAndSet(last, now)) {
                log.warn("The database {} takes no writes; all connections are replaced", url);
                pools.forEach(DutyPool::renew);
            }
        } else if (PgErrors.isRefused(failure)) {
            warnings.warn("The database " + url + " refuses " + url.user() + ": " + failure.getMessage()
                    + "; correct its rights, or database.url");
        } else if (PgErrors.isUnavailable(failure)) {
            warnings.warn("The database " + url + " is not available: " + failure.getMessage());
        }
    }

    private PgConnectOptions connectOptions(String duty) {
        PgConnectOptions options = url.connectOptions("quotient-" + duty)
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(256)
                .setPreparedStatementCacheSqlLimit(8192);
        Map<String, String> properties = new HashMap<>(options.getProperties());
        properties.put("statement_timeout", millis(config.statementTimeout()));
        properties.put("lock_timeout", millis(config.lockTimeout()));
        // A server that freezes between two statements must not keep the others out by what it has locked.
        properties.put("idle_in_transaction_session_timeout", millis(config.statementTimeout()));
        properties.put("TimeZone", "UTC");
        return options.setProperties(properties);
    }

    /**
     * A server that answers at all does so within the statement's deadline, so a socket that is silent for longer is dead:
     * frozen, black-holed or half-open.
     */
    private NetClientOptions transport() {
        return new NetClientOptions()
                .setConnectTimeout((int) config.connectTimeout().toMillis())
                .setTcpKeepAlive(true)
                .setTcpUserTimeout((int) config.socketIdleTimeout().toMillis())
                .setReadIdleTimeout((int) config.socketIdleTimeout().toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
    }

    private static String millis(Duration duration) {
        return Long.toString(duration.toMillis());
    }
}
