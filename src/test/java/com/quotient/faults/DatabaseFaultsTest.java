package com.quotient.faults;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.Eventually.within;
import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.EventLoad;
import com.quotient.testing.FaultProxy;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.Future;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is promised when Postgres fails, with a Postgres of its own to hurt. */
@Tag("faults")
class DatabaseFaultsTest {
    private static final String WHOAMI = "/api/v0/whoami";
    private static final String ANALYTICS = "/api/v0/analytics";
    private static final Duration SOON = Duration.ofSeconds(60);

    private TestPostgres postgres;

    @BeforeEach
    void startPostgres() {
        postgres = TestPostgres.own();
    }

    /** With two waits as they are by default. */
    private static TestServer start(String url) {
        return TestServer.on(url, "ingest.maxWait", "2s", "keyFeed.answerDeadline", "1500ms");
    }

    @AfterEach
    void stopPostgres() {
        postgres.close();
    }

    /** 50,000 events from 64 senders over a crash. */
    @Test
    void noAcknowledgedEventIsLostOrDoubledWhenPostgresIsKilledUnderLoad() throws Exception {
        try (TestServer server = start(postgres.url())) {
            TestKeys keys = new TestKeys(server);
            String key = keys.publicKey(keys.business());
            try (EventLoad load = new EventLoad(server::port, key, 50_000)) {
                Future<Void> done = load.run(64);
                eventually(SOON.multipliedBy(3), () -> assertThat(load.acknowledgedCount())
                        .isGreaterThan(10_000));

                within(Duration.ofSeconds(2), () -> {
                    postgres.kill9();
                    long askedAt = System.nanoTime();
                    HttpResponse<String> refused = server.post(ANALYTICS, key, "{\"eventType\":\"whileAway\"}");
                    Duration refusedAfter = Duration.ofNanos(System.nanoTime() - askedAt);
                    assertThat(refused.statusCode()).isEqualTo(503);
                    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
                    assertThat(server.get(WHOAMI, key).statusCode())
                            .as("a known key")
                            .isEqualTo(200);
                    postgres.startAgain();
                    Duration back =
                            eventually(SOON, () -> assertThat(server.post(ANALYTICS, key, "{\"eventType\":\"back\"}")
                                            .statusCode())
                                    .isEqualTo(200));
                    // The refusal comes within half a second after ingest.maxWait.
                    return Collections.max(List.of(back, refusedAfter.minusMillis(500)));
                });

                done.toCompletionStage().toCompletableFuture().get(300, TimeUnit.SECONDS);

                assertThat(load.surprises()).isEmpty();
                assertThat(load.retries()).as("the crash was felt").isPositive();
                Set<String> acknowledged = new HashSet<>(load.acknowledged());
                assertThat(acknowledged).hasSize(50_000);
                List<String> stored = messageIds();
                assertThat(stored).as("doubled").doesNotHaveDuplicates();
                acknowledged.removeAll(new HashSet<>(stored));
                assertThat(acknowledged).as("acknowledged and lost").isEmpty();
            }
        }
    }

    /**
     * A full disk is played by the error that Postgres then gives; one that is full of WAL ends it, as the kill above.
     */
    @Test
    void fullDiskIsAnsweredWith503AndNothingIsLostWhenThereIsRoomAgain() throws Exception {
        try (TestServer server = start(postgres.url())) {
            TestKeys keys = new TestKeys(server);
            String key = keys.publicKey(keys.business());
            try (EventLoad load = new EventLoad(server::port, key, 5_000)) {
                Future<Void> done = load.run(16);
                eventually(SOON, () -> assertThat(load.acknowledgedCount()).isGreaterThan(500));

                TestPostgres.execute(postgres.url(), """
                        CREATE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                            RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full';
                        END $$
                        """);
                within(Duration.ofSeconds(2), () -> {
                    TestPostgres.execute(
                            postgres.url(),
                            "CREATE TRIGGER disk_full BEFORE INSERT ON event"
                                    + " FOR EACH STATEMENT EXECUTE FUNCTION disk_full()");
                    HttpResponse<String> refused = server.post(ANALYTICS, key, "{\"eventType\":\"full\"}");
                    assertThat(refused.statusCode()).isEqualTo(503);
                    assertThat(refused.headers().firstValue("Retry-After")).isPresent();
                    assertThat(server.get(WHOAMI, key).statusCode()).isEqualTo(200);
                    TestPostgres.execute(postgres.url(), "DROP TRIGGER disk_full ON event");
                    return eventually(SOON, () -> assertThat(server.post(ANALYTICS, key, "{\"eventType\":\"room\"}")
                                    .statusCode())
                            .isEqualTo(200));
                });

                done.toCompletionStage().toCompletableFuture().get(300, TimeUnit.SECONDS);
                assertThat(load.surprises()).isEmpty();
                assertThat(load.retries()).as("the full disk was felt").isPositive();
                assertThat(messageIds()).containsExactlyInAnyOrderElementsOf(load.acknowledged());
            }
        }
    }

    private List<String> messageIds() {
        return TestPostgres.query(postgres.url(), "SELECT message_id FROM event WHERE message_id IS NOT NULL").stream()
                .map(row -> (String) row.get(0))
                .collect(Collectors.toList());
    }

    @Test
    void replyLostAfterCommitIsAnsweredByTheRetryAndOneEventExists() {
        try (FaultProxy proxy = new FaultProxy(postgres.url());
                TestServer server = start(proxy.url("quotient"))) {
            TestKeys keys = new TestKeys(server);
            String key = keys.publicKey(keys.business());
            assertThat(server.post(ANALYTICS, key, "{\"eventType\":\"warm\"}").statusCode())
                    .isEqualTo(200);

            var cut = proxy.cutReplyAfterCommit("SELECT");
            HttpResponse<String> withMessageId =
                    server.post(ANALYTICS, key, "{\"eventType\":\"once\",\"messageId\":\"m-1\"}");
            assertThat(cut).isCompleted();
            var cutAgain = proxy.cutReplyAfterCommit("SELECT");
            HttpResponse<String> without = server.post(ANALYTICS, key, "{\"eventType\":\"once\"}");
            assertThat(cutAgain).isCompleted();

            assertThat(withMessageId.statusCode()).isEqualTo(200);
            assertThat(json(withMessageId).has("duplicate")).isFalse();
            assertThat(without.statusCode()).isEqualTo(200);
            assertThat(TestPostgres.query(postgres.url(), "SELECT id FROM event WHERE event_type = 'once'"))
                    .extracting(row -> row.get(0))
                    .containsExactlyInAnyOrder(
                            json(withMessageId).path("eventId").asText(),
                            json(without).path("eventId").asText());
        }
    }

    @Test
    void serverWithoutDatabaseIsAliveAndBecomesReadySoonAfterItIsThere() throws Exception {
        within(Duration.ofSeconds(4), () -> {
            postgres.stop();
            TestServer server = TestServer.prepare(postgres.url(), InstantSource.system());
            Future<Void> started = server.server().start();
            eventually(SOON, () -> assertThat(status(server, "/health/live")).isEqualTo(200));
            assertThat(status(server, "/health/ready")).isEqualTo(503);
            assertThat(started.isComplete()).isFalse();

            postgres.startAgain();

            long at = System.nanoTime();
            started.toCompletionStage().toCompletableFuture().get(SOON.toSeconds(), TimeUnit.SECONDS);
            Duration taken = Duration.ofNanos(System.nanoTime() - at);
            assertThat(status(server, "/health/ready")).isEqualTo(200);
            server.close();
            return taken;
        });
    }

    private static int status(TestServer server, String path) {
        return server.send(HttpRequest.newBuilder(server.managementUri(path)).build())
                .statusCode();
    }

    @Test
    void frozenPostgresIsSurvivedAndServedAgainAfterTheThaw() {
        try (TestServer server = start(postgres.url())) {
            TestKeys keys = new TestKeys(server);
            String key = keys.secret(keys.business());
            assertThat(server.get(WHOAMI, key).statusCode()).isEqualTo(200);

            postgres.freeze();
            try {
                HttpResponse<String> refused = server.post(ANALYTICS, key, "{\"eventType\":\"frozen\"}");
                assertThat(refused.statusCode()).isEqualTo(503);
                assertThat(server.get(WHOAMI, key).statusCode()).isEqualTo(200);
            } finally {
                postgres.thaw();
            }

            eventually(SOON, () -> assertThat(server.post(ANALYTICS, key, "{\"eventType\":\"thawed\"}")
                            .statusCode())
                    .isEqualTo(200));
            eventually(SOON, () -> assertThat(
                            server.get("/api/v0/analytics/events", key).statusCode())
                    .isEqualTo(200));
        }
    }
}
