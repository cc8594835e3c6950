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
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DashboardKeysTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String EVENT = "{\"eventType\": \"pageView\"}";

    @AutoClose
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start(
                "usage.handOverInterval", "50ms", "usage.flushInterval", "200ms", "dashboard.privateKeys", "true");
    }

    private static JsonNode create(DashboardClient client, String tier, String... origins) {
        JsonObject key = new JsonObject().put("tier", tier).put("name", "Key of a test");
        return json(client.post(
                "/keys",
                origins.length == 0 ? key : key.put("allowedOrigins", new JsonArray(java.util.List.of(origins)))));
    }

    private static String path(JsonNode issued) {
        return "/keys/" + issued.path("key").path("id").asText();
    }

    @Test
    void keyIsMadeUsedSeenRefusedAllowedAndRevoked() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode issued = create(client, "public", "https://shop.example.com");
        String key = issued.path("secret").asText();
        JsonNode start = client.read(path(issued) + "/activity");
        assertThat(start.path("event").isNull()).isTrue();

        server.post("/api/v0/analytics", key, EVENT, "Origin", "https://evil.example.net");
        JsonNode refused = client.read(
                path(issued) + "/activity?wait=20&after=" + start.path("cursor").asText());

        assertThat(refused.path("refusal").path("reason").asText()).isEqualTo("origin");
        assertThat(refused.path("refusal").path("subject").asText()).isEqualTo("https://evil.example.net");
        assertThat(refused.path("refusal").path("route").asText()).isEqualTo("POST /analytics");
        String entry = refused.path("refusal").path("allow").path("entry").asText();
        assertThat(entry).isEqualTo("https://evil.example.net");

        JsonObject change = new JsonObject()
                .put("version", issued.path("key").path("version").asLong())
                .put(
                        "allowedOrigins",
                        new JsonArray().add("https://shop.example.com").add(entry));
        JsonNode changed = json(client.send("PATCH", path(issued), change));
        assertThat(changed.path("confirmation").path("sentence").asText())
                .startsWith("Changed on 1 of 1 server after ");
        assertThat(server.post("/api/v0/analytics", key, EVENT, "Origin", "https://evil.example.net")
                        .statusCode())
                .isEqualTo(200);
        JsonNode seen = client.read(path(issued) + "/activity?wait=20&after="
                + refused.path("cursor").asText());
        assertThat(seen.path("event").path("eventType").asText()).isEqualTo("pageView");

        JsonNode revoked = json(client.post(path(issued) + "/revoke", null));
        assertThat(revoked.path("key").path("status").asText()).isEqualTo("revoked");
        assertThat(revoked.path("confirmation").path("sentence").asText())
                .matches("Refused on 1 of 1 server after \\d+ ms\\.");
        assertThat(server.post("/api/v0/analytics", key, EVENT, "Origin", "https://shop.example.com")
                        .statusCode())
                .isEqualTo(401);

        eventually(
                SOON, () -> assertThat(client.read(path(issued) + "/refusals").path("refusals"))
                        .extracting(one -> one.path("reason").asText())
                        .containsExactlyInAnyOrder("origin", "revoked"));
        eventually(SOON, () -> assertThat(client.read(path(issued) + "/callers").path("callers"))
                .singleElement()
                .satisfies(caller -> {
                    assertThat(caller.path("agent").asText()).isEqualTo("Java");
                    assertThat(caller.path("origin").asText()).isEqualTo("https://evil.example.net");
                    assertThat(caller.path("route").asText()).isEqualTo("POST /analytics");
                }));
        eventually(SOON, () -> {
            JsonNode usage = client.read(path(issued) + "/usage");
            assertThat(usage.path("hours")).hasSize(72);
            assertThat(usage.path("hours").get(71).path("refused").asInt()
                            + usage.path("hours").get(70).path("refused").asInt())
                    .isEqualTo(2);
            assertThat(usage.path("days")).hasSize(90);
        });
        assertThat(client.read(path(issued) + "/audit").path("entries"))
                .extracting(one -> one.path("action").asText())
                .containsExactly("revoke", "update", "create");
        JsonNode overview = client.read("/overview");
        assertThat(overview.path("checklist").path("eventReceived").asBoolean()).isTrue();
        assertThat(overview.path("refusals").get(0).path("count").asInt()).isPositive();
    }

    @Test
    void rotatedKeyEndsWhenItsSuccessorIsUsedAndNotBefore() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode old = create(client, "public");
        JsonNode successor = json(client.post(
                path(old) + "/rotate",
                new JsonObject().put("overlapSeconds", 3600).put("endsOnSuccessorUse", true)));
        assertThat(client.read(path(old)).path("key").path("endsOnSuccessorUse").asBoolean())
                .isTrue();

        // Its own use, once it is written, does not end it.
        assertThat(whoami(old)).isEqualTo(200);
        eventually(SOON, () -> assertThat(
                        client.read(path(old)).path("key").path("lastUsedAt").isNull())
                .isFalse());
        assertThat(whoami(old)).isEqualTo(200);

        assertThat(whoami(successor)).isEqualTo(200);

        eventually(SOON, () -> assertThat(whoami(old)).isEqualTo(401));
        JsonNode ended = client.read(path(old)).path("key");
        assertThat(ended.path("status").asText()).isEqualTo("expired");
        assertThat(ended.path("endsOnSuccessorUse").asBoolean()).isFalse();
        assertThat(client.read(path(old) + "/audit").path("entries"))
                .extracting(one -> one.path("action").asText())
                .containsExactly("end_on_successor_use", "rotate", "create");
        assertThat(whoami(successor)).isEqualTo(200);
    }

    @Test
    void keyThatEndsOnUseOfItsSuccessorStillDoesWhenItIsGivenMoreTime() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode old = create(client, "public");
        json(client.post(
                path(old) + "/rotate",
                new JsonObject().put("overlapSeconds", 3600).put("endsOnSuccessorUse", true)));

        JsonNode key = json(client.send(
                        "PATCH",
                        path(old),
                        new JsonObject()
                                .put(
                                        "version",
                                        client.read(path(old))
                                                .path("key")
                                                .path("version")
                                                .asLong())
                                .put("expiresAt", "2099-01-01T00:00:00Z")))
                .path("key");

        assertThat(key.path("expiresAt").asText()).isEqualTo("2099-01-01T00:00:00.000Z");
        assertThat(key.path("endsOnSuccessorUse").asBoolean()).isTrue();
    }

    @Test
    void callersSinceTheRotationAreThoseWhoseLastCallIsNotBefore() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode old = create(client, "public");
        assertThat(old.path("key").path("rotatedAt").isNull()).isTrue();
        JsonNode successor = json(client.post(path(old) + "/rotate", new JsonObject().put("overlapSeconds", 3600)));
        String rotatedAt = client.read(path(old)).path("key").path("rotatedAt").asText();
        assertThat(rotatedAt).isEqualTo(successor.path("key").path("createdAt").asText());
        for (String[] caller :
                new String[][] {{"before", "- interval '1 minute'"}, {"since", "+ interval '1 minute'"}}) {
            sql("INSERT INTO key_caller_day (key_id, day, agent, origin, route, count, first_seen_at, last_seen_at)"
                    + " SELECT '%s', (at AT TIME ZONE 'UTC')::date, 'curl', '%s', 'GET /whoami', 3, at - interval '1 hour', at"
                            .formatted(id(old), caller[0])
                    + " FROM (SELECT '%s'::timestamptz %s AS at) AS call".formatted(rotatedAt, caller[1]));
        }

        assertThat(client.read(path(old) + "/callers").path("callers")).hasSize(2);
        assertThat(client.read(path(old) + "/callers?days=30&since=" + rotatedAt)
                        .path("callers"))
                .extracting(caller -> caller.path("origin").asText())
                .containsExactly("since");
        assertThat(client.get(path(old) + "/callers?since=yesterday").statusCode())
                .isEqualTo(400);
    }

    @Test
    void rotatedKeyLivesOnForAnyTimeUpToNinetyDays() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode old = create(client, "public");

        HttpResponse<String> refused =
                client.post(path(old) + "/rotate", new JsonObject().put("overlapSeconds", 90 * 86_400 + 1));
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(TestServer.json(refused).path("issues"))
                .extracting(issue -> issue.path("path").asText())
                .containsExactly("overlapSeconds");
        json(client.post(path(old) + "/rotate", new JsonObject().put("overlapSeconds", 129_600)));

        assertThat(Instant.parse(
                        client.read(path(old)).path("key").path("expiresAt").asText()))
                .isBetween(
                        Instant.now().plus(Duration.ofHours(35)), Instant.now().plus(Duration.ofHours(37)));
    }

    private static int whoami(JsonNode issued) {
        return server.get("/api/v0/whoami", issued.path("secret").asText()).statusCode();
    }

    @Test
    void secondOfTwoEditsOfTheSameVersionIsToldWhatTheKeyIsNow() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode issued = create(client, "public");
        long version = issued.path("key").path("version").asLong();
        json(client.send(
                "PATCH", path(issued), new JsonObject().put("version", version).put("name", "First")));

        HttpResponse<String> second = client.send(
                "PATCH", path(issued), new JsonObject().put("version", version).put("name", "Second"));

        assertThat(second.statusCode()).isEqualTo(409);
        assertThat(TestServer.json(second).path("current").path("name").asText())
                .isEqualTo("First");
        assertThat(TestServer.json(second).path("given").path("name").asText()).isEqualTo("Second");
        assertThat(client.read(path(issued)).path("key").path("name").asText()).isEqualTo("First");
    }

    @Test
    void keyThatAFileDescribesCanBeEndedHereButNotChanged() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode issued = create(client, "public");
        sql("UPDATE api_key SET managed_by = 'website' WHERE id = '"
                + issued.path("key").path("id").asText() + "'");
        JsonNode key = client.read(path(issued)).path("key");
        assertThat(key.path("managedBy").asText()).isEqualTo("website");

        HttpResponse<String> change = client.send(
                "PATCH",
                path(issued),
                new JsonObject().put("version", key.path("version").asLong()).put("name", "Other"));
        assertThat(change.statusCode()).isEqualTo(409);
        assertThat(TestServer.json(change).path("detail").asText())
                .contains("is described by the key file \"website\"; change it there");
        assertThat(client.send("POST", path(issued) + "/rotate", new JsonObject().put("overlapSeconds", 0))
                        .statusCode())
                .isEqualTo(409);

        json(client.post(path(issued) + "/disable", new JsonObject()));
        json(client.post(path(issued) + "/revoke", new JsonObject()));
        assertThat(client.read(path(issued)).path("key").path("name").asText()).isEqualTo("Key of a test");
    }

    @Test
    void keyOfAnotherBusinessIsAsGoodAsAbsent() {
        JsonNode issued = create(DashboardClient.owner(server), "public");
        DashboardClient stranger = DashboardClient.owner(server);

        for (String part : new String[] {"", "/audit", "/usage", "/callers", "/refusals", "/activity"}) {
            assertThat(stranger.get(path(issued) + part).statusCode()).as(part).isEqualTo(404);
        }
        for (String part : new String[] {"/revoke", "/disable", "/enable"}) {
            assertThat(stranger.post(path(issued) + part, null).statusCode())
                    .as(part)
                    .isEqualTo(404);
        }
        assertThat(stranger.post(path(issued) + "/rotate", new JsonObject().put("overlapSeconds", 0))
                        .statusCode())
                .isEqualTo(404);
        assertThat(stranger.send("PATCH", path(issued), new JsonObject().put("version", 1))
                        .statusCode())
                .isEqualTo(404);
        assertThat(stranger.read("/keys").path("keys")).isEmpty();
        assertThat(stranger.read("/keys?after=" + issued.path("key").path("id").asText())
                        .path("keys"))
                .isEmpty();
    }

    @Test
    void privateKeyIsReadableOnce() {
        DashboardClient client = DashboardClient.owner(server);
        JsonNode issued = create(client, "private");
        String secret = issued.path("secret").asText();

        assertThat(secret).startsWith("sk_");
        assertThat(client.get(path(issued)).body()).doesNotContain(secret);
        assertThat(client.get("/keys").body()).doesNotContain(secret);
        assertThat(client.get(path(issued) + "/audit").body()).doesNotContain(secret);
        assertThat(server.get("/api/v0/whoami", secret).statusCode()).isEqualTo(200);
        JsonNode rotated = json(client.post(path(issued) + "/rotate", new JsonObject().put("overlapSeconds", 3600)));
        assertThat(rotated.path("key").path("rotatedFrom").asText())
                .isEqualTo(issued.path("key").path("id").asText());
        assertThat(code(client.post(path(issued) + "/rotate", new JsonObject().put("overlapSeconds", 0))))
                .isEqualTo("CONFLICT");
    }

    @Test
    void listIsSearchedFilteredAndPaged() {
        DashboardClient client = DashboardClient.owner(server);
        for (int i = 0; i < 5; i++) {
            json(client.post("/keys", new JsonObject().put("tier", "public").put("name", "Shop " + i)));
        }
        JsonNode bound = create(client, "public", "https://app.example.com");
        JsonNode secret = create(client, "private");
        json(client.post(path(secret) + "/disable", null));

        assertThat(client.read("/keys?search=sHoP&limit=3").path("keys")).hasSize(3);
        String next = client.read("/keys?search=shop&limit=3").path("next").asText();
        assertThat(client.read("/keys?search=shop&limit=3&after=" + next).path("keys"))
                .extracting(key -> key.path("name").asText())
                .containsExactly("Shop 1", "Shop 0");
        assertThat(client.read("/keys?tier=private").path("keys")).hasSize(1);
        assertThat(client.read("/keys?status=disabled").path("keys")).hasSize(1);
        assertThat(client.read("/keys?origin=app.EXAMPLE").path("keys").get(0).path("id"))
                .isEqualTo(bound.path("key").path("id"));
        assertThat(client.read("/keys?scope=MEMORY_READ").path("keys")).hasSize(1);
        assertThat(client.read("/keys").path("hours")).hasSize(36);
        for (String query : new String[] {"tier=x", "status=x", "scope=x", "limit=0", "unknown=1"}) {
            assertThat(client.get("/keys?" + query).statusCode()).as(query).isEqualTo(400);
        }
    }

    @Test
    void statusSaysWhatIsUp() {
        DashboardClient client = DashboardClient.owner(server);
        String expiring = id(create(client, "public"));
        String expired = id(create(client, "public"));
        String unused = id(create(client, "public"));
        String refusing = id(create(client, "public"));
        String limited = id(create(client, "public"));
        sql("UPDATE api_key SET expires_at = now() + interval '3 days' WHERE id = '" + expiring + "'");
        sql("UPDATE api_key SET expires_at = now() - interval '1 day' WHERE id = '" + expired + "'");
        sql("UPDATE api_key SET created_at = now() - interval '91 days' WHERE id = '" + unused + "'");
        sql("INSERT INTO key_usage_hour VALUES ('" + refusing + "', date_trunc('hour', now()), 'refused', 11), ('"
                + refusing
                + "', date_trunc('hour', now()), 'ok', 80), ('" + limited
                + "', date_trunc('hour', now()), 'rate_limited', 1)");

        assertThat(status(client, expiring)).isEqualTo("expiring");
        assertThat(status(client, expired)).isEqualTo("expired");
        assertThat(status(client, unused)).isEqualTo("unused");
        assertThat(status(client, refusing)).isEqualTo("refusing");
        assertThat(status(client, limited)).isEqualTo("limited");
        assertThat(client.read("/overview").path("attention"))
                .extracting(one -> one.path("reason").asText())
                .containsExactlyInAnyOrder("expired", "expiring", "refusing", "unused");
    }

    @Test
    void everyFaultOfANewKeyIsNamedByItsPath() {
        DashboardClient client = DashboardClient.owner(server);

        HttpResponse<String> answer = client.post(
                "/keys",
                new JsonObject()
                        .put("tier", "public")
                        .put("name", "Shop")
                        .put(
                                "allowedOrigins",
                                new JsonArray().add("example.com").add("co.uk"))
                        .put("scopes", new JsonArray().add("MEMORY_READ")));

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(TestServer.json(answer).path("issues"))
                .extracting(issue -> issue.path("path").asText())
                .contains("allowedOrigins[1]", "scopes[0]");
    }

    @Test
    void originsAreExplainedByTheRulesThatDecide() {
        DashboardClient client = DashboardClient.owner(server);

        JsonNode checked = json(client.post(
                "/origins/check",
                new JsonObject()
                        .put(
                                "entries",
                                new JsonArray()
                                        .add("https://shop.example.com/cart\u200B")
                                        .add("*.foo.com")
                                        .add("null"))
                        .put("origin", "https://x.foo.com.evil.com")));

        JsonNode entries = checked.path("entries");
        assertThat(entries.get(0).path("entry").asText()).isEqualTo("https://shop.example.com");
        assertThat(entries.get(0).path("changed").asBoolean()).isTrue();
        assertThat(entries.get(1).path("explanation").asText()).contains("*.foo.com");
        assertThat(entries.get(2).path("problem").asText()).isNotBlank();
        assertThat(checked.path("test").path("allowed").asBoolean()).isFalse();
        assertThat(checked.path("test").path("entry").asText()).isEqualTo("*.foo.com");
    }

    private static String id(JsonNode issued) {
        return issued.path("key").path("id").asText();
    }

    private static String status(DashboardClient client, String id) {
        return client.read("/keys/" + id).path("key").path("status").asText();
    }

    private static void sql(String text) {
        TestPostgres.execute(server.databaseUrl(), text);
    }
}
