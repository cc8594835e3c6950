package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.db.DatabaseUrl;
import com.quotient.keys.KeyTier;
import com.quotient.keys.RateLimit;
import com.quotient.testing.FaultProxy;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What browsers ask of every answer: the contract's section on CORS, and the headers of section 1. */
class CorsTest {
    private static final String WHOAMI = "/api/v0/whoami";
    private static final String TRACK = "/api/v0/analytics";
    private static final String ORIGIN = "https://shop.example";

    private static final String ALWAYS_ALLOWED =
            "authorization,content-type,content-encoding,x-request-id,idempotency-key,if-none-match,if-match";

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;
    private static String business;
    private static String key;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
        business = keys.business();
        key = keys.publicKey(business);
    }

    @ParameterizedTest
    @ValueSource(strings = {WHOAMI, TRACK, "/api/v0/analytics/events", "/api/v0/not/there"})
    void preflightIsAnsweredWithoutKeyOnEveryPath(String path) {
        HttpResponse<String> response = preflight(path, ORIGIN);

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(response.body()).isEmpty();
        assertHeader(response, "Access-Control-Allow-Origin", ORIGIN);
        assertHeader(response, "Access-Control-Allow-Methods", "GET,POST,PUT,PATCH,DELETE,OPTIONS");
        assertHeader(response, "Access-Control-Allow-Headers", ALWAYS_ALLOWED);
        assertHeader(response, "Access-Control-Max-Age", "7200");
        assertHeader(response, "Vary", "Origin");
        assertThat(response.headers().firstValue("X-Request-Id")).isPresent();
        assertThat(response.headers().firstValue("Access-Control-Allow-Credentials"))
                .isEmpty();
    }

    static Stream<Arguments> asked() {
        return Stream.of(
                Arguments.of("traceparent, Baggage,sentry-trace", ",traceparent,baggage,sentry-trace"),
                Arguments.of("authorization,content-type,traceparent", ",traceparent"),
                Arguments.of("", ""),
                Arguments.of("*", ""),
                Arguments.of("x y,x:y,x\u00e4,\"x\",(x),ok", ",ok"),
                Arguments.of("a,,a, ,a", ",a"),
                Arguments.of("x".repeat(1025), ""),
                Arguments.of(
                        String.join(
                                ",",
                                IntStream.range(0, 60).mapToObj(i -> "x" + i).toList()),
                        IntStream.range(0, 40).mapToObj(i -> ",x" + i).collect(Collectors.joining())));
    }

    @ParameterizedTest
    @MethodSource("asked")
    void preflightAllowsTheHeadersItAsksFor(String asked, String allowed) {
        try (RawClient client = RawClient.to(server)) {
            RawClient.Response response = client.send(RawClient.head(
                            "OPTIONS",
                            TRACK,
                            "Origin: " + ORIGIN,
                            "Access-Control-Request-Method: POST",
                            "Access-Control-Request-Headers: " + asked))
                    .read();

            assertThat(response.status()).isEqualTo(204);
            assertThat(response.header("access-control-allow-headers")).isEqualTo(ALWAYS_ALLOWED + allowed);
            assertThat(response.header("access-control-allow-credentials")).isEmpty();
        }
    }

    @Test
    void preflightIsNeverAuthenticated() {
        HttpResponse<String> response = server.send(
                "OPTIONS", WHOAMI, "no key at all", null, "Origin", "null", "Access-Control-Request-Method", "PUT");

        assertThat(response.statusCode()).isEqualTo(204);
        assertHeader(response, "Access-Control-Allow-Origin", "null");
    }

    /** Every kind of answer: its status, and the request that gets it. */
    static Stream<Arguments> answers() {
        String limited = keys.issue(business, KeyTier.PUBLIC, spec -> spec.withRateLimit(new RateLimit(1, 3600)))
                .key();
        server.get(WHOAMI, limited);
        return Stream.of(
                Arguments.of(200, "GET", WHOAMI, key, null, "application/json"),
                Arguments.of(400, "POST", TRACK, key, "{", "application/json"),
                Arguments.of(401, "GET", WHOAMI, null, null, "application/json"),
                Arguments.of(403, "GET", TRACK + "/events", key, null, "application/json"),
                Arguments.of(404, "GET", "/api/v0/nothing", key, null, "application/json"),
                Arguments.of(404, "GET", "/nothing", key, null, "application/json"),
                Arguments.of(405, "PUT", WHOAMI, key, "{}", "application/json"),
                Arguments.of(413, "POST", TRACK, key, " ".repeat(600_000), "application/json"),
                Arguments.of(415, "POST", TRACK, key, "{}", "text/html"),
                Arguments.of(429, "GET", WHOAMI, limited, null, "application/json"));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("answers")
    void everyAnswerCanBeReadByThePage(
            int status, String method, String path, String with, String body, String contentType) {
        HttpResponse<String> response = server.send(
                method, path, with, body, "Origin", ORIGIN, "Content-Type", contentType, "X-Request-Id", "req-1.A_b~");

        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertHeader(response, "X-Request-Id", "req-1.A_b~");
        assertThat(response.headers().allValues("Vary")).containsExactly("Origin");
        assertThat(response.headers().firstValue("Location")).isEmpty();
        if (path.startsWith(Routes.PREFIX)) {
            assertReadable(response);
            assertHeader(response, "Cache-Control", "no-store");
        }
        assertHeader(response, "Content-Type", status == 200 ? "application/json" : "application/problem+json");
        if (status >= 400) {
            assertThat(TestServer.json(response).path("status").asInt()).isEqualTo(status);
            assertThat(TestServer.json(response).path("type").asText()).startsWith("/problems/");
            assertThat(TestServer.json(response).path("title").asText()).isNotBlank();
            assertThat(TestServer.json(response).path("detail").asText()).isNotBlank();
            assertThat(TestServer.json(response).path("code").asText()).matches("[A-Z_]+");
        }
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("answers")
    void answersWithoutOriginNameNone(
            int status, String method, String path, String with, String body, String contentType) {
        HttpResponse<String> response = server.send(method, path, with, body, "Content-Type", contentType);

        assertThat(response.statusCode()).isEqualTo(status);
        assertThat(response.headers().map().keySet()).noneMatch(name -> name.startsWith("access-control"));
        assertHeader(response, "Vary", "Origin");
        assertThat(response.headers().firstValue("X-Request-Id")).isPresent();
    }

    @Test
    void answerWithoutDatabaseCanBeReadByThePage() {
        String url = TestServer.migratedDatabase();
        try (FaultProxy proxy = new FaultProxy(url)) {
            TestServer cutOff = TestServer.on(proxy.url(DatabaseUrl.parse(url).database()), "ingest.maxWait", "100ms");
            try {
                TestKeys itsKeys = new TestKeys(cutOff);
                String itsKey = itsKeys.publicKey(itsKeys.business());
                proxy.cut();
                HttpResponse<String> response = cutOff.post(TRACK, itsKey, "{\"eventType\":\"x\"}", "Origin", ORIGIN);

                assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
                assertReadable(response);
                assertThat(response.headers().firstValueAsLong("Retry-After").orElse(0))
                        .isPositive();
                assertHeader(response, "Vary", "Origin");
            } finally {
                cutOff.close();
            }
        }
    }

    @Test
    void whatIsNotHttpIsAnsweredWithTheSameHeaders() {
        try (RawClient client = RawClient.to(server)) {
            RawClient.Response response = client.send(
                            RawClient.head("GET", WHOAMI, "Origin: " + ORIGIN, "X-Request-Id: mine", "Bad Name: 1"))
                    .read();

            assertThat(response.status()).isEqualTo(400);
            assertThat(response.header("access-control-allow-origin")).isEqualTo(ORIGIN);
            assertThat(response.header("vary")).isEqualTo("Origin");
            assertThat(response.header("x-request-id")).isEqualTo("mine");
            assertThat(response.header("cache-control")).isEqualTo("no-store");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "0af7651916cd43dd8448eb211c80319c", "a:b/c=d+e", "req-~!#"})
    void saneRequestIdIsEchoed(String id) {
        assertHeader(server.get(WHOAMI, key, "X-Request-Id", id), "X-Request-Id", id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "two words",
                "quo\"te",
                "back\\slash",
                "\u00e9",
                "",
                "pk_0123456789012345678901234567890123456789",
                "x-sk_0123456789012345678901234567890123456789"
            })
    void otherRequestIdIsReplaced(String id) {
        try (RawClient client = RawClient.to(server)) {
            RawClient.Response response = client.send(RawClient.head("GET", WHOAMI, "X-Request-Id: " + id))
                    .read();

            assertThat(response.header("x-request-id")).isNotEqualTo(id).matches("[A-Za-z0-9]{17}");
        }
    }

    @Test
    void overlongRequestIdIsReplacedAndNewOnesDiffer() {
        String id = "x".repeat(129);
        List<String> given = Stream.of(1, 2, 3)
                .map(i -> server.get(WHOAMI, key, "X-Request-Id", id)
                        .headers()
                        .firstValue("X-Request-Id")
                        .orElseThrow())
                .distinct()
                .toList();

        assertThat(given).hasSize(3).doesNotContain(id);
    }

    private static void assertReadable(HttpResponse<String> response) {
        assertHeader(response, "Access-Control-Allow-Origin", ORIGIN);
        assertHeader(
                response,
                "Access-Control-Expose-Headers",
                "X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, ETag, Idempotency-Replayed");
        assertThat(response.headers().firstValue("Access-Control-Allow-Credentials"))
                .isEmpty();
    }

    private static HttpResponse<String> preflight(String path, String origin) {
        return server.send(
                "OPTIONS",
                path,
                null,
                null,
                "Origin",
                origin,
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization,content-type");
    }

    private static void assertHeader(HttpResponse<String> response, String name, String value) {
        assertThat(response.headers().allValues(name)).as(name).containsExactly(value);
    }
}
