package com.quotient.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.TestCertificates;
import com.quotient.testing.TestServer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the dashboard is, for the browser and for the server. */
class DashboardPlaceTest {
    @TempDir
    private Path directory;

    private static DashboardClient signedIn(TestServer server, String base, String origin) {
        DashboardClient client = new DashboardClient(server);
        client.base = base;
        client.origin = origin;
        String email = DashboardClient.user(server);
        assertThat(client.signIn(email, DashboardClient.PASSWORD).statusCode()).isEqualTo(200);
        return client;
    }

    @Test
    void proxyMayKeepThePath() {
        try (TestServer server = TestServer.start(
                "dashboard.basePath", "/tools/q", "dashboard.publicUrl", "https://example.com/tools/q")) {
            DashboardClient client = signedIn(server, "/tools/q", "https://example.com");

            var session = client.read("/session").path("server");
            assertThat(session.path("basePath").asText()).isEqualTo("/tools/q");
            assertThat(session.path("apiUrl").asText()).isEqualTo("https://example.com");
            assertThat(session.path("insecure").asBoolean()).isFalse();
            assertThat(client.cookie).startsWith("__Host-quotient=");
            assertThat(server.get("/dashboard/api/session", null).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void proxyMayRemoveAPartOfThePath() {
        try (TestServer server = TestServer.start("dashboard.publicUrl", "http://example.com/tools/q/dashboard")) {
            DashboardClient client = signedIn(server, "/dashboard", "http://example.com");

            var session = client.read("/session").path("server");
            assertThat(session.path("basePath").asText()).isEqualTo("/tools/q/dashboard");
            assertThat(session.path("apiUrl").asText()).isEqualTo("http://example.com/tools/q");
            assertThat(client.cookie).startsWith("quotient=");
        }
    }

    @Test
    void disabledDashboardIsAbsent() {
        try (TestServer server = TestServer.start("dashboard.enabled", "false")) {
            assertThat(server.get("/dashboard/api/session", null).statusCode()).isEqualTo(404);
            assertThat(server.get("/dashboard", null).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void tlsOfTheServerItselfIsHttpsForTheBrowser() {
        TestCertificates certificates = new TestCertificates(directory);
        certificates.authority("authority");
        TestCertificates.Pair pair = certificates.server("authority", "server", "localhost", "-1d", 2);
        try (TestServer server = TestServer.start(
                "http.tlsCertificateFile", pair.certificate().toString(),
                "http.tlsKeyFile", pair.key().toString())) {
            String origin = "https://127.0.0.1:" + server.port();
            DashboardClient client = signedIn(server, "/dashboard", origin);

            var session = client.read("/session").path("server");
            assertThat(session.path("apiUrl").asText()).isEqualTo(origin);
            assertThat(session.path("insecure").asBoolean()).isFalse();
            assertThat(client.cookie).startsWith("__Host-quotient=");
            assertThat(client.post(
                                    "/team/invitations",
                                    new JsonObject()
                                            .put("email", "a@example.com")
                                            .put("role", "viewer"))
                            .body())
                    .contains(origin + "/dashboard/");
            assertThat(server.get("/dashboard", null).statusCode()).isEqualTo(200);

            client.origin = "http://127.0.0.1:" + server.port();
            assertThat(client.signIn(DashboardClient.email(), DashboardClient.PASSWORD)
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void httpsCookieGoesOverHttpsAndToThisHostOnly() {
        try (TestServer server = TestServer.start("dashboard.publicUrl", "https://example.com/dashboard")) {
            DashboardClient client = new DashboardClient(server);
            client.origin = "https://example.com";
            String email = DashboardClient.user(server);

            HttpResponse<String> answer = client.signIn(email, DashboardClient.PASSWORD);

            assertThat(answer.headers().firstValue("Set-Cookie").orElseThrow())
                    .matches("__Host-quotient=[^;]+; Path=/; Max-Age=\\d+; HttpOnly; SameSite=Strict; Secure");
            client.origin = "http://127.0.0.1:" + server.port();
            assertThat(client.signIn(email, DashboardClient.PASSWORD).statusCode())
                    .isEqualTo(403);
        }
    }
}
