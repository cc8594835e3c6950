package com.quotient.dashboard;

import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.business.Business;
import com.quotient.business.BusinessAdmin;
import com.quotient.testing.TestServer;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A browser that has the dashboard open: it keeps the cookie, and sends what the page would send. */
final class DashboardClient {
    static final String PASSWORD = "correct horse battery";

    final TestServer server;
    String base = "/dashboard";

    @Nullable
    String origin;

    @Nullable
    String cookie;

    @Nullable
    String csrf;

    DashboardClient(TestServer server) {
        this.server = server;
        this.origin = server.uri("").toString();
    }

    static BusinessAdmin businesses(TestServer server) {
        return new BusinessAdmin(
                server.server().vertx(), server.server().database().maintenance(), InstantSource.system());
    }

    static Business business(TestServer server) {
        return await(businesses(server).create("Business " + UUID.randomUUID()));
    }

    static String email() {
        return UUID.randomUUID() + "@example.com";
    }

    /** Signed in as the owner of a new business. */
    static DashboardClient owner(TestServer server) {
        String email = email();
        await(businesses(server).createUser(business(server).id(), email, PASSWORD));
        DashboardClient client = new DashboardClient(server);
        assertThat(client.signIn(email, PASSWORD).statusCode()).isEqualTo(200);
        return client;
    }

    /** Somebody with another role in the same business. */
    DashboardClient colleague(String role) {
        String link = json(post(
                        "/team/invitations",
                        new JsonObject().put("email", email()).put("role", role)))
                .path("link")
                .asText();
        DashboardClient client = new DashboardClient(server);
        HttpResponse<String> accepted = client.post(
                "/invitations/accept",
                new JsonObject()
                        .put("token", link.substring(link.indexOf('#') + 1))
                        .put("password", PASSWORD));
        assertThat(accepted.statusCode()).as(accepted.body()).isEqualTo(200);
        return client;
    }

    HttpResponse<String> signIn(String email, String password) {
        return post("/session", new JsonObject().put("email", email).put("password", password));
    }

    HttpResponse<String> get(String path) {
        return send("GET", path, null);
    }

    HttpResponse<String> post(String path, @Nullable JsonObject body) {
        return send("POST", path, body);
    }

    JsonNode read(String path) {
        return json(get(path));
    }

    /** The answer of a request that succeeds. */
    static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return TestServer.json(response);
    }

    static String code(HttpResponse<String> response) {
        return TestServer.json(response).path("code").asText();
    }

    HttpResponse<String> send(String method, String path, @Nullable JsonObject body, String... more) {
        List<String> headers = new ArrayList<>(List.of(more));
        if (cookie != null) {
            headers.addAll(List.of("Cookie", cookie));
        }
        if (!method.equals("GET")) {
            if (origin != null) {
                headers.addAll(List.of("Origin", origin));
            }
            if (csrf != null) {
                headers.addAll(List.of("X-CSRF-Token", csrf));
            }
        }
        HttpResponse<String> response = server.send(
                method,
                base + "/api" + path,
                null,
                body == null ? null : body.encode(),
                headers.toArray(String[]::new));
        DashboardDescription.check(
                method,
                path.replaceFirst("\\?.*", ""),
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.body());
        assertThat(response.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).isEmpty();
        response.headers().firstValue("Set-Cookie").ifPresent(set -> {
            String pair = set.substring(0, set.indexOf(';'));
            cookie = pair.endsWith("=") ? null : pair;
        });
        if (response.statusCode() == 200 && TestServer.json(response).has("csrfToken")) {
            csrf = TestServer.json(response).path("csrfToken").asText(null);
        }
        return response;
    }
}
