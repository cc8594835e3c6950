package com.quotient.dashboard;

import static com.quotient.dashboard.DashboardClient.code;
import static com.quotient.dashboard.DashboardClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.json.JsonObject;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DashboardTeamTest {
    @AutoClose
    private static TestServer server;

    @BeforeAll
    static void start() {
        server = TestServer.start("dashboard.signInAttemptsPerAddress", "1000");
    }

    private static String userId(DashboardClient client) {
        return client.read("/session").path("user").path("id").asText();
    }

    @Test
    void lastOwnerStays() {
        DashboardClient owner = DashboardClient.owner(server);
        String path = "/team/members/" + userId(owner);

        assertThat(code(owner.send("DELETE", path, null))).isEqualTo("CONFLICT");
        assertThat(code(owner.send("PATCH", path, new JsonObject().put("role", "member"))))
                .isEqualTo("CONFLICT");

        DashboardClient second = owner.colleague("owner");
        json(second.send("DELETE", path, null));
        assertThat(owner.get("/team").statusCode()).isEqualTo(401);
        assertThat(second.read("/team").path("members")).hasSize(1);
    }

    @Test
    void memberWithAnotherRoleSignsInAgain() {
        DashboardClient owner = DashboardClient.owner(server);
        DashboardClient viewer = owner.colleague("viewer");
        String email = viewer.read("/session").path("user").path("email").asText();

        json(owner.send("PATCH", "/team/members/" + userId(viewer), new JsonObject().put("role", "member")));

        assertThat(viewer.get("/team").statusCode()).isEqualTo(401);
        assertThat(json(viewer.signIn(email, DashboardClient.PASSWORD))
                        .path("role")
                        .asText())
                .isEqualTo("member");
    }

    @Test
    void memberOfAnotherBusinessIsNotFound() {
        DashboardClient owner = DashboardClient.owner(server);
        DashboardClient stranger = DashboardClient.owner(server);
        stranger.colleague("owner");

        assertThat(owner.send("DELETE", "/team/members/" + userId(stranger), null)
                        .statusCode())
                .isEqualTo(404);
        assertThat(stranger.read("/team").path("members")).hasSize(2);
    }

    @Test
    void invitationIsSeenOnceAndEndsWhenItIsWithdrawnOrOld() {
        DashboardClient owner = DashboardClient.owner(server);
        JsonObject invite =
                new JsonObject().put("email", DashboardClient.email()).put("role", "member");
        JsonNode first = json(owner.post("/team/invitations", invite));
        JsonNode second = json(owner.post("/team/invitations", invite));
        DashboardClient guest = new DashboardClient(server);

        assertThat(second.path("link").asText()).startsWith(owner.origin + "/dashboard/invitation#");
        assertThat(look(guest, first)).as("the older of two").isEqualTo(404);
        assertThat(look(guest, second)).isEqualTo(200);
        assertThat(owner.read("/team").path("invitations")).hasSize(1);
        assertThat(owner.read("/team").toString()).doesNotContain(token(second));
        json(owner.send(
                "DELETE",
                "/team/invitations/" + second.path("invitation").path("id").asText(),
                null));
        assertThat(look(guest, second)).as("withdrawn").isEqualTo(404);

        JsonNode third = json(owner.post("/team/invitations", invite));
        TestPostgres.execute(server.databaseUrl(), "UPDATE business_invitation SET expires_at = now()");
        assertThat(look(guest, third)).as("old").isEqualTo(404);
        assertThat(owner.read("/team").path("invitations")).isEmpty();
    }

    @Test
    void guestWithoutAnAccountChoosesThePasswordThatOpensIt() {
        String email = DashboardClient.email();
        JsonNode invited = json(DashboardClient.owner(server)
                .post("/team/invitations", new JsonObject().put("email", email).put("role", "member")));
        DashboardClient guest = new DashboardClient(server);

        JsonNode joined = json(guest.post(
                "/invitations/accept",
                new JsonObject().put("token", token(invited)).put("password", DashboardClient.PASSWORD)));

        assertThat(joined.path("role").asText()).isEqualTo("member");
        assertThat(guest.read("/team").path("members")).hasSize(2);
        assertThat(new DashboardClient(server)
                        .signIn(email, DashboardClient.PASSWORD)
                        .statusCode())
                .isEqualTo(200);
        assertThat(TestPostgres.query(
                                server.databaseUrl(),
                                "SELECT password_hash FROM business_user WHERE email = '" + email + "'")
                        .get(0)
                        .get(0))
                .asString()
                .startsWith("$pbkdf2$it=210000$");
    }

    @Test
    void membersAndInvalidAddressesAreNotInvited() {
        DashboardClient owner = DashboardClient.owner(server);
        String email = owner.read("/session").path("user").path("email").asText();
        JsonObject invite = new JsonObject().put("email", email).put("role", "viewer");

        assertThat(code(owner.post("/team/invitations", invite))).isEqualTo("CONFLICT");
        assertThat(code(owner.post("/team/invitations", invite.copy().put("email", "nobody"))))
                .isEqualTo("INVALID_REQUEST");
        assertThat(code(owner.post("/team/invitations", invite.copy().put("role", "king"))))
                .isEqualTo("INVALID_REQUEST");
    }

    private static String token(JsonNode invited) {
        String link = invited.path("link").asText();
        return link.substring(link.indexOf('#') + 1);
    }

    private static int look(DashboardClient guest, JsonNode invited) {
        return guest.post("/invitations/look", new JsonObject().put("token", token(invited)))
                .statusCode();
    }
}
