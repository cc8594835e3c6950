package com.quotient.dashboard;

import static com.quotient.dashboard.DashboardClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.testing.TestServer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The maximum lifetime of keys that a business sets. */
class DashboardPolicyTest {
    private static final Duration LIFETIME = Duration.ofDays(90);

    @AutoClose
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start();
    }

    private static JsonNode setDays(DashboardClient client, Integer days) {
        return json(client.send("PUT", "/key-policy", new JsonObject().put("maxLifetimeDays", days)));
    }

    private static HttpResponse<String> create(DashboardClient client, Instant expiresAt) {
        return client.post(
                "/keys",
                new JsonObject()
                        .put("tier", "public")
                        .put("name", "Key of a test")
                        .put("expiresAt", expiresAt == null ? null : expiresAt.toString()));
    }

    private static String path(JsonNode issued) {
        return "/keys/" + issued.path("key").path("id").asText();
    }

    private static JsonNode key(DashboardClient client, JsonNode issued) {
        return client.read(path(issued)).path("key");
    }

    private static HttpResponse<String> change(DashboardClient client, JsonNode issued, String member, Object value) {
        long version = key(client, issued).path("version").asLong();
        return client.send(
                "PATCH", path(issued), new JsonObject().put("version", version).put(member, value));
    }

    private static Instant time(JsonNode node, String member) {
        return Instant.parse(node.path(member).asText());
    }

    private static void assertTooLate(HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(400);
        JsonNode issue = TestServer.json(answer).path("issues").path(0);
        assertThat(issue.path("path").asText()).isEqualTo("expiresAt");
        assertThat(issue.path("message").asText())
                .matches("The policy of this business lets keys live at most 90 days; set an expiry no later than"
                        + " \\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z\\.");
    }

    @Test
    void ownerSetsTheMaximumAndEverybodyInTheBusinessSeesItAndWhoSetIt() {
        DashboardClient owner = DashboardClient.owner(server);
        DashboardClient stranger = DashboardClient.owner(server);
        assertThat(owner.read("/key-policy").path("latestExpiry").isNull()).isTrue();

        setDays(owner, 90);
        setDays(owner, 90);
        setDays(owner, null);
        JsonNode set = setDays(owner, 90);

        assertThat(time(set, "latestExpiry"))
                .isBetween(
                        Instant.now().plus(LIFETIME).minusSeconds(60),
                        Instant.now().plus(LIFETIME));
        JsonNode seen = owner.colleague("viewer").read("/key-policy");
        assertThat(seen.path("maxLifetimeDays").asInt()).isEqualTo(90);
        String email = owner.read("/session").path("user").path("email").asText();
        assertThat(seen.path("changes"))
                .extracting(change -> change.path("actor").asText() + ": "
                        + change.at("/before/maxLifetimeDays").asText() + " to "
                        + change.at("/after/maxLifetimeDays").asText())
                .containsExactly(email + ": null to 90", email + ": 90 to null", email + ": null to 90");
        assertThat(stranger.read("/key-policy").path("maxLifetimeDays").isNull())
                .isTrue();
        assertThat(create(stranger, null).statusCode()).isEqualTo(200);
    }

    @Test
    void maximumIsAWholeNumberOfDaysWithinBounds() {
        DashboardClient owner = DashboardClient.owner(server);
        for (Object days : new Object[] {0, 3651, -1, 1.5, "90"}) {
            HttpResponse<String> answer =
                    owner.send("PUT", "/key-policy", new JsonObject().put("maxLifetimeDays", days));
            assertThat(answer.statusCode()).as("%s", days).isEqualTo(400);
        }
        assertThat(owner.send("PUT", "/key-policy", new JsonObject()).statusCode())
                .isEqualTo(400);
        assertThat(owner.read("/key-policy").path("changes")).isEmpty();
    }

    @Test
    void newKeyMustEndNoLaterThanThePolicyAllows() {
        DashboardClient owner = DashboardClient.owner(server);
        setDays(owner, 90);

        assertTooLate(create(owner, null));
        assertTooLate(create(owner, Instant.now().plus(LIFETIME).plusSeconds(60)));

        Instant latest = time(owner.read("/key-policy"), "latestExpiry");
        JsonNode made = json(create(owner, latest));
        assertThat(time(made.path("key"), "expiresAt")).isEqualTo(latest);
        assertThat(made.path("key").path("exceedsPolicy").asBoolean()).isFalse();
        assertThat(owner.read("/keys").path("keys")).hasSize(1);
    }

    @Test
    void existingKeysLiveOnAndAreListedUntilTheirExpiryIsAllowed() {
        DashboardClient owner = DashboardClient.owner(server);
        JsonNode endless = json(create(owner, null));
        JsonNode late = json(create(owner, Instant.parse("2099-01-01T00:00:00Z")));
        json(create(owner, Instant.now().plus(Duration.ofDays(30))));
        JsonNode revoked = json(create(owner, null));
        json(owner.post(path(revoked) + "/revoke", null));

        assertThat(setDays(owner, 90).path("exceeding").asInt()).isEqualTo(2);

        assertThat(server.get("/api/v0/whoami", endless.path("secret").asText()).statusCode())
                .isEqualTo(200);
        assertThat(key(owner, endless).path("expiresAt").isNull()).isTrue();
        assertThat(owner.read("/keys?exceedsPolicy=true").path("keys"))
                .extracting(key -> key.path("id").asText())
                .containsExactly(
                        late.path("key").path("id").asText(),
                        endless.path("key").path("id").asText());
        assertThat(owner.read("/overview").path("attention"))
                .extracting(one -> one.path("reason").asText())
                .containsExactly("exceeds_policy", "exceeds_policy");
        // What else is changed leaves the expiry as it is.
        json(change(owner, late, "name", "Another name"));
        assertTooLate(change(owner, late, "expiresAt", "2098-01-01T00:00:00Z"));
        assertTooLate(change(owner, late, "expiresAt", null));

        Instant end = Instant.now().plus(Duration.ofDays(89));
        json(change(owner, late, "expiresAt", end.toString()));

        assertThat(key(owner, late).path("exceedsPolicy").asBoolean()).isFalse();
        assertThat(owner.read("/key-policy").path("exceeding").asInt()).isEqualTo(1);
        assertThat(setDays(owner, null).path("exceeding").asInt()).isZero();
        assertThat(owner.read("/overview").path("attention")).isEmpty();
    }

    @Test
    void rotationCutsTheExpiryOfTheSuccessorAndOfTheOldKey() {
        DashboardClient owner = DashboardClient.owner(server);
        JsonNode endless = json(create(owner, null));
        Instant soon =
                Instant.parse(Instant.now().plus(Duration.ofDays(3)).toString().substring(0, 19) + "Z");
        JsonNode ending = json(create(owner, soon));
        setDays(owner, 7);
        JsonObject overlap =
                new JsonObject().put("overlapSeconds", Duration.ofDays(30).toSeconds());

        JsonNode successor =
                json(owner.post(path(endless) + "/rotate", overlap)).path("key");
        JsonNode other = json(owner.post(path(ending) + "/rotate", overlap)).path("key");

        Instant latest = Instant.now().plus(Duration.ofDays(7));
        assertThat(time(successor, "expiresAt")).isBetween(latest.minusSeconds(60), latest);
        assertThat(successor.path("exceedsPolicy").asBoolean()).isFalse();
        assertThat(time(key(owner, endless), "expiresAt")).isBetween(latest.minusSeconds(60), latest);
        assertThat(time(other, "expiresAt")).isEqualTo(soon);
        assertThat(time(key(owner, ending), "expiresAt")).isEqualTo(soon);
    }
}
