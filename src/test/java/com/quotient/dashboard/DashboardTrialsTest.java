package com.quotient.dashboard;

import static com.quotient.dashboard.DashboardClient.code;
import static com.quotient.dashboard.DashboardClient.json;
import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Restrictions that are tried refuse nothing until they are enforced. */
class DashboardTrialsTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String EVENT = "{\"eventType\": \"pageView\"}";
    private static final String OLD = "https://old.example.com";
    private static final String NEW = "https://new.example.com";

    private static final String REFUSED = "quotient_key_validations_total{outcome=\"origin\",tier=\"public\"}";

    @AutoClose
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(
                "usage.handOverInterval", "50ms", "usage.flushInterval", "200ms", "dashboard.privateKeys", "true");
    }

    @Test
    void requestThatATrialWouldRefuseIsServedAndCountedApartFromRefusals() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode key = create(client, "public");
        JsonNode tried = json(start(client, key, new JsonObject().put("allowedOrigins", origins(NEW))));
        assertThat(tried.path("confirmation").path("sentence").asText()).startsWith("Tried on 1 of 1 server");
        assertThat(tried.path("key").path("allowedOrigins")).isEmpty();
        double refusedBefore = server.metric(REFUSED);

        assertThat(event(key, OLD)).isEqualTo(200);
        assertThat(event(key, OLD)).isEqualTo(200);
        assertThat(event(key, NEW)).isEqualTo(200);
        assertThat(server.get("/api/v0/whoami", secret(key)).statusCode()).isEqualTo(200);

        eventually(SOON, () -> {
            JsonNode counts = client.read(path(key) + "/trial");
            assertThat(counts.path("count").asInt()).isEqualTo(3);
            assertThat(counts.path("byReason").path("origin").asInt()).isEqualTo(2);
            assertThat(counts.path("byReason").path("origin_missing").asInt()).isEqualTo(1);
            JsonNode most = counts.path("refusals").get(0);
            assertThat(most.path("subject").asText()).isEqualTo(OLD);
            assertThat(most.path("route").asText()).isEqualTo("POST /analytics");
            assertThat(most.path("allow").path("entry").asText()).isEqualTo(OLD);
        });
        assertThat(client.read(path(key) + "/refusals").path("refusals")).isEmpty();
        assertThat(client.read("/overview").path("refusals")).isEmpty();
        assertThat(server.metric(REFUSED)).isEqualTo(refusedBefore);
        JsonNode usage = client.read(path(key) + "/usage").path("days").get(89);
        assertThat(usage.path("refused").asInt()).isZero();
        assertThat(usage.path("ok").asInt()).isEqualTo(4);
        assertThat(TestPostgres.query(
                        server.databaseUrl(), "SELECT FROM key_refusal_day WHERE key_id = '" + id(key) + "'"))
                .isEmpty();
    }

    @Test
    void enforcedTrialRefuses() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode key = create(client, "public");
        JsonNode tried = json(start(client, key, new JsonObject().put("allowedOrigins", origins(NEW))));
        assertThat(event(key, OLD)).isEqualTo(200);

        JsonNode enforced = json(client.post(path(key) + "/trial/enforce", version(tried)));

        assertThat(enforced.path("confirmation").path("sentence").asText()).startsWith("Enforced on 1 of 1 server");
        assertThat(enforced.path("key").path("allowedOrigins").get(0).asText()).isEqualTo(NEW);
        assertThat(enforced.path("key").path("trial").isNull()).isTrue();
        assertThat(event(key, OLD)).isEqualTo(403);
        assertThat(event(key, NEW)).isEqualTo(200);
        assertThat(client.get(path(key) + "/trial").statusCode()).isEqualTo(404);
        assertThat(client.read(path(key) + "/audit").path("entries"))
                .extracting(one -> one.path("action").asText())
                .containsExactly("enforce_trial", "start_trial", "create");
    }

    @Test
    void discardedTrialIsForgotten() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode key = create(client, "public");
        json(start(client, key, new JsonObject().put("allowedOrigins", origins(NEW))));
        event(key, OLD);
        eventually(SOON, () -> assertThat(
                        client.read(path(key) + "/trial").path("count").asInt())
                .isEqualTo(1));

        JsonNode discarded = json(client.send("DELETE", path(key) + "/trial", null));

        assertThat(discarded.path("key").path("trial").isNull()).isTrue();
        assertThat(discarded.path("key").path("allowedOrigins")).isEmpty();
        assertThat(TestPostgres.query(
                        server.databaseUrl(), "SELECT FROM key_trial_day WHERE key_id = '" + id(key) + "'"))
                .isEmpty();
        assertThat(code(client.send("DELETE", path(key) + "/trial", null))).isEqualTo("CONFLICT");
        assertThat(code(client.post(path(key) + "/trial/enforce", version(discarded))))
                .isEqualTo("CONFLICT");
    }

    @Test
    void loosenedTrialGoesOnWithoutWhatItServesNowAndATightenedOneBeginsAnew() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode key = create(client, "public");
        JsonNode first = json(start(client, key, new JsonObject().put("allowedOrigins", origins(NEW))));
        event(key, OLD);
        event(key, "https://third.example.com");
        eventually(SOON, () -> assertThat(
                        client.read(path(key) + "/trial").path("count").asInt())
                .isEqualTo(2));

        JsonNode looser = json(start(client, first, new JsonObject().put("allowedOrigins", origins(NEW, OLD))));

        JsonNode counts = client.read(path(key) + "/trial");
        assertThat(counts.path("refusals"))
                .singleElement()
                .satisfies(one -> assertThat(one.path("subject").asText()).isEqualTo("https://third.example.com"));
        assertThat(counts.path("trial").path("since"))
                .isEqualTo(first.path("key").path("trial").path("since"));

        json(start(client, looser, new JsonObject().put("allowedOrigins", origins(OLD))));

        assertThat(client.read(path(key) + "/trial").path("count").asInt()).isZero();
    }

    @Test
    void countsThatWereNotWrittenYetEndWithTheirTrial() {
        String url = TestServer.freshDatabase();
        try (TestServer slow = TestServer.on(url, "usage.handOverInterval", "50ms", "usage.flushInterval", "5m")) {
            DashboardClient client = DashboardClient.owner(slow);
            JsonNode key = create(client, "public");
            JsonNode first = json(start(client, key, new JsonObject().put("allowedOrigins", origins(NEW))));
            assertThat(slow.post("/api/v0/analytics", secret(key), EVENT, "Origin", OLD)
                            .statusCode())
                    .isEqualTo(200);

            json(start(client, first, new JsonObject().put("allowedOrigins", origins(OLD))));

            assertThat(slow.post("/api/v0/analytics", secret(key), EVENT, "Origin", NEW)
                            .statusCode())
                    .isEqualTo(200);
        }
        // The server has written everything before it stopped.
        assertThat(TestPostgres.query(url, "SELECT subject, count FROM key_trial_day"))
                .containsExactly(List.of(NEW, 1L));
    }

    @Test
    void scopesAndNetworksOfAPrivateKeyAreTried() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode key = create(client, "private");
        JsonNode scopes = json(start(client, key, new JsonObject().put("scopes", new JsonArray().add("BLOG_READ"))));
        assertThat(event(key, null)).isEqualTo(200);
        eventually(SOON, () -> assertThat(client.read(path(key) + "/trial").path("refusals"))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.path("reason").asText()).isEqualTo("scope");
                    assertThat(one.path("subject").asText()).isEqualTo("ANALYTICS_WRITE");
                }));

        json(start(client, scopes, new JsonObject().put("allowedIps", new JsonArray().add("192.0.2.0/24"))));
        assertThat(event(key, null)).isEqualTo(200);

        eventually(SOON, () -> assertThat(client.read(path(key) + "/trial").path("refusals"))
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.path("reason").asText()).isEqualTo("address");
                    assertThat(one.path("subject").asText()).isEqualTo("127.0.0.1");
                    assertThat(one.path("allow").path("entry").asText()).isEqualTo("127.0.0.1");
                }));
    }

    @Test
    void whatCannotBeTriedIsRefusedWithItsReason() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode key = create(client, "public");

        for (JsonObject body : List.of(
                new JsonObject().put("allowedOrigins", origins("co.uk")),
                new JsonObject().put("allowedIps", new JsonArray().add("192.0.2.0/24")),
                new JsonObject().put("expiresAt", "2030-01-01T00:00:00Z"))) {
            HttpResponse<String> answer = start(client, key, body);
            assertThat(answer.statusCode()).as(body.encode()).isEqualTo(400);
            assertThat(TestServer.json(answer)
                            .path("issues")
                            .get(0)
                            .path("path")
                            .asText())
                    .startsWith(body.fieldNames().iterator().next());
        }
        assertThat(client.send("PUT", path(key) + "/trial", new JsonObject()).statusCode())
                .isEqualTo(400);
        assertThat(code(start(client, key, new JsonObject().put("allowedOrigins", new JsonArray()))))
                .as("nothing differs")
                .isEqualTo("CONFLICT");
    }

    @Test
    void secondOfTwoEditsOfTheSameVersionIsToldWhatTheKeyIsNow() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode key = create(client, "public");
        JsonObject proposed = new JsonObject().put("allowedOrigins", origins(NEW));
        json(start(client, key, proposed));

        HttpResponse<String> restarted = start(client, key, proposed);
        HttpResponse<String> enforced = client.post(path(key) + "/trial/enforce", version(key));

        assertThat(restarted.statusCode()).isEqualTo(409);
        assertThat(enforced.statusCode()).isEqualTo(409);
        assertThat(TestServer.json(enforced)
                        .path("current")
                        .path("trial")
                        .path("allowedOrigins")
                        .get(0)
                        .asText())
                .isEqualTo(NEW);
        assertThat(event(key, OLD)).isEqualTo(200);
    }

    @Test
    void neitherARevokedKeyNorASuccessorHasATrial() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode key = create(client, "public");
        JsonObject proposed = new JsonObject().put("allowedOrigins", origins(NEW));
        json(start(client, key, proposed));

        JsonNode successor = json(client.post(path(key) + "/rotate", new JsonObject().put("overlapSeconds", 3600)));
        JsonNode revoked = json(client.post(path(key) + "/revoke", null));

        assertThat(successor.path("key").path("trial").isNull()).isTrue();
        assertThat(revoked.path("key").path("trial").isNull()).isTrue();
        assertThat(code(start(client, revoked, proposed))).isEqualTo("CONFLICT");
    }

    @Test
    void trialOfAnotherBusinessIsAsGoodAsAbsent() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode key = create(client, "public");
        JsonNode tried = json(start(client, key, new JsonObject().put("allowedOrigins", origins(NEW))));
        DashboardClient stranger = DashboardClient.owner(server);

        assertThat(stranger.get(path(key) + "/trial").statusCode()).isEqualTo(404);
        assertThat(start(stranger, tried, new JsonObject()).statusCode()).isEqualTo(404);
        assertThat(stranger.post(path(key) + "/trial/enforce", version(tried)).statusCode())
                .isEqualTo(404);
        assertThat(stranger.send("DELETE", path(key) + "/trial", null).statusCode())
                .isEqualTo(404);
        assertThat(client.read(path(key)).path("key").path("trial").isNull()).isFalse();
    }

    private static JsonNode create(DashboardClient client, String tier) {
        return json(client.post("/keys", new JsonObject().put("tier", tier).put("name", "Key of a test")));
    }

    private static HttpResponse<String> start(DashboardClient client, JsonNode known, JsonObject restrictions) {
        return client.send("PUT", path(known) + "/trial", restrictions.copy().mergeIn(version(known)));
    }

    private static JsonObject version(JsonNode known) {
        return new JsonObject().put("version", known.path("key").path("version").asLong());
    }

    private static int event(JsonNode issued, String origin) {
        return (origin == null
                        ? server.post("/api/v0/analytics", secret(issued), EVENT)
                        : server.post("/api/v0/analytics", secret(issued), EVENT, "Origin", origin))
                .statusCode();
    }

    private static JsonArray origins(String... origins) {
        return new JsonArray(List.of(origins));
    }

    private static String secret(JsonNode issued) {
        return issued.path("secret").asText();
    }

    private static String id(JsonNode known) {
        return known.path("key").path("id").asText();
    }

    private static String path(JsonNode known) {
        return "/keys/" + id(known);
    }
}
