package com.quotient.http;

import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.keys.KeyTier;
import com.quotient.keys.Scope;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import io.vertx.core.http.HttpMethod;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every route of the running server against every kind of key, and what HTTP itself asks of every path. */
class RouteMatrixTest {
    /** All that a public key may call, by the contract; a star is the rest of a path. */
    private static final List<String> PUBLIC = List.of(
            "GET /whoami",
            "POST /analytics",
            "POST /people",
            "POST /audience/people",
            "POST /audience/companies",
            "POST /audience/lists/{slug}/people",
            "DELETE /audience/lists/{slug}/people",
            "GET /blog/*",
            "POST /flow/{flowId}/trigger");

    @AutoClose
    private static TestServer server;
    /** By tier, the keys that hold one scope each, or all. */
    private static final Map<KeyTier, Map<String, String>> KEYS = new EnumMap<>(KeyTier.class);

    @BeforeAll
    static void start() {
        server = TestServer.start();
        TestKeys keys = new TestKeys(server);
        String business = keys.business();
        for (KeyTier tier : KeyTier.values()) {
            Map<String, String> byScope = new LinkedHashMap<>();
            List<String> scopes = new ArrayList<>(Scope.names(Scope.of(tier)));
            scopes.add(Scope.ALL);
            for (String scope : scopes) {
                byScope.put(
                        scope,
                        keys.issue(business, tier, spec -> spec.withScopes(List.of(scope)))
                                .key());
            }
            KEYS.put(tier, byScope);
        }
    }

    static Stream<String> routes() {
        return server.server().routes().all().stream().map(route -> route.method() + " " + route.path());
    }

    static Stream<String> paths() {
        return server.server().routes().all().stream().map(Route::path).distinct();
    }

    @ParameterizedTest
    @MethodSource("routes")
    void routeAdmitsExactlyWhatTheContractSays(String name) {
        Route route = route(name);

        assertThat(route.access().publicKeys()).isEqualTo(isPublic(name));
        assertThat(route.access().scope()).isEqualTo(scope(route));
    }

    @ParameterizedTest
    @MethodSource("routes")
    void routeWithoutKeyIsRefused(String name) {
        HttpResponse<String> response = call(route(name), null);

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(json(response).path("code").asText()).isEqualTo("UNAUTHORIZED");
    }

    @ParameterizedTest
    @MethodSource("routes")
    void routeTellsEveryKeyThatMayNotWhy(String name) {
        Route route = route(name);
        KEYS.forEach((tier, byScope) -> byScope.forEach((granted, key) -> {
            HttpResponse<String> response = call(route, key);
            String what = name + " with " + tier + " " + granted + ": " + response.body();
            if (tier == KeyTier.PUBLIC && !isPublic(name)) {
                assertThat(response.statusCode()).as(what).isEqualTo(403);
                assertThat(json(response).path("code").asText()).as(what).isEqualTo("KEY_TYPE_NOT_ALLOWED");
                assertThat(json(response).has("requiredScopes")).as(what).isFalse();
            } else if (!holds(tier, granted, scope(route))) {
                assertLacksScope(response, granted, scope(route), what);
            } else {
                assertThat(response.statusCode()).as(what).isNotIn(401, 403, 405, 500);
                // What the path names need not exist, but the endpoint does.
                assertThat(response.body()).as(what).doesNotContain("There is no such endpoint");
            }
        }));
    }

    private static void assertLacksScope(HttpResponse<String> response, String granted, Scope needed, String what) {
        assertThat(response.statusCode()).as(what).isEqualTo(403);
        JsonNode body = json(response);
        assertThat(body.path("code").asText()).as(what).isEqualTo("SCOPE_MISMATCH");
        assertThat(body.path("requiredScopes")).as(what).hasSize(1);
        assertThat(body.path("requiredScopes").get(0).asText()).as(what).isEqualTo(needed.name());
        assertThat(body.path("scopes")).as(what).hasSize(1);
        assertThat(body.path("scopes").get(0).asText()).as(what).isEqualTo(granted);
        assertThat(response.headers().firstValue("WWW-Authenticate"))
                .as(what)
                .hasValue("Bearer realm=\"quotient\", error=\"insufficient_scope\", scope=\"" + needed + "\"");
    }

    @ParameterizedTest
    @MethodSource("routes")
    void routeRefusesAQueryParameterThatItDoesNotHave(String name) {
        Route route = route(name);
        HttpResponse<String> response = call(route, concrete(route.path()) + "?unheardOf=1", secret());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("code").asText()).isEqualTo("INVALID_REQUEST");
        assertThat(json(response).path("issues").findValuesAsText("path")).containsExactly("unheardOf");
        assertThat(call(route, concrete(route.path()) + "?unheardOf=1", null).statusCode())
                .isEqualTo(401);
    }

    @ParameterizedTest
    @MethodSource("paths")
    void otherMethodsAreRefusedWithTheList(String path) {
        Set<String> allowed = allowed(path);
        for (String method : List.of("GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW")) {
            if (!allowed.contains(method)) {
                HttpResponse<String> response = server.send(method, concrete(path), secret(), null);
                assertThat(response.statusCode()).as(method + " " + path).isEqualTo(405);
                assertThat(json(response).path("code").asText()).isEqualTo("METHOD_NOT_ALLOWED");
                assertThat(list(response, "Allow")).isEqualTo(allowed);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("paths")
    void optionsWithoutPreflightTellTheMethods(String path) {
        HttpResponse<String> response = server.send("OPTIONS", concrete(path), null, null);

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(list(response, "Allow")).isEqualTo(allowed(path));
        assertThat(response.headers().firstValue("X-Request-Id")).isPresent();
        assertThat(response.headers().firstValue("Vary")).hasValue("Origin");
    }

    @ParameterizedTest
    @MethodSource("paths")
    void headIsGetWithoutBody(String path) {
        if (!allowed(path).contains("GET")) {
            return;
        }
        String authorization = "Authorization: Bearer " + secret();
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("HEAD", concrete(path), authorization));
            RawClient.Response head = client.readWithoutBody();
            // What is read next would be the rest of the body, if one had been sent.
            client.send(RawClient.head("GET", concrete(path), authorization));
            RawClient.Response get = client.read();

            assertThat(head.status()).isEqualTo(get.status());
            assertThat(head.header("content-type")).isEqualTo(get.header("content-type"));
            assertThat(head.header("content-length")).isEqualTo(get.header("content-length"));
            boolean kept = path.startsWith("/blog") && head.status() == 200;
            assertThat(head.header("cache-control")).isEqualTo(kept ? "private, no-cache" : "no-store");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/api/v0",
                "/api/v0/",
                "/api/v0/whoami/",
                "/api/v0//whoami",
                "//api/v0/whoami",
                "/api/v0/./whoami",
                "/api/v0/x/../whoami",
                "/API/V0/WHOAMI",
                "/api/v0/who%61mi",
                "/api/v0/nothing",
                "/api/v1/whoami",
                "/whoami",
                "/"
            })
    void otherPathsAreNotFoundAndNeverRedirected(String path) {
        try (RawClient client = RawClient.to(server)) {
            for (String method : List.of("GET", "POST", "OPTIONS", "BREW")) {
                client.send(RawClient.head(method, path, "Authorization: Bearer " + secret()));
                RawClient.Response response = client.read();
                assertThat(response.status()).as(method).isEqualTo(404);
                assertThat(response.header("location")).isEmpty();
                assertThat(response.header("vary")).isEqualTo("Origin");
                assertThat(response.header("x-request-id")).isNotEmpty();
                assertThat(response.header("content-type")).isEqualTo("application/problem+json");
                assertThat(response.body()).contains("\"NOT_FOUND\"");
            }
        }
    }

    @Test
    void absoluteFormIsUnderstood() {
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("GET", "http://localhost/api/v0/whoami", "Authorization: Bearer " + secret()));

            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    private static HttpResponse<String> call(Route route, String key) {
        return call(route, concrete(route.path()), key);
    }

    private static HttpResponse<String> call(Route route, String target, String key) {
        boolean hasBody = !route.method().equals(HttpMethod.GET);
        return server.send(route.method().name(), target, key, hasBody ? "{}" : null);
    }

    private static Route route(String name) {
        return server.server().routes().all().stream()
                .filter(route -> name.equals(route.method() + " " + route.path()))
                .findFirst()
                .orElseThrow();
    }

    private static String concrete(String path) {
        return Routes.PREFIX + path.replaceAll("\\{[^}]*}", "x");
    }

    private static String secret() {
        return KEYS.get(KeyTier.SECRET).get(Scope.ALL);
    }

    private static boolean isPublic(String name) {
        return PUBLIC.stream()
                .anyMatch(allowed -> allowed.endsWith("*")
                        ? name.startsWith(allowed.substring(0, allowed.length() - 1))
                        : name.equals(allowed));
    }

    private static boolean holds(KeyTier tier, String granted, Scope needed) {
        return needed == null
                || granted.equals(needed.name())
                || granted.equals(Scope.ALL) && Scope.of(tier).contains(needed);
    }

    /** The scope by the contract; a path that it does not know fails the test, so that none goes without. */
    private static Scope scope(Route route) {
        boolean reads = route.method().equals(HttpMethod.GET);
        return switch (route.path().split("/")[1]) {
            case "whoami" -> null;
            case "analytics" -> reads ? Scope.ANALYTICS_READ : Scope.ANALYTICS_WRITE;
            case "people", "audience" -> reads ? Scope.AUDIENCE_READ : Scope.AUDIENCE_WRITE;
            case "blog" -> reads ? Scope.BLOG_READ : Scope.BLOG_WRITE;
            case "flow" -> Scope.FLOW_TRIGGER;
            case "memory" -> reads || route.path().equals("/memory/search") ? Scope.MEMORY_READ : Scope.MEMORY_WRITE;
            default -> throw new AssertionError("Which scope does " + route.path() + " need?");
        };
    }

    private static Set<String> allowed(String path) {
        Set<String> methods = server.server().routes().all().stream()
                .filter(route -> route.path().equals(path))
                .map(route -> route.method().name())
                .collect(Collectors.toCollection(TreeSet::new));
        if (methods.contains("GET")) {
            methods.add("HEAD");
        }
        methods.add("OPTIONS");
        return methods;
    }

    private static Set<String> list(HttpResponse<String> response, String header) {
        return new TreeSet<>(
                Arrays.asList(response.headers().firstValue(header).orElse("").split(", ")));
    }
}
