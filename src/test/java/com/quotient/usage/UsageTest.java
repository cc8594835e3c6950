package com.quotient.usage;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyAdmin.Issued;
import com.quotient.keys.KeyDetails;
import com.quotient.keys.KeyTier;
import com.quotient.keys.RateLimit;
import com.quotient.testing.FaultProxy;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UsageTest {
    private static final String WHOAMI = "/api/v0/whoami";
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String[] QUICK = {"usage.handOverInterval", "50ms", "usage.flushInterval", "50ms"};

    private static Map<String, Long> counts(KeyDetails key) {
        Map<String, Long> sums = new HashMap<>();
        key.usage().values().forEach(day -> day.forEach((outcome, count) -> sums.merge(outcome, count, Long::sum)));
        return sums;
    }

    private static KeyDetails show(TestKeys keys, Issued issued) {
        return await(keys.admin().find(issued.details().id()));
    }

    @Test
    void keyTellsWhenItWasUsedLastAndHowOftenByOutcome() {
        try (TestServer server = TestServer.start(QUICK)) {
            TestKeys keys = new TestKeys(server);
            Issued issued =
                    keys.issue(keys.business(), KeyTier.SECRET, spec -> spec.withScopes(List.of("ANALYTICS_READ"))
                            .withRateLimit(new RateLimit(5, 3600)));
            Instant before = Instant.now().minusSeconds(1);
            for (int i = 0; i < 4; i++) {
                assertThat(server.get(WHOAMI, issued.key()).statusCode()).isEqualTo(200);
            }
            assertThat(server.post("/api/v0/analytics", issued.key(), "{}").statusCode())
                    .isEqualTo(403);
            assertThat(server.get("/api/v0/analytics/events?page=0", issued.key())
                            .statusCode())
                    .isEqualTo(400);
            assertThat(server.get(WHOAMI, issued.key()).statusCode()).isEqualTo(429);

            eventually(SOON, () -> assertThat(counts(show(keys, issued)))
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of("ok", 4L, "refused", 1L, "client_error", 1L, "rate_limited", 1L)));
            assertThat(show(keys, issued).lastUsedAt())
                    .isBetween(before, Instant.now().plusSeconds(1));
        }
    }

    @Test
    void refusedUseIsNotAUse() {
        try (TestServer server = TestServer.start(QUICK)) {
            TestKeys keys = new TestKeys(server);
            String business = keys.business();
            Issued issued = keys.issue(business, KeyTier.SECRET);
            keys.awaitEverywhere(
                    await(keys.admin().revoke(business, issued.details().id(), TestKeys.ACTOR))
                            .version());

            assertThat(server.get(WHOAMI, issued.key()).statusCode()).isEqualTo(401);

            eventually(SOON, () -> assertThat(counts(show(keys, issued))).containsEntry("refused", 1L));
            assertThat(show(keys, issued).lastUsedAt()).isNull();
        }
    }

    @Test
    void whatIsPendingAtAStopIsWritten() {
        String database = TestServer.migratedDatabase();
        String keyId;
        try (TestServer server = TestServer.on(database, "usage.handOverInterval", "1h", "usage.flushInterval", "1h")) {
            TestKeys keys = new TestKeys(server);
            Issued issued = keys.issue(keys.business(), KeyTier.SECRET);
            keyId = issued.details().id();
            assertThat(server.get(WHOAMI, issued.key()).statusCode()).isEqualTo(200);
        }
        assertThat(TestPostgres.query(database, "SELECT key_id FROM key_usage")).containsExactly(List.of(keyId));
        assertThat(TestPostgres.query(database, "SELECT count FROM key_usage_day WHERE outcome = 'ok'"))
                .containsExactly(List.of(1L));
    }

    @Test
    void usesSurviveAnOutageOfTheDatabase() {
        String database = TestServer.migratedDatabase();
        try (FaultProxy proxy = new FaultProxy(database);
                TestServer server =
                        TestServer.on(proxy.url(database.substring(database.lastIndexOf('/') + 1)), QUICK)) {
            TestKeys keys = new TestKeys(server);
            Issued issued = keys.issue(keys.business(), KeyTier.SECRET);
            proxy.cut();
            for (int i = 0; i < 3; i++) {
                assertThat(server.get(WHOAMI, issued.key()).statusCode()).isEqualTo(200);
            }
            eventually(SOON, () -> assertThat(server.metric("quotient_usage_flushes_total{result=\"failure\"}"))
                    .isPositive());

            proxy.restore();

            eventually(SOON, () -> assertThat(counts(show(keys, issued))).containsEntry("ok", 3L));
        }
    }

    @Test
    void timeMovesForwardOnlyWhateverTheOrderOfFlushes() {
        try (TestServer server = TestServer.start()) {
            UsageStore store = new UsageStore(server.server().database().usage());
            await(store.write(used(2_000_000), 100, 100));
            await(store.write(used(1_000_000), 100, 100));

            assertThat(TestPostgres.query(
                            server.databaseUrl(), "SELECT extract(epoch FROM last_used_at)::bigint FROM key_usage"))
                    .containsExactly(List.of(2000L));
        }
    }

    /** More keys than one statement writes. */
    @Test
    void usesOfManyKeysAreWrittenInPartsAndEachOnce() {
        try (TestServer server = TestServer.start("usage.flushInterval", "100ms", "usage.handOverInterval", "50ms")) {
            UsageNotes notes = new UsageNotes();
            int count = 2500;
            for (int i = 0; i < count; i++) {
                notes.of("key_" + i, "biz_1").ended(UseOutcome.OK);
            }
            notes.collect();
            for (UsageBatch part = notes.drain(); !part.isEmpty(); part = notes.drain()) {
                await(server.server().vertx().eventBus().request(UsageBatch.ADDRESS, part));
            }

            eventually(SOON, () -> assertThat(TestPostgres.query(
                            server.databaseUrl(),
                            "SELECT count(*)::int, sum(count)::int FROM key_usage_day WHERE outcome = 'ok'"))
                    .containsExactly(List.of(count, count)));
        }
    }

    private static PendingUsage used(long millis) {
        PendingUsage usage = new PendingUsage();
        usage.add(
                new UsageBatch.KeyUse(
                        "key_1", "biz_1", millis, new long[UseOutcome.values().length], null, null, null, null),
                Instant.now(),
                new PendingUsage.Limits(10, 10, 10));
        return usage;
    }

    @Test
    void requestsRunNoStatement() {
        try (TestServer server = TestServer.start("usage.flushInterval", "1h")) {
            TestKeys keys = new TestKeys(server);
            String key = keys.secret(keys.business());
            assertThat(server.get(WHOAMI, key).statusCode()).isEqualTo(200);
            long before = transactions(server);

            for (int i = 0; i < 1000; i++) {
                server.get(WHOAMI, key);
            }

            // The key feed polls once a second, and autovacuum may pass by.
            assertThat(transactions(server) - before).isLessThan(100);
        }
    }

    /** Statistics of a backend arrive at the end of its transactions, a second late at most. */
    private static long transactions(TestServer server) {
        return (long) TestPostgres.query(
                        server.databaseUrl(),
                        "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
                .get(0)
                .get(0);
    }
}
