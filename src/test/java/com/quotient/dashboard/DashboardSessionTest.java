package com.quotient.dashboard;

import static com.quotient.dashboard.DashboardClient.PASSWORD;
import static com.quotient.dashboard.DashboardClient.code;
import static com.quotient.dashboard.DashboardClient.json;
import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DashboardSessionTest {
    @AutoClose
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start("dashboard.signInAttempts", "3", "dashboard.signInAttemptsPerAddress", "1000");
    }

    private static String user() {
        return DashboardClient.user(server);
    }

    @Test
    void sessionCanBeReadWithoutSigningIn() {
        DashboardClient client = new DashboardClient(server);
        JsonNode nobody = client.read("/session");
        String email = user();

        client.signIn(" " + email.toUpperCase(java.util.Locale.ROOT), PASSWORD);

        assertThat(nobody.path("user").isNull()).isTrue();
        assertThat(nobody.path("server").path("apiUrl").asText()).isEqualTo(client.origin);
        JsonNode somebody = client.read("/session");
        assertThat(somebody.path("user").path("email").asText()).isEqualTo(email);
        assertThat(somebody.path("role").asText()).isEqualTo("owner");
        assertThat(somebody.path("server").path("insecure").asBoolean()).isFalse();
    }

    @Test
    void userWhomTheOperatorCreatesSignsIn() {
        String email = DashboardClient.email();
        await(DashboardClient.businesses(server)
                .createUser(DashboardClient.business(server).id(), email, PASSWORD));

        assertThat(new DashboardClient(server).signIn(email, PASSWORD).statusCode())
                .isEqualTo(200);
    }

    @Test
    void wrongPasswordAndUnknownAddressGetTheSameAnswer() {
        DashboardClient client = new DashboardClient(server);

        HttpResponse<String> wrong = client.signIn(user(), "not the password");
        HttpResponse<String> unknown = client.signIn(DashboardClient.email(), "not the password");

        assertThat(wrong.statusCode()).isEqualTo(401);
        assertThat(unknown.body()).isEqualTo(wrong.body());
        assertThat(client.cookie).isNull();
    }

    @Test
    void passwordThatTheOperatorResetsEndsEverySessionOfTheUserAndOfNobodyElse() {
        String email = user();
        DashboardClient first = new DashboardClient(server);
        first.signIn(email, PASSWORD);
        DashboardClient second = new DashboardClient(server);
        second.signIn(email, PASSWORD);
        DashboardClient other = DashboardClient.owner(server);

        await(DashboardClient.businesses(server).resetPassword(email, "another long password"));

        assertThat(first.get("/keys").statusCode()).isEqualTo(401);
        assertThat(second.get("/keys").statusCode()).isEqualTo(401);
        assertThat(other.get("/keys").statusCode()).isEqualTo(200);
        assertThat(code(first.signIn(email, PASSWORD))).isEqualTo("SIGN_IN_FAILED");
        assertThat(first.signIn(email, "another long password").statusCode()).isEqualTo(200);
    }

    @Test
    void tooManyFailuresLockTheAccountForAWhileAlsoForTheRightPassword() {
        String email = user();
        DashboardClient client = new DashboardClient(server);
        client.signIn(email, PASSWORD);
        for (int i = 0; i < 3; i++) {
            assertThat(client.signIn(email, "not the password").statusCode()).isEqualTo(401);
        }

        HttpResponse<String> locked = client.signIn(email, PASSWORD);

        assertThat(locked.statusCode()).isEqualTo(429);
        assertThat(locked.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 901L);
        assertThat(client.signIn(user(), PASSWORD).statusCode()).isEqualTo(200);
    }

    @Test
    void cookieIsHiddenFromScriptsAndFromOtherSites() {
        HttpResponse<String> answer = new DashboardClient(server).signIn(user(), PASSWORD);

        String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie)
                .matches("quotient=[A-Za-z0-9_-]{43}; Path=/dashboard; Max-Age=2592000; HttpOnly; SameSite=Strict");
        String token = cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
        assertThat(TestPostgres.query(
                        server.databaseUrl(),
                        "SELECT count(*) FROM dashboard_session WHERE dashboard_session::text LIKE '%" + token + "%'"))
                .containsExactly(java.util.List.of(0L));
    }

    @Test
    void signInNeverTakesASessionThatTheBrowserBrought() {
        DashboardClient client = new DashboardClient(server);
        client.cookie = "quotient=" + "A".repeat(43);

        client.signIn(user(), PASSWORD);

        assertThat(client.cookie).isNotEqualTo("quotient=" + "A".repeat(43));
        DashboardClient attacker = new DashboardClient(server);
        attacker.cookie = "quotient=" + "A".repeat(43);
        assertThat(attacker.get("/keys").statusCode()).isEqualTo(401);
    }

    @Test
    void signedOutSessionIsOver() {
        DashboardClient client = new DashboardClient(server);
        client.signIn(user(), PASSWORD);
        String cookie = client.cookie;

        json(client.send("DELETE", "/session", null));

        client.cookie = cookie;
        assertThat(client.get("/keys").statusCode()).isEqualTo(401);
    }

    @Test
    void newPasswordEndsEverySessionAndBeginsAnotherOne() {
        String email = user();
        DashboardClient client = new DashboardClient(server);
        client.signIn(email, PASSWORD);
        DashboardClient other = new DashboardClient(server);
        other.signIn(email, PASSWORD);
        String cookie = client.cookie;
        JsonObject wrong = new JsonObject().put("current", "not the password").put("replacement", "another password");

        assertThat(code(client.send("PUT", "/password", wrong))).isEqualTo("SIGN_IN_FAILED");
        assertThat(code(client.send("PUT", "/password", wrong.copy().put("replacement", "short"))))
                .isEqualTo("INVALID_REQUEST");
        json(client.send("PUT", "/password", wrong.copy().put("current", PASSWORD)));

        assertThat(client.cookie).isNotEqualTo(cookie);
        assertThat(client.get("/keys").statusCode()).isEqualTo(200);
        assertThat(other.get("/keys").statusCode()).isEqualTo(401);
        DashboardClient old = new DashboardClient(server);
        assertThat(old.signIn(email, PASSWORD).statusCode()).isEqualTo(401);
        assertThat(old.signIn(email, "another password").statusCode()).isEqualTo(200);
    }

    @Test
    void sessionsCanBeSeenAndEndedByTheirUserOnly() {
        String email = user();
        DashboardClient client = new DashboardClient(server);
        client.signIn(email, PASSWORD);
        DashboardClient other = new DashboardClient(server);
        other.signIn(email, PASSWORD);
        DashboardClient stranger = DashboardClient.owner(server);

        JsonNode sessions = client.read("/sessions").path("sessions");

        assertThat(sessions).hasSize(2);
        String id = "";
        for (JsonNode session : sessions) {
            id = session.path("current").asBoolean() ? id : session.path("id").asText();
        }
        assertThat(stranger.send("DELETE", "/sessions/" + id, null).statusCode())
                .isEqualTo(404);
        assertThat(other.get("/keys").statusCode()).isEqualTo(200);
        json(client.send("DELETE", "/sessions/" + id, null));
        assertThat(other.get("/keys").statusCode()).isEqualTo(401);
        other.signIn(email, PASSWORD);
        json(client.send("DELETE", "/sessions", null));
        assertThat(other.get("/keys").statusCode()).isEqualTo(401);
        assertThat(client.get("/keys").statusCode()).isEqualTo(200);
    }

    @Test
    void idleSessionAndOldSessionEnd() {
        DashboardClient idle = new DashboardClient(server);
        idle.signIn(user(), PASSWORD);
        DashboardClient old = new DashboardClient(server);
        old.signIn(user(), PASSWORD);
        String idleId =
                idle.read("/sessions").path("sessions").get(0).path("id").asText();
        String oldId = old.read("/sessions").path("sessions").get(0).path("id").asText();

        TestPostgres.execute(
                server.databaseUrl(),
                "UPDATE dashboard_session SET last_seen_at = now() - interval '12 hours 1 second' WHERE id = '" + idleId
                        + "'");
        TestPostgres.execute(
                server.databaseUrl(), "UPDATE dashboard_session SET expires_at = now() WHERE id = '" + oldId + "'");

        assertThat(idle.get("/keys").statusCode()).isEqualTo(401);
        assertThat(old.get("/keys").statusCode()).isEqualTo(401);
    }

    @Test
    void userOfSeveralBusinessesSeesOneAtATime() {
        DashboardClient client = DashboardClient.owner(server);
        DashboardClient host = DashboardClient.owner(server);
        String email = client.read("/session").path("user").path("email").asText();
        String link = json(host.post(
                        "/team/invitations",
                        new JsonObject().put("email", email).put("role", "viewer")))
                .path("link")
                .asText();
        String token = link.substring(link.indexOf('#') + 1);
        String own = client.read("/session").path("business").path("id").asText();

        JsonNode looked = json(client.post("/invitations/look", new JsonObject().put("token", token)));
        assertThat(looked.path("hasAccount").asBoolean()).isTrue();
        JsonObject accept = new JsonObject().put("token", token);
        assertThat(client.post("/invitations/accept", accept.copy().put("password", "not the password"))
                        .statusCode())
                .isEqualTo(401);
        JsonNode joined = json(client.post("/invitations/accept", accept.copy().put("password", PASSWORD)));

        assertThat(joined.path("role").asText()).isEqualTo("viewer");
        assertThat(joined.path("businesses")).hasSize(2);
        assertThat(client.post("/invitations/accept", accept.copy().put("password", PASSWORD))
                        .statusCode())
                .isEqualTo(404);
        String cookie = client.cookie;
        JsonNode back = json(client.send("PUT", "/session/business", new JsonObject().put("businessId", own)));
        assertThat(back.path("role").asText()).isEqualTo("owner");
        assertThat(client.cookie).isNotEqualTo(cookie);
        String foreign = DashboardClient.business(server).id();
        assertThat(client.send("PUT", "/session/business", new JsonObject().put("businessId", foreign))
                        .statusCode())
                .isEqualTo(404);
    }
}
