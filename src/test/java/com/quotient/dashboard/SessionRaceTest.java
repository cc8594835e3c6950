package com.quotient.dashboard;

import static com.quotient.dashboard.DashboardClient.PASSWORD;
import static com.quotient.dashboard.DashboardClient.code;
import static com.quotient.dashboard.DashboardClient.json;
import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.business.BusinessUser;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sessions that begin in the moment in which all sessions of their user end. */
class SessionRaceTest {
    private static final String NEW_PASSWORD = "another long password";

    private static final Duration DEADLINE = Duration.ofSeconds(20);

    @AutoClose
    private static TestServer server;

    @BeforeAll
    static void start() {
        // A change waits for the request that it meets, also on a busy machine.
        server = TestServer.start(
                "dashboard.signInAttemptsPerAddress",
                "1000",
                "database.lockTimeout",
                "50s",
                "database.statementTimeout",
                "55s");
    }

    @Test
    void signInWithThePasswordThatTheOperatorResetsBeginsNoSession() {
        DashboardClient user = DashboardClient.owner(server);
        String email = email(user);
        DashboardClient other = new DashboardClient(server);

        HttpResponse<String> answer = duringReset(user, () -> other.signIn(email, PASSWORD));

        assertThat(code(answer)).isEqualTo("SIGN_IN_FAILED");
        assertThat(sessions(email)).isZero();
        assertThat(user.signIn(email, NEW_PASSWORD).statusCode()).isEqualTo(200);
    }

    @Test
    void invitationAcceptedWithThePasswordThatTheOperatorResetsBeginsNoSession() {
        DashboardClient user = DashboardClient.owner(server);
        String email = email(user);
        String link = json(DashboardClient.owner(server)
                        .post(
                                "/team/invitations",
                                new JsonObject().put("email", email).put("role", "viewer")))
                .path("link")
                .asText();
        JsonObject accept = new JsonObject()
                .put("token", link.substring(link.indexOf('#') + 1))
                .put("password", PASSWORD);

        HttpResponse<String> answer =
                duringReset(user, () -> new DashboardClient(server).post("/invitations/accept", accept));

        assertThat(code(answer)).isEqualTo("SIGN_IN_FAILED");
        assertThat(sessions(email)).isZero();
    }

    @Test
    void passwordThatTheOperatorResetsIsNotOverwrittenByAnOlderChange() {
        DashboardClient user = DashboardClient.owner(server);
        String email = email(user);
        JsonObject change = new JsonObject().put("current", PASSWORD).put("replacement", "a password of a thief");

        HttpResponse<String> answer = duringReset(user, () -> user.send("PUT", "/password", change));

        assertThat(code(answer)).isEqualTo("SIGN_IN_FAILED");
        assertThat(sessions(email)).isZero();
        assertThat(user.signIn(email, NEW_PASSWORD).statusCode()).isEqualTo(200);
    }

    @Test
    void sessionThatMovesToAnotherBusinessEndsWithTheOthers() {
        DashboardClient user = DashboardClient.owner(server);
        String email = email(user);
        JsonObject business = business(user);

        HttpResponse<String> answer = duringReset(user, () -> user.send("PUT", "/session/business", business));

        assertThat(code(answer)).isEqualTo("SIGN_IN_REQUIRED");
        assertThat(sessions(email)).isZero();
    }

    @Test
    void sessionOfAMemberWhoGetsAnotherRoleDoesNotMoveWithTheOldRole() {
        DashboardClient member = DashboardClient.owner(server).colleague("member");
        JsonObject business = business(member);

        HttpResponse<String> answer = during(
                "UPDATE business_member SET role = 'viewer' WHERE user_id = '" + userId(member) + "'",
                () -> member.send("PUT", "/session/business", business));

        assertThat(code(answer)).isEqualTo("SIGN_IN_REQUIRED");
    }

    @Test
    void signInOfAMemberWhoIsRemovedBeginsNoSession() {
        DashboardClient member = DashboardClient.owner(server).colleague("member");
        String email = email(member);

        HttpResponse<String> answer = during(
                "DELETE FROM business_member WHERE user_id = '" + userId(member) + "'",
                () -> new DashboardClient(server).signIn(email, PASSWORD));

        assertThat(code(answer)).isEqualTo("SIGN_IN_FAILED");
        assertThat(sessions(email)).isEqualTo(1);
    }

    @Test
    void signInOfAMemberWhoGetsAnotherRoleBeginsNoSessionWithTheOldRole() {
        DashboardClient member = DashboardClient.owner(server).colleague("member");
        String email = email(member);

        HttpResponse<String> answer = during(
                "UPDATE business_member SET role = 'viewer' WHERE user_id = '" + userId(member) + "'",
                () -> new DashboardClient(server).signIn(email, PASSWORD));

        assertThat(code(answer)).isEqualTo("SIGN_IN_FAILED");
        assertThat(sessions(email)).isEqualTo(1);
    }

    /**
     * Makes the request while the operator's command has changed the password and has not ended the sessions yet.
     */
    private static HttpResponse<String> duringReset(DashboardClient user, Supplier<HttpResponse<String>> request) {
        String email = email(user);
        try (Connection holder = TestPostgres.connect(server.databaseUrl());
                Statement statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("SELECT FROM dashboard_session WHERE user_id = '" + userId(user) + "' FOR UPDATE");
            Future<BusinessUser> reset = DashboardClient.businesses(server).resetPassword(email, NEW_PASSWORD);
            eventually(DEADLINE, SessionRaceTest::waiting, waiting -> waiting == 1);
            CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(request);
            eventually(DEADLINE, () -> answer.isDone() || waiting() == 2, done -> done);
            holder.commit();
            await(reset);
            return answer.join();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Makes the request while the change is there and not committed. */
    private static HttpResponse<String> during(String change, Supplier<HttpResponse<String>> request) {
        try (Connection changer = TestPostgres.connect(server.databaseUrl());
                Statement statement = changer.createStatement()) {
            changer.setAutoCommit(false);
            statement.execute(change);
            CompletableFuture<HttpResponse<String>> answer = CompletableFuture.supplyAsync(request);
            eventually(DEADLINE, () -> answer.isDone() || waiting() == 1, done -> done);
            changer.commit();
            return answer.join();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    /** How many connections to this database wait for a lock. */
    private static long waiting() {
        return count("pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'");
    }

    private static long sessions(String email) {
        return count("dashboard_session s JOIN business_user u ON u.id = s.user_id WHERE u.email = '" + email + "'");
    }

    private static long count(String from) {
        List<List<Object>> rows = TestPostgres.query(server.databaseUrl(), "SELECT count(*) FROM " + from);
        return (Long) rows.get(0).get(0);
    }

    private static JsonObject business(DashboardClient client) {
        return new JsonObject()
                .put(
                        "businessId",
                        client.read("/session").path("business").path("id").asText());
    }

    private static String email(DashboardClient client) {
        return client.read("/session").path("user").path("email").asText();
    }

    private static String userId(DashboardClient client) {
        return client.read("/session").path("user").path("id").asText();
    }
}
