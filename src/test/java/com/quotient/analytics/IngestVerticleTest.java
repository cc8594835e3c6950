package com.quotient.analytics;

import static com.quotient.analytics.AnalyticsDatabase.await;
import static com.quotient.analytics.AnalyticsDatabase.config;
import static com.quotient.analytics.AnalyticsDatabase.event;
import static com.quotient.analytics.AnalyticsDatabase.withProperties;
import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.analytics.IngestMessages.Kept;
import com.quotient.analytics.IngestMessages.Overloaded;
import com.quotient.analytics.IngestMessages.Refused;
import com.quotient.analytics.IngestMessages.Reply;
import com.quotient.analytics.IngestMessages.Store;
import com.quotient.analytics.IngestMessages.Stored;
import com.quotient.config.Config;
import com.quotient.db.Database;
import com.quotient.testing.FaultProxy;
import com.quotient.testing.TestPostgres;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class IngestVerticleTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static AnalyticsDatabase database;
    private static FaultProxy proxy;

    private final IngestStats stats = new IngestStats();
    private final IngestGate gate = new IngestGate(database.vertx.eventBus());
    private final Context loop = database.vertx.getOrCreateContext();
    private final String business = database.business();
    private Database pools;
    private String deployment;

    @BeforeAll
    static void createDatabase() {
        database = new AnalyticsDatabase(TestPostgres.shared());
        proxy = new FaultProxy(database.url());
    }

    @AfterAll
    static void dropDatabase() {
        database.close();
        proxy.close();
    }

    @AfterEach
    void undeploy() {
        if (deployment != null) {
            await(database.vertx.undeploy(deployment));
        }
        await(pools.close());
    }

    @Test
    void anAnswerMeansThatTheEventIsCommittedWithAllItsMembers() {
        deploy();
        NewEvent event = event(
                business,
                Instant.parse("2026-01-15T10:30:00.123Z"),
                new Event(
                        "search",
                        "message-1",
                        "device",
                        "session",
                        null,
                        "anonymous",
                        Instant.EPOCH,
                        "0",
                        "{\"url\":\"https://example.com/ü\"}",
                        "{\"price\":1.10}"));
        assertThat(await(store(event)).outcomes()).containsExactly(new Kept(event.id(), false));
        assertThat(database.query("SELECT event_type, message_id, device_id, session_id, person_id, anonymous_id,"
                        + " raw_timestamp, key_id, context::text, properties::text,"
                        + " to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS')"
                        + " FROM event WHERE id = '" + event.id() + "'"))
                .containsExactly(java.util.Arrays.asList(
                        "search",
                        "message-1",
                        "device",
                        "session",
                        null,
                        "anonymous",
                        "0",
                        "key_test",
                        "{\"url\": \"https://example.com/ü\"}",
                        "{\"price\": 1.10}",
                        "2026-01-15T10:30:00.123"));
    }

    @Test
    void theUserAgentOfTheEventWinsOverTheHeader() {
        deploy();
        NewEvent.Source source =
                new NewEvent.Source(business, "key_test", "https://a.example", "192.0.2.0", "header", Instant.now());
        Event silent = new Event("a", null, null, null, null, null, null, null, "{}", "{}");
        Event telling = new Event("b", null, null, null, null, null, null, null, "{\"userAgent\":\"event\"}", "{}");
        await(store(
                new NewEvent("evt_" + UUID.randomUUID(), Instant.now(), source, silent),
                new NewEvent("evt_" + UUID.randomUUID(), Instant.now(), source, telling)));
        assertThat(database.query(
                        "SELECT context->>'userAgent', origin, client_address FROM event WHERE business_id = '"
                                + business + "' ORDER BY event_type"))
                .containsExactly(
                        List.of("header", "https://a.example", "192.0.2.0"),
                        List.of("event", "https://a.example", "192.0.2.0"));
    }

    @Test
    void loadMakesGroupsThatShareACommit() {
        deploy("ingest.writers", "1");
        await(Future.all(IntStream.range(0, 1000)
                .mapToObj(i -> store(event(business, null)))
                .toList()));
        assertThat(stored()).isEqualTo(1000);
        assertThat(stats.accepted()).isEqualTo(1000);
        assertThat(stats.groupEvents().sum()).isEqualTo(1000);
        assertThat(stats.groupEvents().count()).isLessThan(500);
        assertThat(stats.queuedEvents()).isZero();
        assertThat(stats.queuedBytes()).isZero();
    }

    @Test
    void whatComesDuringACommitSharesTheNextOne() throws SQLException {
        deploy("ingest.writers", "3", "ingest.joinDelay", "5s", "ingest.maxWait", "20s");
        List<Future<Stored>> answers = new ArrayList<>();
        try (Connection connection = TestPostgres.connect(database.url());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE event IN EXCLUSIVE MODE");
            answers.add(store(event(business, null)));
            eventually(LONG, () -> assertThat(stats.queuedEvents()).isEqualTo(1));
            for (int i = 1; i < 50; i++) {
                answers.add(store(event(business, null)));
            }
            eventually(LONG, () -> assertThat(stats.queuedEvents()).isEqualTo(50));
            connection.rollback();
        }
        await(Future.all(answers));
        assertThat(stats.groupEvents().count()).isEqualTo(2);
    }

    @Test
    void aCommitThatHangsHoldsTheOthersUpForAMomentOnly() throws SQLException {
        deploy("ingest.writers", "2", "ingest.maxWait", "20s");
        String message = message();
        try (Connection connection = TestPostgres.connect(database.url());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("INSERT INTO event_message VALUES ('" + business + "', '" + message + "', 'evt', now())");
            Future<Stored> hanging = store(event(business, message));
            eventually(LONG, () -> assertThat(stats.queuedEvents()).isEqualTo(1));
            await(store(event(business, null)));
            assertThat(hanging.isComplete()).isFalse();
            connection.rollback();
            await(hanging);
        }
    }

    @Test
    void aRepeatedMessageIsAnsweredWithItsOriginalAndStoredOnce() {
        deploy();
        String message = message();
        NewEvent original = event(business, message);
        NewEvent repeated = event(business, message);
        await(store(original));
        assertThat(await(store(repeated)).outcomes()).containsExactly(new Kept(original.id(), true));
        assertThat(stored()).isEqualTo(1);
        assertThat(stats.duplicates()).isEqualTo(1);
    }

    @Test
    void messagesRepeatedWithinOneRequestAreStoredOnce() {
        deploy();
        String message = message();
        Stored answer = await(store(event(business, message), event(business, null), event(business, message)));
        assertThat(answer.outcomes().stream().map(Kept.class::cast).filter(Kept::duplicate))
                .hasSize(1);
        assertThat(answer.outcomes().get(0))
                .extracting("eventId")
                .isEqualTo(((Kept) answer.outcomes().get(2)).eventId());
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void businessesDoNotShareMessageIds() {
        deploy();
        String message = message();
        String other = database.business();
        await(store(event(business, message)));
        assertThat(await(store(event(other, message))).outcomes())
                .singleElement()
                .extracting("duplicate")
                .isEqualTo(false);
    }

    /** One statement stores the events of many businesses. */
    @Test
    void businessesThatShareAStatementDoNotShareMessageIds() {
        deploy();
        EventStore store = new EventStore(pools.ingest());
        String message = message();
        String other = database.business();
        NewEvent own = event(business, message);
        NewEvent foreign = event(other, message);
        NewEvent ownAgain = event(business, message);
        NewEvent foreignAgain = event(other, message);

        assertThat(await(store.insert(List.of(own, foreign)))).isEmpty();
        assertThat(await(store.insert(List.of(ownAgain, foreignAgain))))
                .isEqualTo(Map.of(ownAgain.id(), own.id(), foreignAgain.id(), foreign.id()));
        assertThat(database.count("event WHERE message_id = '" + message + "'")).isEqualTo(2);
    }

    @Test
    void concurrentWritersStoreEachMessageOnceAndDoNotDeadlock() {
        deploy("ingest.writers", "4", "ingest.groupEvents", "20");
        List<String> messages = IntStream.range(0, 40).mapToObj(i -> message()).toList();
        List<Future<Stored>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            List<String> shuffled = new ArrayList<>(messages);
            Collections.shuffle(shuffled);
            answers.add(store(shuffled.subList(0, 20).stream()
                    .map(message -> event(business, message))
                    .toArray(NewEvent[]::new)));
        }
        await(Future.all(answers));
        Set<String> sent = new HashSet<>();
        answers.forEach(answer -> answer.result().outcomes().forEach(kept -> sent.add(((Kept) kept).eventId())));
        assertThat(sent).hasSize((int) stored());
        assertThat(database.count(
                        "(SELECT DISTINCT message_id FROM event WHERE business_id = '" + business + "') AS m"))
                .isEqualTo(stored());
        assertThat(stats.accepted()).isEqualTo(stored());
        assertThat(stats.accepted() + stats.duplicates()).isEqualTo(2000);
        assertThat(stats.retries()).isZero();
    }

    @Test
    void aPersonOfAnotherBusinessIsDropped() {
        deploy();
        String own = database.person(business);
        String foreign = database.person(database.business());
        await(store(byPerson(own), byPerson(foreign), byPerson("nobody")));
        assertThat(database.query("SELECT count(*), count(person_id), max(person_id) FROM event WHERE business_id = '"
                        + business + "'"))
                .containsExactly(List.of(3L, 1L, own));
    }

    @Test
    void oneEventThatCannotBeStoredDoesNotHoldUpTheOthers() {
        deploy("ingest.writers", "1");
        NewEvent[] events = IntStream.range(0, 500)
                .mapToObj(i -> i == 317
                        ? event(business, Instant.now(), withProperties("{\"a\":\"\\u0000\"}"))
                        : event(business, message()))
                .toArray(NewEvent[]::new);
        Future<Stored> neighbour = store(event(business, null));
        Stored answer = await(store(events));
        for (int i = 0; i < events.length; i++) {
            if (i == 317) {
                assertThat(answer.outcomes().get(i)).isInstanceOfSatisfying(Refused.class, refused -> {
                    assertThat(refused.code()).isEqualTo(Rejection.Code.INVALID_EVENT);
                    assertThat(refused.detail()).contains("22P05");
                });
            } else {
                assertThat(answer.outcomes().get(i)).isEqualTo(new Kept(events[i].id(), false));
            }
        }
        assertThat(await(neighbour).outcomes()).hasSize(1);
        assertThat(stored()).isEqualTo(500);
        assertThat(stats.rejected(Rejection.Code.INVALID_EVENT)).isEqualTo(1);
        assertThat(stats.retries()).isZero();
    }

    @Test
    void aLostReplyAfterTheCommitIsAnsweredAndStoredOnce() {
        deployThroughProxy();
        await(store(event(business, null)));
        NewEvent named = event(business, message());
        NewEvent nameless = event(business, null);
        CompletableFuture<Void> cut = proxy.cutReplyAfterCommit("SELECT");
        assertThat(await(store(named, nameless)).outcomes())
                .containsExactly(new Kept(named.id(), false), new Kept(nameless.id(), false));
        assertThat(cut).isCompleted();
        assertThat(stored()).isEqualTo(3);
        assertThat(stats.retries()).isEqualTo(1);
    }

    @Test
    void aTryThatReachesTheServerAfterItsRepetitionStoresNothing() {
        pools = database.connect(config());
        List<NewEvent> events = List.of(event(business, message()), event(business, null));
        EventStore store = new EventStore(pools.ingest());
        assertThat(await(Future.all(store.insert(events), store.insert(events), store.insert(events)))
                        .list())
                .allSatisfy(duplicates -> assertThat(duplicates).isEqualTo(java.util.Map.of()));
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void withoutADatabaseNobodyWaitsLongerThanPromisedAndServiceResumes() throws Exception {
        deployThroughProxy("ingest.maxWait", "1s");
        proxy.cut();
        try {
            within(Duration.ofMillis(2500), () -> {
                long before = stats.unavailable();
                long started = System.nanoTime();
                List<Future<Stored>> answers = IntStream.range(0, 50)
                        .mapToObj(i -> store(event(business, null)))
                        .toList();
                answers.forEach(answer ->
                        assertThatThrownBy(() -> await(answer)).hasMessage("The events were not committed in time."));
                Duration taken = Duration.ofNanos(System.nanoTime() - started);
                assertThat(taken).isGreaterThan(Duration.ofMillis(900));
                assertThat(stats.unavailable()).isEqualTo(before + 50);
                assertThat(stats.queuedEvents()).isZero();
                return taken;
            });
        } finally {
            proxy.restore();
        }
        eventually(LONG, () -> await(store(event(business, null))));
        assertThat(stored()).isEqualTo(1);
    }

    @Test
    void anOutageShorterThanTheWaitGoesUnnoticed() {
        deployThroughProxy();
        await(store(event(business, null)));
        proxy.cut();
        Future<Stored> answer = store(event(business, message()));
        eventually(LONG, () -> assertThat(stats.retries()).isPositive());
        proxy.restore();
        assertThat(await(answer).outcomes()).hasSize(1);
        assertThat(stored()).isEqualTo(2);
    }

    @Test
    void connectionsToAServerThatTakesNoWritesAreReplaced() throws SQLException {
        deploy("ingest.writers", "1");
        await(store(event(business, null)));
        long before = processId();
        database.execute("ALTER DATABASE " + database.name() + " SET default_transaction_read_only = on");
        database.execute("SELECT pg_terminate_backend(" + before + ")");
        Future<Stored> answer = store(event(business, null));
        eventually(LONG, () -> assertThat(stats.retries()).isPositive());
        try (Connection connection = TestPostgres.connect(database.url());
                Statement statement = connection.createStatement()) {
            statement.execute("SET default_transaction_read_only = off");
            statement.execute("ALTER DATABASE " + database.name() + " RESET default_transaction_read_only");
        }
        // A connection keeps the setting it was opened with: only a new one can write.
        assertThat(await(answer).outcomes()).hasSize(1);
    }

    @Test
    void aFullQueueTurnsRequestsAwayAndABusinessGetsItsShareOnly() throws SQLException {
        deploy(
                "ingest.writers",
                "1",
                "ingest.maxQueuedEvents",
                "10",
                "analytics.maxBatchEvents",
                "5",
                "ingest.maxWait",
                "20s");
        String other = database.business();
        try (Connection connection = TestPostgres.connect(database.url());
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE event IN EXCLUSIVE MODE");
            List<Future<Reply>> admitted = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                admitted.add(ask(event(business, null)));
            }
            assertThat(await(ask(event(business, null)))).isEqualTo(new Overloaded());
            for (int i = 0; i < 5; i++) {
                admitted.add(ask(event(other, null)));
            }
            assertThat(await(ask(event(database.business(), null)))).isEqualTo(new Overloaded());
            assertThat(stats.queuedEvents()).isEqualTo(10);
            assertThat(stats.shed()).isEqualTo(2);
            connection.rollback();
            await(Future.all(admitted));
        }
        await(store(event(business, null)));
        assertThat(stored()).isEqualTo(6);
    }

    @Test
    void stoppingAnswersWhatWasTaken() {
        deploy("ingest.writers", "1");
        List<Future<Stored>> answers = IntStream.range(0, 200)
                .mapToObj(i -> store(event(business, null)))
                .toList();
        await(answers.get(0));
        await(database.vertx.undeploy(deployment));
        deployment = null;
        eventually(LONG, () -> assertThat(answers).allMatch(Future::isComplete));
        assertThat(answers.stream().filter(Future::succeeded).count())
                .isPositive()
                .isEqualTo(stored());
    }

    private void deploy(String... settings) {
        Config config = config(settings);
        deploy(config, database.connect(config));
    }

    private void deployThroughProxy(String... settings) {
        Config config = config(settings);
        deploy(config, database.connect(config, proxy.url(database.name())));
    }

    private void deploy(Config config, Database connected) {
        pools = connected;
        deployment = await(database.vertx.deployVerticle(new IngestVerticle(pools.ingest(), config.ingest(), stats)));
    }

    private Future<Stored> store(NewEvent... events) {
        return ask(events).map(Stored.class::cast);
    }

    private Future<Reply> ask(NewEvent... events) {
        Store store = new Store(events[0].source().businessId(), List.of(events), events.length * 100);
        Promise<Reply> reply = Promise.promise();
        loop.runOnContext(ready -> gate.store(store).onComplete(reply));
        return reply.future();
    }

    private long stored() {
        return database.count("event WHERE business_id = '" + business + "'");
    }

    private static long processId() {
        return ((Number) database.query("SELECT pid FROM pg_stat_activity WHERE application_name = 'quotient-ingest'"
                                + " AND datname = current_database()")
                        .get(0)
                        .get(0))
                .longValue();
    }

    private NewEvent byPerson(String personId) {
        return event(business, Instant.now(), new Event("a", null, null, null, personId, null, null, null, "{}", "{}"));
    }

    private static String message() {
        return UUID.randomUUID().toString();
    }
}
