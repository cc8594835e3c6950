package com.quotient.db;

import com.quotient.config.Config;
import com.quotient.config.DatabaseConfig;
import com.quotient.share.Shares;
import com.quotient.share.Shares.Limits;
import io.vertx.core.Context;
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
 * The connection pools, one per duty, so that an exhausted or stuck pool affects no other. Businesses share three
 * fairly: {@code features} for short statements, {@code searches} for searches, whose statements have a shorter
 * timeout, and {@code bulk} for imports, exports and counting events. The others are shared by all: {@code lookups} for
 * keys missing in the table, {@code ingest} for events, {@code usage} for last-used times, {@code webhooks} for the
 * outbox, {@code maintenance} for upkeep and administration. Every pool is bounded in size, in waiters and in their
 * wait. Every statement has a timeout in Postgres, and every socket one in the client. If one connection leads to a
 * read-only server, all are replaced.
 */
public final class Database {
    private static final Logger log = LoggerFactory.getLogger(Database.class);
    private static final Duration WARNING_INTERVAL = Duration.ofSeconds(10);
    /** A second replacement right after the first would replace unused connections. */
    private static final Duration RENEWAL_INTERVAL = Duration.ofSeconds(1);

    private static final String SEARCHES = "searches";

    private final Vertx vertx;
    private final DatabaseConfig config;
    private final DatabaseUrl url;
    private final Logins logins;
    private final ConnectionFactory<PgConnectOptions> dedicated;
    private final SampledWarnings warnings = new SampledWarnings(WARNING_INTERVAL, System::nanoTime, log::warn);
    private final AtomicLong renewedAt = new AtomicLong(System.nanoTime());
    private final List<DutyPool> pools = new ArrayList<>();
    private final Pool lookups;
    private final Pool ingest;
    private final SharedPool features;
    private final SharedPool searches;
    private final SharedPool bulk;
    private final Pool usage;
    private final Pool webhooks;
    private final Pool maintenance;
    private final Pool dashboard;

    public Database(Vertx vertx, Config config, DatabaseUrl url) {
        this.vertx = vertx;
        this.config = config.database();
        this.url = url;
        this.logins = new Logins(this.config.connectTimeout());
        this.dedicated = logins.patient(vertx, transport());
        this.lookups = pool("lookups", this.config.lookupConnections());
        this.ingest = pool("ingest", config.ingest().writers());
        this.features = shared("features", this.config.featureConnections(), this.config.poolWait());
        this.searches = shared(SEARCHES, this.config.searchConnections(), this.config.poolWait());
        // A chunk of a long operation waits for its turn: failing halfway would be worse.
        this.bulk = shared("bulk", this.config.bulkConnections(), this.config.bulkWait());
        this.usage = pool("usage", this.config.usageConnections());
        this.webhooks = pool("webhooks", this.config.webhookConnections());
        this.maintenance = pool("maintenance", this.config.maintenanceConnections());
        this.dashboard = pool("dashboard", this.config.dashboardConnections());
    }

    public Pool lookups() {
        return lookups;
    }

    public Pool ingest() {
        return ingest;
    }

    /** Short statements of requests. */
    public SharedPool features() {
        return features;
    }

    /** Searches. Their statement timeout is {@code database.searchTimeout}. */
    public SharedPool searches() {
        return searches;
    }

    /** {@link #searches()} if something is searched for, otherwise {@link #features()}. */
    public SharedPool reads(boolean search) {
        return search ? searches : features;
    }

    /** The chunks of imports and exports, and series. */
    public SharedPool bulk() {
        return bulk;
    }

    /** The shared pools, for the metrics. */
    public List<Shares> shares() {
        return List.of(features.shares(), searches.shares(), bulk.shares());
    }

    public Pool usage() {
        return usage;
    }

    public Pool webhooks() {
        return webhooks;
    }

    /** Upkeep and administration, which belong to no business. */
    public Pool maintenance() {
        return maintenance;
    }

    /** The dashboard, whose sign-in anybody may try. */
    public Pool dashboard() {
        return dashboard;
    }

    /**
     * A connection outside the pools, for LISTEN. The caller closes it and detects its loss. Opening it may exceed
     * {@code database.connectTimeout} while the server is not silent for {@code database.socketIdleTimeout}.
     */
    public Future<PgConnection> connect(String duty) {
        Context context = vertx.getOrCreateContext();
        return login(duty)
                .compose(options -> dedicated.connect(context, options))
                .onComplete(logins::ended)
                .map(PgConnection::cast);
    }

    public Future<Void> close() {
        return Future.join(pools.stream().map(DutyPool::close).toList())
                .transform(done -> Future.<Void>future(dedicated::close));
    }

    private SharedPool shared(String duty, int size, Duration wait) {
        Limits limits = Limits.of(size, config.maxBusinessShare(), config.poolQueue(), wait);
        return new SharedPool(vertx, pool(duty, size, wait), new Shares(vertx, duty, limits));
    }

    private Pool pool(String duty, int size) {
        return pool(duty, size, config.poolWait());
    }

    private Pool pool(String duty, int size, Duration wait) {
        PoolOptions options = new PoolOptions()
                .setName(duty)
                .setMaxSize(size)
                .setMaxWaitQueueSize(config.poolQueue())
                .setConnectionTimeout((int) wait.toMillis())
                .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS)
                // Idle connections are closed before their sockets would count as dead.
                .setIdleTimeout((int) config.poolIdleTimeout().toMillis())
                .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
                .setMaxLifetime((int) spread(config.maxLifetime()).toMillis())
                .setMaxLifetimeUnit(TimeUnit.MILLISECONDS)
                .setPoolCleanerPeriod((int) config.poolIdleTimeout().toMillis() / 10 + 1);
        DutyPool pool = new DutyPool(
                vertx,
                duty,
                () -> logins.createPool(vertx, () -> login(duty), options, transport(), null),
                this::failed);
        pools.add(pool);
        return pool;
    }

    /** Spread, so that servers that were started together do not reconnect together. */
    private static Duration spread(Duration duration) {
        long millis = duration.toMillis();
        return Duration.ofMillis(millis - ThreadLocalRandom.current().nextLong(millis / 10 + 1));
    }

    /** After a failover all connections may lead to a standby, including those that only read. */
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

    /** For one connection, because the password of a file may have changed. */
    private Future<PgConnectOptions> login(String duty) {
        PgConnectOptions options = connectOptions(duty);
        return url.passwordFile() == null
                ? Future.succeededFuture(options)
                : vertx.executeBlocking(url::currentPassword, false).map(options::setPassword);
    }

    private PgConnectOptions connectOptions(String duty) {
        PgConnectOptions options = url.connectOptions("quotient-" + duty)
                .setCachePreparedStatements(true)
                .setPreparedStatementCacheMaxSize(256)
                .setPreparedStatementCacheSqlLimit(8192);
        Map<String, String> properties = new HashMap<>(options.getProperties());
        properties.put(
                "statement_timeout",
                millis(duty.equals(SEARCHES) ? config.searchTimeout() : config.statementTimeout()));
        properties.put("lock_timeout", millis(config.lockTimeout()));
        // A server that freezes between two statements must not block the others with its locks.
        properties.put("idle_in_transaction_session_timeout", millis(config.statementTimeout()));
        properties.put("TimeZone", "UTC");
        // Callers could make Postgres warn as often as they like, and each warning would be a log line.
        properties.put("client_min_messages", "error");
        return options.setProperties(properties);
    }

    /**
     * A live server answers within the statement timeout, so a socket that is silent for longer is dead: frozen,
     * black-holed or half-open.
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
