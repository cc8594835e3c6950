package com.quotient.dashboard;

import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.business.Business;
import com.quotient.business.BusinessAdmin;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.hashing.HashingStrategy;
import java.net.http.HttpResponse;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A browser that has the dashboard open: it keeps the cookie, and sends what the page would send. */
final class DashboardClient {
    static final String PASSWORD = "correct horse battery";

    /** Of {@link #PASSWORD}, and cheap: a hash says how many rounds it takes to check it. */
    private static final String HASH = HashingStrategy.load()
            .hash(
                    "pbkdf2",
                    Map.of("it", "1000"),
                    Base64.getEncoder().withoutPadding().encodeToString(new byte[16]),
                    PASSWORD);

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

    /** The address of a new user, who owns a new business and has the {@link #PASSWORD}. */
    static String user(TestServer server) {
        return user(server, business(server).id(), "owner");
    }

    private static String user(TestServer server, String businessId, String role) {
        String id = "usr_" + UUID.randomUUID();
        String email = email();
        TestPostgres.execute(server.databaseUrl(), """
                INSERT INTO business_user (id, business_id, email, password_hash) VALUES ('%1$s', '%2$s', '%3$s', '%4$s');
                UPDATE business_member SET role = '%5$s' WHERE user_id = '%1$s'
                """.formatted(id, businessId, email, HASH, role));
        return email;
    }

    /** Signed in as the owner of a new business. */
    static DashboardClient owner(TestServer server) {
        return signedIn(server, user(server));
    }

    /** Somebody with another role in the same business. */
    DashboardClient colleague(String role) {
        String businessId = read("/session").path("business").path("id").asText();
        return signedIn(server, user(server, businessId, role));
    }

    private static DashboardClient signedIn(TestServer server, String email) {
        DashboardClient client = new DashboardClient(server);
        assertThat(client.signIn(email, PASSWORD).statusCode()).isEqualTo(200);
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
