package com.quotient.faults;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What one business does to the database is not felt by another. */
@Tag("faults")
class FairSharesTest {
    private static final String LISTS = "/api/v0/audience/lists";
    private static final String PEOPLE = "/api/v0/audience/people";
    private static final String MEMORY = "/api/v0/memory";
    private static final int GREEDY_REQUESTS = 12;
    private static final Duration SOON = Duration.ofSeconds(60);

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final String greedy = keys.business();
    private final String greedyKey = keys.issue(greedy, KeyTier.SECRET).key();
    private final String other = keys.issue(keys.business(), KeyTier.SECRET).key();

    @BeforeAll
    static void start() {
        server = TestServer.start(
                "database.poolWait",
                "2s",
                "database.lockTimeout",
                "50s",
                "database.statementTimeout",
                "55s",
                "database.featureConnections",
                "4");
        keys = new TestKeys(server);
    }

    @Test
    void businessWhoseStatementsHangLeavesConnectionsToOthersAndGetsTheReason() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(GREEDY_REQUESTS);
        try (Connection blocker = TestPostgres.connect(server.databaseUrl())) {
            List<Future<HttpResponse<String>>> hanging = hold(blocker, callers);

            for (int i = 0; i < 30; i++) {
                assertThat(server.get(LISTS, other).statusCode()).isEqualTo(200);
                assertThat(server.post(LISTS, other, "{\"slug\": \"mine\"}").statusCode())
                        .isEqualTo(200);
            }
            assertThat(server.metric("quotient_share_taken{share=\"features\"}"))
                    .as("half of the pool")
                    .isEqualTo(2);

            eventually(SOON, () -> assertThat(server.metric("quotient_share_refused_total{share=\"features\"}"))
                    .isGreaterThan(0));
            blocker.rollback();
            List<Integer> statuses = new ArrayList<>();
            for (Future<HttpResponse<String>> answer : hanging) {
                HttpResponse<String> response = answer.get(60, TimeUnit.SECONDS);
                statuses.add(response.statusCode());
                if (response.statusCode() == 503) {
                    assertThat(json(response).path("code").asText()).isEqualTo("OVERLOADED");
                    assertThat(json(response).path("detail").asText()).startsWith("Your business has");
                    assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
                }
            }
            assertThat(statuses).containsOnly(200, 503).contains(200, 503);
        } finally {
            callers.shutdownNow();
        }
    }

    /** Reads, searches, large documents, imports and exports of one business, as many at once as it can. */
    @Test
    void businessAtFullLoadIsNotFeltByAnother() throws Exception {
        fill(greedyKey);
        assertThat(server.send("PUT", MEMORY + "/mine", other, "{\"content\": \"# Mine\\n\\nA few words.\"}")
                        .statusCode())
                .isEqualTo(200);
        List<Long> alone = visit(40);
        ExecutorService callers = Executors.newFixedThreadPool(GREEDY_REQUESTS);
        AtomicBoolean stopped = new AtomicBoolean();
        AtomicInteger answers = new AtomicInteger();
        try {
            for (int i = 0; i < GREEDY_REQUESTS; i++) {
                int first = i;
                callers.execute(() -> {
                    for (int n = first; !stopped.get(); n++) {
                        attack(n);
                        answers.incrementAndGet();
                    }
                });
            }
            eventually(SOON, () -> assertThat(answers.get()).isGreaterThan(GREEDY_REQUESTS));

            List<Long> beside = visit(40);

            // Both run on the same cores as the test itself, so that this is no measure of the promise but of
            // starvation.
            assertThat(percentile(beside, 90))
                    .as("alone " + alone + ", beside " + beside)
                    .isLessThan(Math.max(10 * percentile(alone, 90), 1000));
        } finally {
            stopped.set(true);
            callers.shutdown();
            assertThat(callers.awaitTermination(180, TimeUnit.SECONDS)).isTrue();
        }
    }

    private void fill(String key) {
        ok(server.post(PEOPLE + "/import", key, people(), "Content-Type", "application/x-ndjson"));
        ok(server.send("PUT", MEMORY + "/a", key, "{\"content\": \"" + "a ".repeat(300_000) + "\"}"));
    }

    private static String people() {
        return IntStream.range(0, 2000)
                .mapToObj(i -> "{\"emailAddress\": \"p" + i + "@example.com\"}\n")
                .collect(Collectors.joining());
    }

    private static void ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private void attack(int n) {
        switch (n % 6) {
            case 0 ->
                server.send(
                        "PUT", MEMORY + "/w" + n % 4, greedyKey, "{\"content\": \"" + "<!-- ".repeat(200_000) + "\"}");
            case 1 -> server.get(MEMORY + "/search?query=refnuds%20conectoin%20postgers%20a", greedyKey);
            case 2 -> server.get(PEOPLE + "/export", greedyKey);
            case 3 -> server.get(PEOPLE + "?limit=100&search=example", greedyKey);
            case 4 -> server.get("/api/v0/analytics/series?interval=minute", greedyKey);
            default -> server.post(PEOPLE + "/import", greedyKey, people(), "Content-Type", "application/x-ndjson");
        }
    }

    /** What another business does meanwhile; the milliseconds of each request. */
    private List<Long> visit(int times) {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            for (String path :
                    List.of(LISTS, PEOPLE + "?search=ada", PEOPLE + "/export", MEMORY + "/search?query=words")) {
                long started = System.nanoTime();
                HttpResponse<String> response = server.get(path, other);
                millis.add(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started));
                assertThat(response.statusCode()).as(path + response.body()).isEqualTo(200);
            }
        }
        return millis;
    }

    private static long percentile(List<Long> values, int percent) {
        return values.stream().sorted().toList().get(values.size() * percent / 100);
    }

    @Test
    void everyConnectionIsFreeAgainAfterwards() throws Exception {
        ExecutorService callers = Executors.newFixedThreadPool(GREEDY_REQUESTS);
        try (Connection blocker = TestPostgres.connect(server.databaseUrl())) {
            hold(blocker, callers);
            blocker.rollback();

            eventually(SOON, () -> {
                assertThat(server.metric("quotient_share_taken{share=\"features\"}"))
                        .isZero();
                assertThat(server.metric("quotient_share_waiting{share=\"features\"}"))
                        .isZero();
            });
            assertThat(server.get(LISTS, greedyKey).statusCode()).isEqualTo(200);
        } finally {
            callers.shutdownNow();
        }
    }

    /** Requests of the greedy business that all wait for a row which the test holds. */
    private List<Future<HttpResponse<String>>> hold(Connection blocker, ExecutorService callers) throws SQLException {
        String person = "{\"emailAddress\": \"held@example.com\"}";
        assertThat(server.post(PEOPLE, greedyKey, person).statusCode()).isEqualTo(200);
        blocker.setAutoCommit(false);
        try (Statement statement = blocker.createStatement()) {
            statement.execute("SELECT FROM person WHERE business_id = '" + greedy + "' FOR UPDATE");
        }
        List<Future<HttpResponse<String>>> hanging = new ArrayList<>();
        for (int i = 0; i < GREEDY_REQUESTS; i++) {
            hanging.add(callers.submit(() -> server.post(PEOPLE, greedyKey, person)));
        }
        eventually(SOON, () -> assertThat(server.metric("quotient_share_taken{share=\"features\"}"))
                .isEqualTo(2));
        return hanging;
    }
}
