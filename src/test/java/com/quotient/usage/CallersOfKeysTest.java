package com.quotient.usage;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import com.quotient.usage.PendingUsage.Limits;
import com.quotient.usage.UsageBatch.KeyUse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Callers are counted by agent family, origin and route within bounds, whatever strangers send. */
class CallersOfKeysTest {
    private static final String CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)"
            + " Chrome/140.0.0.0 Safari/537.36";
    private static final String WHOAMI = "GET /whoami";
    private static final int MILLION = 1_000_000;
    private static final int KEPT = 50;
    private static final Limits LIMITS = new Limits(10, 10_000, 10_000);

    private final Instant now = Instant.now();

    @Test
    void requestsAreCountedByAgentOriginAndRouteAndNothingElseOfTheAgentIsStored() {
        try (TestServer server = TestServer.start("usage.flushInterval", "100ms", "usage.handOverInterval", "50ms")) {
            TestKeys keys = new TestKeys(server);
            String business = keys.business();
            String pub = keys.publicKey(business, "example.com");
            String sec = keys.secret(business);
            for (int i = 0; i < 3; i++) {
                server.get("/api/v0/whoami", pub, "Origin", "https://example.com", "User-Agent", CHROME);
            }
            server.get("/api/v0/whoami", pub, "Origin", "https://www.example.com", "User-Agent", CHROME);
            server.get("/api/v0/blog/list", pub, "Origin", "https://example.com", "User-Agent", CHROME);
            server.get("/api/v0/whoami", pub, "Origin", "https://elsewhere.example", "User-Agent", CHROME);
            server.get("/api/v0/whoami", sec, "User-Agent", "curl/8.5.0");

            eventually(Duration.ofSeconds(60), () -> assertThat(TestPostgres.query(
                            server.databaseUrl(),
                            "SELECT agent, origin, route, count FROM key_caller_day ORDER BY 1, 2, 3"))
                    .containsExactly(
                            List.of("chrome", "https://example.com", "GET /blog/list", 1L),
                            List.of("chrome", "https://example.com", WHOAMI, 3L),
                            List.of("chrome", "https://www.example.com", WHOAMI, 1L),
                            List.of("curl", "", WHOAMI, 1L)));
        }
    }

    @Test
    void millionOriginsGrowNeitherMemoryNorTableAndNothingIsLost() {
        try (TestServer server = TestServer.start()) {
            UsageStore store = new UsageStore(server.server().database().usage());
            int batches = 20;
            for (int batch = 0; batch < batches; batch++) {
                PendingUsage pending = new PendingUsage();
                UsageNotes notes = new UsageNotes();
                KeyNotes key = notes.of("key_1", "biz_1");
                for (int i = 0; i < MILLION / batches; i++) {
                    key.used("https://" + batch + "-" + i + ".example", WHOAMI, CHROME, now.toEpochMilli());
                    // Once a second.
                    if (i % 5000 == 0) {
                        List<KeyUse> drained = everything(notes);
                        assertThat(drained)
                                .extracting(KeyUse::callers)
                                .filteredOn(Objects::nonNull)
                                .allSatisfy(
                                        callers -> assertThat(callers.size()).isLessThanOrEqualTo(17));
                        drained.forEach(use -> pending.add(use, now, LIMITS));
                    }
                }
                everything(notes).forEach(use -> pending.add(use, now, LIMITS));
                await(store.write(pending, KEPT, KEPT));
            }

            assertThat(TestPostgres.query(
                            server.databaseUrl(), "SELECT count(*) <= " + (KEPT + 1) + " FROM key_caller_day"))
                    .containsExactly(List.of(true));
            assertThat(TestPostgres.query(server.databaseUrl(), "SELECT sum(count)::bigint FROM key_caller_day"))
                    .containsExactly(List.of((long) MILLION));
        }
    }

    @Test
    void callersOfOneDayAddUpOverServersAndKeepTheirFirstAndLastTime() {
        try (TestServer server = TestServer.start()) {
            UsageStore store = new UsageStore(server.server().database().usage());
            for (int seconds : new int[] {30, 10, 20}) {
                UsageNotes notes = new UsageNotes();
                notes.of("key_1", "biz_1").used(null, WHOAMI, null, seconds * 1000L);
                PendingUsage pending = new PendingUsage();
                everything(notes).forEach(use -> pending.add(use, now, LIMITS));
                await(store.write(pending, KEPT, KEPT));
            }

            assertThat(TestPostgres.query(
                            server.databaseUrl(),
                            "SELECT agent, count, extract(epoch FROM first_seen_at)::int,"
                                    + " extract(epoch FROM last_seen_at)::int FROM key_caller_day"))
                    .containsExactly(List.of("none", 3L, 10, 30));
        }
    }

    @Test
    void newCallerIsHandedOverWithTheNextCollectionAndAKnownOneWithEachSixth() {
        UsageNotes notes = new UsageNotes();
        KeyNotes key = notes.of("key_1", "biz_1");
        long counted = 0;
        for (int collection = 1; collection <= 24; collection++) {
            key.used("https://known.example", WHOAMI, CHROME, now.toEpochMilli());
            if (collection == 9) {
                key.used("https://new.example", WHOAMI, CHROME, now.toEpochMilli());
            }
            long calls = calls(collected(notes));
            assertThat(calls > 0)
                    .as("collection %d", collection)
                    .isEqualTo(List.of(1, 6, 9, 12, 18, 24).contains(collection));
            counted += calls;
        }
        assertThat(counted).isEqualTo(25);
    }

    @Test
    void eachCollectionTakesTheCallersOfAShareOfTheKeys() {
        UsageNotes notes = new UsageNotes();
        List<KeyNotes> keys = IntStream.range(0, 600)
                .mapToObj(i -> notes.of("key_" + i, "biz_1"))
                .toList();
        keys.forEach(key -> key.used("https://a.example", WHOAMI, CHROME, now.toEpochMilli()));
        everything(notes);

        for (int collection = 0; collection < 6; collection++) {
            keys.forEach(key -> key.used("https://a.example", WHOAMI, CHROME, now.toEpochMilli()));
            assertThat(collected(notes).stream().filter(use -> use.callers() != null))
                    .hasSize(100);
        }
    }

    @Test
    void callersOfAKeyThatFellSilentAreForgotten() {
        UsageNotes notes = new UsageNotes();
        KeyNotes key = notes.of("key_1", "biz_1");
        key.used("https://a.example", WHOAMI, CHROME, now.toEpochMilli());
        assertThat(calls(everything(notes))).isEqualTo(1);
        key.used("https://a.example", WHOAMI, CHROME, now.toEpochMilli());
        assertThat(calls(collected(notes))).isZero();
        assertThat(calls(everything(notes))).isEqualTo(1);

        assertThat(everything(notes)).isEmpty();

        key.used("https://a.example", WHOAMI, CHROME, now.toEpochMilli());
        assertThat(calls(collected(notes))).isEqualTo(1);
    }

    @Test
    void callersOfAKeyThatCallsAgainAreDueAsOftenAsThoseOfAnyOther() {
        UsageNotes notes = new UsageNotes();
        KeyNotes key = notes.of("key_1", "biz_1");
        key.used("https://a.example", WHOAMI, CHROME, now.toEpochMilli());
        assertThat(calls(collected(notes))).isEqualTo(1);
        for (int collection = 0; collection < 6; collection++) {
            assertThat(collected(notes)).isEmpty();
        }

        List<Integer> handedOver = new ArrayList<>();
        for (int collection = 1; collection <= 12; collection++) {
            key.used("https://a.example", WHOAMI, CHROME, now.toEpochMilli());
            if (calls(collected(notes)) > 0) {
                handedOver.add(collection);
            }
        }

        assertThat(handedOver).as("as a new one, and with its share").containsExactly(1, 6, 12);
    }

    @Test
    void callersOfKeysThatFellSilentLeaveRoomForOthers() {
        UsageNotes notes = new UsageNotes();
        for (int round = 0; round < 3; round++) {
            for (int i = 0; i < 700; i++) {
                KeyNotes key = notes.of("key_" + round + "_" + i, "biz_1");
                for (int j = 0; j < 16; j++) {
                    key.used("https://" + j + ".example", WHOAMI, CHROME, now.toEpochMilli());
                }
            }
            assertThat(everything(notes).stream()
                            .mapToInt(use -> use.callers().size())
                            .sum())
                    .as("round %d", round)
                    .isBetween(10_000, 10_000 + 2 * 700);
            assertThat(everything(notes)).isEmpty();
        }
    }

    @Test
    void callersThatAreNotDueYetAreWrittenAtAStop() {
        String url = TestServer.freshDatabase();
        String calls = "SELECT coalesce(sum(count), 0)::bigint FROM key_caller_day";
        try (TestServer server = TestServer.on(
                url, "http.instances", "1", "usage.flushInterval", "5m", "usage.handOverInterval", "500ms")) {
            TestKeys keys = new TestKeys(server);
            String key = keys.publicKey(keys.business(), "https://mine.example");
            assertThat(call(server, key, "https://mine.example")).isEqualTo(200);
            // A refusal is handed over soon, and takes the new caller along.
            assertThat(call(server, key, "https://other.example")).isEqualTo(403);
            eventually(Duration.ofSeconds(60), () -> assertThat(TestPostgres.query(url, calls))
                    .containsExactly(List.of(1L)));
            assertThat(call(server, key, "https://mine.example")).isEqualTo(200);
        }

        assertThat(TestPostgres.query(url, calls)).containsExactly(List.of(2L));
    }

    private static int call(TestServer server, String key, String origin) {
        return server.get("/api/v0/whoami", key, "Origin", origin).statusCode();
    }

    @Test
    void refusalDoesNotWaitForACollectionAndNothingIsCountedTwice() {
        UsageNotes notes = new UsageNotes();
        KeyNotes key = notes.of("key_1", "biz_1");
        key.used("https://a.example", WHOAMI, CHROME, now.toEpochMilli());
        key.ended(UseOutcome.OK);
        assertThat(notes.drainUrgent().uses()).isEmpty();

        key.refused(UseOutcome.REFUSED, "origin", "https://b.example", WHOAMI, now.toEpochMilli());

        assertThat(notes.drainUrgent().uses()).singleElement().satisfies(use -> {
            assertThat(use.counts()[UseOutcome.OK.ordinal()]).isEqualTo(1);
            assertThat(use.counts()[UseOutcome.REFUSED.ordinal()]).isEqualTo(1);
            assertThat(use.refused()).isNotNull();
            assertThat(use.callers()).isNotNull();
        });
        assertThat(notes.drainUrgent().uses()).isEmpty();
        assertThat(everything(notes)).isEmpty();
    }

    @Test
    void collectionOfManyKeysComesInPartsAndEndsWhateverIsCountedMeanwhile() {
        UsageNotes notes = new UsageNotes();
        List<KeyNotes> keys = IntStream.range(0, 5000)
                .mapToObj(i -> notes.of("key_" + i, "biz_1"))
                .toList();
        keys.forEach(key -> key.ended(UseOutcome.OK));
        notes.collect();
        int counted = 0;
        for (List<KeyUse> part = notes.drain().uses();
                !part.isEmpty();
                part = notes.drain().uses()) {
            assertThat(part).hasSizeLessThanOrEqualTo(2000);
            counted += part.size();
            keys.forEach(key -> key.ended(UseOutcome.OK));
        }
        assertThat(counted).isEqualTo(5000);

        notes.collect();

        assertThat(notes.drain().uses()).isNotEmpty();
    }

    /** All of it, in one batch, if it is of less than 2,000 keys. */
    private static List<KeyUse> everything(UsageNotes notes) {
        notes.collectAll();
        return notes.drain().uses();
    }

    private static List<KeyUse> collected(UsageNotes notes) {
        notes.collect();
        return notes.drain().uses();
    }

    private static long calls(List<KeyUse> uses) {
        long[] sum = {0};
        uses.stream()
                .map(KeyUse::callers)
                .filter(Objects::nonNull)
                .forEach(callers -> callers.forEach((kind, tally) -> sum[0] += tally.count()));
        return sum[0];
    }

    @Test
    void eachKeyHasItsFirstCallerHoweverManyWaitAndFurtherOnesAreBoundedOverAllKeys() {
        PendingUsage pending = new PendingUsage();
        int keys = 1000;
        UsageNotes notes = new UsageNotes();
        for (int i = 0; i < keys; i++) {
            KeyNotes key = notes.of("key_" + i, "biz_1");
            for (int j = 0; j < 16; j++) {
                key.used("https://" + j + ".example", WHOAMI, CHROME, now.toEpochMilli());
            }
        }
        everything(notes).forEach(use -> pending.add(use, now, new Limits(keys, 500, 500)));

        assertThat(pending.byKey.values()).hasSize(keys).allSatisfy(entry -> assertThat(entry.callers.values())
                .singleElement()
                .satisfies(kinds -> assertThat(kinds.size()).isPositive()));
        int kinds = pending.byKey.values().stream()
                .flatMap(entry -> entry.callers.values().stream())
                .mapToInt(KindCounts::size)
                .sum();
        // One more for each key, where further ones are counted together.
        assertThat(kinds).isLessThanOrEqualTo(2 * keys + 500);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    | NONE
                    Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 Edg/140.0 | EDGE
                    Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 OPR/120.0 | OPERA
                    Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15) Gecko/20100101 Firefox/144.0 | FIREFOX
                    Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0.0.0 Safari/537.36 | CHROME
                    Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) AppleWebKit/605 CriOS/140.0 Mobile Safari/604.1 | CHROME
                    Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15) AppleWebKit/605.1.15 Version/18.0 Safari/605.1 | SAFARI
                    Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html) | BOT
                    curl/8.5.0 | CURL
                    node | NODE
                    python-requests/2.32.3 | PYTHON
                    okhttp/5.0.0 | JAVA
                    Java-http-client/17.0.15 | JAVA
                    Go-http-client/2.0 | GO
                    something/1.0 | OTHER
                    """)
    void agentFamilyIsOneOfAClosedList(String userAgent, AgentFamily family) {
        assertThat(AgentFamily.of(userAgent)).isEqualTo(family);
        assertThat(new AgentFamilies().of(userAgent)).isEqualTo(family);
    }

    @Test
    void cacheOfAgentFamiliesNeverAnswersForAnotherHeader() {
        AgentFamilies families = new AgentFamilies();
        for (int i = 0; i < 10_000; i++) {
            String version = i + ".0";
            assertThat(families.of("curl/" + version)).isEqualTo(AgentFamily.CURL);
            assertThat(families.of("node/" + version)).isEqualTo(AgentFamily.NODE);
            assertThat(families.of("x".repeat(i % 400) + version)).isEqualTo(AgentFamily.OTHER);
        }
    }
}
