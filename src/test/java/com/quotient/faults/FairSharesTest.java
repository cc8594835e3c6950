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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What one business does to the database is not felt by another. */
class FairSharesTest {
    private static final String LISTS = "/api/v0/audience/lists";
    private static final String PEOPLE = "/api/v0/audience/people";
    private static final int GREEDY_REQUESTS = 12;
    private static final Duration SOON = Duration.ofSeconds(10);

    private static TestServer server;
    private static TestKeys keys;

    private final String greedy = keys.business();
    private final String greedyKey = keys.issue(greedy, KeyTier.SECRET).key();
    private final String other = keys.issue(keys.business(), KeyTier.SECRET).key();

    @BeforeAll
    static void start() {
        server = TestServer.start(
                "database.poolWait", "300ms", "database.lockTimeout", "9s", "database.featureConnections", "4");
        keys = new TestKeys(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void businessWhoseStatementsHangLeavesConnectionsToOthersAndIsToldWhy() throws Exception {
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

            blocker.rollback();
            List<Integer> statuses = new ArrayList<>();
            for (Future<HttpResponse<String>> answer : hanging) {
                HttpResponse<String> response = answer.get(20, TimeUnit.SECONDS);
                statuses.add(response.statusCode());
                if (response.statusCode() == 503) {
                    assertThat(json(response).path("code").asText()).isEqualTo("OVERLOADED");
                    assertThat(json(response).path("detail").asText()).startsWith("Your business has");
                    assertThat(response.headers().firstValue("Retry-After")).hasValue("1");
                }
            }
            assertThat(statuses).containsOnly(200, 503).contains(200, 503);
            assertThat(server.metric("quotient_share_refused_total{share=\"features\"}"))
                    .isGreaterThan(0);
        } finally {
            callers.shutdownNow();
        }
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
        eventually(SOON, () -> assertThat(server.metric("quotient_share_waiting{share=\"features\"}"))
                .isGreaterThan(0));
        return hanging;
    }
}
