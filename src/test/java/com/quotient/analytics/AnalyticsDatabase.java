package com.quotient.analytics;

import com.quotient.analytics.NewEvent.Source;
import com.quotient.bus.LocalCodec;
import com.quotient.config.Config;
import com.quotient.config.Settings;
import com.quotient.db.Database;
import com.quotient.db.DatabaseUrl;
import com.quotient.db.Migrations;
import com.quotient.id.Ids;
import com.quotient.testing.TestPostgres;
import io.vertx.core.Vertx;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A database with the schema, pools on it, and events to put in. */
final class AnalyticsDatabase implements AutoCloseable {
    private final String name = Ids.next("analytics_", 0).toLowerCase(java.util.Locale.ROOT);
    private final TestPostgres postgres;
    private final String url;
    final Vertx vertx = Vertx.vertx();

    AnalyticsDatabase(TestPostgres postgres) {
        this.postgres = postgres;
        url = postgres.createDatabase(name, null);
        Migrations.migrate(DatabaseUrl.parse(url));
        LocalCodec.register(vertx.eventBus());
    }

    String name() {
        return name;
    }

    String url() {
        return url;
    }

    /** The pools, by the direct way. */
    Database connect(Config config) {
        return connect(config, url);
    }

    Database connect(Config config, String through) {
        return new Database(vertx, config, DatabaseUrl.parse(through));
    }

    /** Settings for tests, as pairs of a name and a value. */
    static Config config(String... pairs) {
        // The machines that run tests are busy with other things; opening a connection can take a while.
        Settings settings = Settings.defaults().with("database.poolWait", "10s").with("ingest.maxWait", "10s");
        for (int i = 0; i < pairs.length; i += 2) {
            settings = settings.with(pairs[i], pairs[i + 1]);
        }
        return settings.config();
    }

    String business() {
        String id = Ids.next("biz_", System.currentTimeMillis());
        execute("INSERT INTO business (id, name) VALUES ('" + id + "', 'Test')");
        return id;
    }

    String person(String businessId) {
        String id = Ids.next("per_", System.currentTimeMillis());
        execute("INSERT INTO person (business_id, id, email, domain) VALUES ('" + businessId + "', '" + id + "', '" + id
                + "@example.com', 'example.com')");
        return id;
    }

    void execute(String sql) {
        TestPostgres.execute(url, sql);
    }

    List<List<@Nullable Object>> query(String sql) {
        return TestPostgres.query(url, sql);
    }

    long count(String sql) {
        return (long) query("SELECT count(*) FROM " + sql).get(0).get(0);
    }

    /** Stores by SQL alone. */
    static void insert(Database database, List<NewEvent> events) {
        await(new EventStore(database.ingest()).insert(events));
    }

    static <T> T await(io.vertx.core.Future<T> future) {
        try {
            return future.await(60, TimeUnit.SECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    static NewEvent event(String businessId, @Nullable String messageId) {
        return event(
                businessId,
                Instant.now(),
                new Event("pageView", messageId, null, null, null, null, null, null, "{}", "{}"));
    }

    static NewEvent event(String businessId, Instant occurredAt, Event event) {
        return new NewEvent(
                Ids.next("evt_", System.currentTimeMillis()),
                occurredAt,
                new Source(businessId, "key_test", null, null, null, Instant.now()),
                event);
    }

    static Event ofType(String eventType) {
        return new Event(eventType, null, null, null, null, null, null, null, "{}", "{}");
    }

    static Event withProperties(String properties) {
        return new Event("pageView", null, null, null, null, null, null, null, "{}", properties);
    }

    @Override
    public void close() {
        await(vertx.close());
        postgres.dropDatabase(name);
    }
}
