package com.quotient.db;

import com.quotient.config.Config;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The pools, one for each duty, so that one that is exhausted or stuck harms no other: {@code lookups} for keys the table
 * does not know yet, {@code ingest} for events, {@code features} for everything a request reads or writes, {@code usage}
 * for last-used times, {@code webhooks} for their outbox. Every pool is bounded in size, in waiters and in the time they wait; every statement has a
 * deadline in the server, every socket one in the client.
 */
public final class Database {
    private final Vertx vertx;
    private final Config.Database config;
    private final DatabaseUrl url;
    private final Pool lookups;
    private final Pool ingest;
    private final Pool features;
    private final Pool usage;
    private final Pool webhooks;

    public Database(Vertx vertx, Config config, DatabaseUrl url) {
        this.vertx = vertx;
        this.config = config.database();
        this.url = url;
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

    /** A connection of its own, for LISTEN. Whoever opens it closes it and notices when it is dead. */
    public Future<PgConnection> connect(String duty) {
        return PgConnection.connect(vertx, connectOptions(duty));
    }

    public Future<Void> close() {
        return Future.join(lookups.close(), ingest.close(), features.close(), usage.close(), webhooks.close())
                .mapEmpty();
    }

    private Pool pool(String duty, int size) {
        PoolOptions options = new PoolOptions()
                .setName(duty)
                .setMaxSize(size)
                .setMaxWaitQueueSize(config.poolQueue())
                .setConnectionTimeout((int) config.poolWait().toMillis())
                .setConnectionTimeoutUnit(TimeUnit.MILLISECONDS);
        return PgBuilder.pool()
                .with(options)
                .with(transport())
                .connectingTo(connectOptions(duty))
                .using(vertx)
                .build();
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
     * frozen, black-holed or half-open. Closing it also ends idle connections, which a pool opens again at need.
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
