package com.quotient.faults;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.db.DatabaseUrl;
import com.quotient.testing.FaultProxy;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What becomes of the connections of the pools when Postgres or the network fails them. */
@Tag("faults")
class PoolFaultsTest {
    private static final String EVENTS = "/api/v0/analytics/events";
    private static final String ANALYTICS = "/api/v0/analytics";
    private static final String DOCUMENT = "/api/v0/memory/faults/";
    private static final Duration SOON = Duration.ofSeconds(60);

    private final String name = "t_" + UUID.randomUUID().toString().replace("-", "");
    private String url;
    private FaultProxy proxy;
    private TestServer server;
    private String key;

    /** A database of its own with an owner of its own, whose rights can be taken away. */
    @BeforeEach
    void makeDatabase() {
        asSuperuser("CREATE ROLE " + name + " LOGIN PASSWORD 'right'");
        String superuserUrl = TestPostgres.shared().createDatabase(name, null);
        asSuperuser("ALTER DATABASE " + name + " OWNER TO " + name);
        TestPostgres.execute(superuserUrl, "CREATE EXTENSION IF NOT EXISTS pg_trgm");
        TestPostgres.execute(superuserUrl, "CREATE EXTENSION IF NOT EXISTS unaccent");
        url = "postgresql://" + name + ":right@127.0.0.1:"
                + DatabaseUrl.parse(superuserUrl).port() + "/" + name;
        proxy = new FaultProxy(url);
    }

    @AfterEach
    void drop() {
        proxy.restore();
        proxy.blackHole(false);
        if (server != null) {
            server.close();
        }
        proxy.close();
        TestPostgres.shared().dropDatabase(name);
        asSuperuser("DROP ROLE " + name);
    }

    private void start(String... settings) {
        // Two waits as they are by default.
        List<String> all = new ArrayList<>(List.of("ingest.maxWait", "2s", "keyFeed.answerDeadline", "1500ms"));
        all.addAll(List.of(settings));
        server = TestServer.on(proxy.url(name), all.toArray(String[]::new));
        TestKeys keys = new TestKeys(server);
        // Opening the first connection may take longer than some tests let others wait.
        eventually(SOON, () -> {
            key = keys.secret(keys.business());
        });
        eventually(SOON, () -> assertThat(read()).isEqualTo(200));
    }

    private static void asSuperuser(String sql) {
        TestPostgres.execute(TestPostgres.shared().url("postgres"), sql);
    }

    private void endConnections() {
        asSuperuser("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '" + name + "'");
    }

    private int read() {
        return server.get(EVENTS, key).statusCode();
    }

    private int ingest() {
        return server.post(ANALYTICS, key, "{\"eventType\":\"e\"}").statusCode();
    }

    private int write() {
        return server.send("PUT", DOCUMENT + UUID.randomUUID(), key, "{\"content\":\"a\"}")
                .statusCode();
    }

    @Test
    void databaseThatRefusesTheServerIsUnavailableAndNotBroken() {
        start();

        refusedWhile("ALTER ROLE $ PASSWORD 'wrong'", "ALTER ROLE $ PASSWORD 'right'");
        refusedWhile("ALTER ROLE $ NOLOGIN", "ALTER ROLE $ LOGIN");
        refusedWhile("ALTER DATABASE $ RENAME TO $_away", "ALTER DATABASE $_away RENAME TO $");
        refusedWhile("ALTER DATABASE $ ALLOW_CONNECTIONS false", "ALTER DATABASE $ ALLOW_CONNECTIONS true");
        refusedWhile("REVOKE CONNECT ON DATABASE $ FROM PUBLIC, $", "GRANT CONNECT ON DATABASE $ TO $");
    }

    private void refusedWhile(String refuse, String admit) {
        // Nobody may be connected while a database is renamed.
        asSuperuser("ALTER ROLE " + name + " CONNECTION LIMIT 0");
        endConnections();
        eventually(SOON, () -> {
            endConnections();
            asSuperuser(refuse.replace("$", name));
        });
        asSuperuser("ALTER ROLE " + name + " CONNECTION LIMIT -1");
        HttpResponse<String> refused =
                eventually(SOON, () -> server.get(EVENTS, key), response -> response.statusCode() != 200);
        assertThat(refused.statusCode()).as(refuse).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).as(refuse).isPresent();

        asSuperuser(admit.replace("$", name));
        eventually(SOON, () -> assertThat(read()).as(admit).isEqualTo(200));
    }

    @Test
    void tableThatMayNotBeReadIsUnavailable() {
        start();
        TestPostgres.execute(url, "REVOKE SELECT ON event FROM " + name);

        HttpResponse<String> refused = server.get(EVENTS, key);

        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).isPresent();
    }

    @Test
    void exportWaitsForALoginThatIsSlowerThanTheWaitOfOtherRequests() {
        start("database.poolWait", "200ms");
        // A login takes several answers.
        proxy.latency(Duration.ofMillis(150));

        assertThat(server.get("/api/v0/audience/people/export", key).statusCode())
                .isEqualTo(200);
    }

    @Test
    void readWhoseConnectionIsLostIsSentAgain() {
        start();
        assertThat(read()).isEqualTo(200);

        for (int i = 0; i < 5; i++) {
            var lost = proxy.cutReplyAfterCommit("SELECT");
            assertThat(read()).isEqualTo(200);
            assertThat(lost).isCompleted();
        }
    }

    @Test
    void idleConnectionsAreClosedByThePoolBeforeTheirSocketsAreTakenForDead() {
        start("database.socketIdleTimeout", "11s", "database.poolIdleTimeout", "200ms");
        assertThat(read()).isEqualTo(200);
        assertThat(write()).isBetween(200, 299);

        // Before database.poolIdleTimeout by default.
        eventually(Duration.ofSeconds(9), () -> assertThat(connections("quotient-features"))
                .isZero());

        assertThat(read()).isEqualTo(200);
    }

    private long connections(String application) {
        return (Long) TestPostgres.query(
                        TestPostgres.shared().url("postgres"),
                        "SELECT count(*) FROM pg_stat_activity WHERE application_name = '" + application
                                + "' AND datname = '" + name + "'")
                .get(0)
                .get(0);
    }

    @Test
    void requestsThatGaveUpWaitingLeaveTheQueue() {
        start("database.maintenanceConnections", "1", "database.poolWait", "100ms", "database.poolQueue", "10");
        proxy.blackHole(true);
        try {
            for (int i = 0; i < 15; i++) {
                server.server().database().maintenance().query("SELECT 1").execute();
            }
            eventually(SOON, () -> assertThat(server.metric("quotient_db_pool_waiting{pool=\"maintenance\""))
                    .isZero());
        } finally {
            proxy.blackHole(false);
        }
    }

    @Test
    void everythingWorksAgainSoonAfterABlackHole() throws Exception {
        start(
                "database.socketIdleTimeout",
                "4s",
                "database.poolIdleTimeout",
                "2s",
                "database.poolWait",
                "500ms",
                "database.statementTimeout",
                "3s");

        within(Duration.ofSeconds(4), this::recoverFromABlackHole);
    }

    private Duration recoverFromABlackHole() {
        eventually(SOON, () -> assertThat(read()).isEqualTo(200));
        eventually(SOON, () -> assertThat(ingest()).isEqualTo(200));
        proxy.blackHole(true);
        long until = System.nanoTime() + Duration.ofSeconds(14).toNanos();
        while (System.nanoTime() - until < 0) {
            assertThat(read()).isEqualTo(503);
            assertThat(ingest()).isEqualTo(503);
            assertThat(write()).isEqualTo(503);
        }

        proxy.blackHole(false);

        long at = System.nanoTime();
        for (IntSupplier request : new IntSupplier[] {this::read, this::ingest, this::write}) {
            eventually(SOON, () -> assertThat(request.getAsInt()).isBetween(200, 299));
        }
        return Duration.ofNanos(System.nanoTime() - at);
    }

    @Test
    void writesResumeOnEveryPoolWhenAWritableServerIsThereAgain() throws Exception {
        start();

        within(Duration.ofSeconds(8), this::recoverFromAReadOnlyServer);
    }

    private Duration recoverFromAReadOnlyServer() {
        assertThat(ingest()).isEqualTo(200);
        assertThat(write()).isBetween(200, 299);
        asSuperuser("ALTER DATABASE " + name + " SET default_transaction_read_only = on");
        endConnections();
        eventually(SOON, () -> assertThat(write()).isEqualTo(503));
        for (int i = 0; i < 20; i++) {
            assertThat(write()).isEqualTo(503);
        }
        // Each waits for ingest.maxWait.
        for (int i = 0; i < 4; i++) {
            assertThat(ingest()).isEqualTo(503);
        }

        asSuperuser("ALTER DATABASE " + name + " RESET default_transaction_read_only");

        long at = System.nanoTime();
        eventually(SOON, () -> assertThat(write()).isBetween(200, 299));
        eventually(SOON, () -> assertThat(ingest()).isEqualTo(200));
        for (int i = 0; i < 20; i++) {
            assertThat(write()).isBetween(200, 299);
        }
        return Duration.ofNanos(System.nanoTime() - at);
    }
}
