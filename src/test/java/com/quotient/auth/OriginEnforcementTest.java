package com.quotient.auth;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyAdmin.Issued;
import com.quotient.keys.KeyTier;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a key may be used from: origins for public keys, networks for secret ones, and never a browser for these. */
class OriginEnforcementTest {
    private static final String WHOAMI = "/api/v0/whoami";
    private static final String TRACK = "/api/v0/analytics";
    private static final String[] QUICK_USAGE = {"usage.handOverInterval", "20ms", "usage.flushInterval", "20ms"};

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;
    private static String business;
    private static String bound;

    @BeforeAll
    static void start() {
        server = TestServer.start(QUICK_USAGE);
        keys = new TestKeys(server);
        business = keys.business();
        bound = keys.publicKey(business, "example.com", "https://only.example.net", "localhost:3000");
    }

    @ParameterizedTest
    @CsvSource({
        "https://example.com,example.com",
        "http://a.b.example.com,example.com",
        "https://only.example.net,https://only.example.net",
        "http://localhost:3000,localhost:3000"
    })
    void allowedOriginPassesAndItsRuleIsReported(String origin, String rule) {
        HttpResponse<String> response = server.get(WHOAMI, bound, "Origin", origin);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).path("origin").path("matchedRule").asText()).isEqualTo(rule);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evilexample.com",
                "https://example.com.evil.com",
                "https://example.com:8443",
                "https://example.com/",
                "https://example.com@evil.com",
                "https://a.only.example.net",
                "http://only.example.net",
                "http://localhost",
                "http://localhost:3001",
                "null",
                "*",
                "example.com",
                "https://example.com https://evil.com",
                "file://"
            })
    void otherOriginIsRefusedBeforeAnythingHappens(String origin) {
        HttpResponse<String> response = server.post(TRACK, bound, "{\"eventType\":\"refused\"}", "Origin", origin);

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(json(response).path("code").asText()).isEqualTo("ORIGIN_NOT_ALLOWED");
        assertThat(json(response).path("origin").asText()).isEqualTo(origin);
        assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).hasValue(origin);
        assertThat(TestPostgres.query(server.databaseUrl(), "SELECT 1 FROM event WHERE event_type = 'refused'"))
                .isEmpty();
    }

    @Test
    void missingOriginIsRefusedUnlessTheKeyAllowsIt() {
        HttpResponse<String> refused = server.get(WHOAMI, bound);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(json(refused).path("code").asText()).isEqualTo("ORIGIN_REQUIRED");
        assertThat(json(refused).has("origin")).isFalse();

        String lenient = keys.issue(business, KeyTier.PUBLIC, spec -> spec.withAllowedOrigins(List.of("example.com"))
                        .withAllowMissingOrigin(true))
                .key();
        assertThat(server.get(WHOAMI, lenient).statusCode()).isEqualTo(200);
        assertThat(server.get(WHOAMI, lenient, "Origin", "null").statusCode()).isEqualTo(403);
        assertThat(server.get(WHOAMI, lenient, "Origin", "https://evil.com").statusCode())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Origin: https://example.com\r\nOrigin: https://example.com",
                "Origin: https://example.com\r\nOrigin: https://evil.com",
                "Origin: https://evil.com\r\norigin: https://example.com",
                "Origin: https://example.com, https://example.com",
                "Origin: https://example.com\u00a0",
                "Origin: https://exam\tple.com",
                "Origin: "
            })
    void severalOrBrokenOriginsAreRefused(String headers) {
        RawClient.Response response = raw(bound, headers);

        assertThat(response.status()).isEqualTo(403);
        assertThat(response.body()).contains("ORIGIN_NOT_ALLOWED");
        assertThat(response.all("access-control-allow-origin")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Nothing: 1",
                "Origin: null",
                "Origin: https://anything.example",
                "Origin: not an origin",
                "Origin: https://a.example\r\nOrigin: https://b.example"
            })
    void starAndEmptyListAllowAnything(String headers) {
        assertThat(raw(keys.publicKey(business, "*"), headers).status()).isEqualTo(200);
        assertThat(raw(keys.publicKey(business), headers).status()).isEqualTo(200);
    }

    @Test
    void originsOfOneKeyDoNotOpenAnother() {
        String other = keys.publicKey(business, "other.example");

        for (int i = 0; i < 3; i++) {
            assertThat(server.get(WHOAMI, bound, "Origin", "https://example.com")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(server.get(WHOAMI, other, "Origin", "https://example.com")
                            .statusCode())
                    .isEqualTo(403);
            assertThat(server.get(WHOAMI, bound, "Origin", "https://other.example")
                            .statusCode())
                    .isEqualTo(403);
        }
    }

    @Test
    void changedOriginsApplyAtOnce() {
        Issued issued =
                keys.issue(business, KeyTier.PUBLIC, spec -> spec.withAllowedOrigins(List.of("https://one.example")));
        assertThat(server.get(WHOAMI, issued.key(), "Origin", "https://one.example")
                        .statusCode())
                .isEqualTo(200);

        keys.awaitEverywhere(TestServer.await(keys.admin()
                        .update(
                                business,
                                issued.details().id(),
                                spec -> spec.withAllowedOrigins(List.of("https://two.example")),
                                TestKeys.ACTOR))
                .version());

        assertThat(server.get(WHOAMI, issued.key(), "Origin", "https://one.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(server.get(WHOAMI, issued.key(), "Origin", "https://two.example")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"Origin,https://shop.example", "Origin,null", "Sec-Fetch-Site,cross-site", "Sec-Fetch-Site,none"})
    void secretKeyFromBrowserIsRefusedCountedAndAudited(String header, String value) {
        Issued issued = keys.issue(business, KeyTier.SECRET);
        String counter = "quotient_key_validations_total{outcome=\"browser\",tier=\"private\"}";
        double before = server.metric(counter);

        HttpResponse<String> response = server.get(WHOAMI, issued.key(), header, value);

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(json(response).path("code").asText()).isEqualTo("SECRET_KEY_IN_BROWSER");
        assertThat(server.metric(counter)).isEqualTo(before + 1);
        assertAudited(issued, "127.0.0.1", header.equals("Origin") ? value : null);
    }

    @Test
    void warningLetsSecretKeysFromBrowsersPassAndAuditsThem() {
        TestServer lenient = TestServer.on(
                server.databaseUrl(),
                "auth.secretKeyInBrowser",
                "warn",
                QUICK_USAGE[0],
                QUICK_USAGE[1],
                QUICK_USAGE[2],
                QUICK_USAGE[3]);
        try {
            Issued issued = keys.issue(business, KeyTier.SECRET);

            assertThat(lenient.get(WHOAMI, issued.key(), "Origin", "https://shop.example")
                            .statusCode())
                    .isEqualTo(200);
            assertAudited(issued, "127.0.0.1", "https://shop.example");
        } finally {
            lenient.close();
        }
    }

    @Test
    void secretKeyInBodyIsRefusedAndAudited() {
        Issued issued = keys.issue(business, KeyTier.SECRET);

        HttpResponse<String> response = server.post(
                TRACK,
                null,
                "{\"eventType\":\"pageView\",\"apiKey\":\"" + issued.key() + "\"}",
                "Content-Type",
                "text/plain",
                "Origin",
                "https://shop.example");

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(json(response).path("code").asText()).isEqualTo("SECRET_KEY_IN_BROWSER");
        assertAudited(issued, "127.0.0.1", "https://shop.example");
    }

    /** Only pages need this form, so a private key in it is one that a page holds, whatever the headers say. */
    @Test
    void secretKeyInBodyIsRefusedAlsoWithoutAnOrigin() {
        HttpResponse<String> response = server.post(
                TRACK,
                null,
                "{\"eventType\":\"pageView\",\"apiKey\":\"" + keys.secret(business) + "\"}",
                "Content-Type",
                "text/plain");

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(json(response).path("code").asText()).isEqualTo("SECRET_KEY_IN_BROWSER");
    }

    @Test
    void publicKeyInBodyIsBoundToItsOriginsToo() {
        String body = "{\"eventType\":\"pageView\",\"apiKey\":\"" + bound + "\"}";

        HttpResponse<String> allowed =
                server.post(TRACK, null, body, "Content-Type", "text/plain", "Origin", "https://example.com");
        HttpResponse<String> refused = server.post(
                TRACK, null, body, "Content-Type", "text/plain;charset=UTF-8", "Origin", "https://evil.com");

        assertThat(allowed.statusCode()).as(allowed.body()).isEqualTo(200);
        assertThat(refused.statusCode()).isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"eventType\":\"pageView\"}",
                "{\"eventType\":\"pageView\",\"apiKey\":7}",
                "{\"eventType\":\"pageView\",\"apiKey\":\"\"}",
                "{\"eventType\":\"pageView\",\"apiKey\":\"pk_0123456789012345678901234567890123456789\"}",
                "{\"batch\":[{\"eventType\":\"pageView\",\"apiKey\":\"KEY\"}]}"
            })
    void bodyWithoutUsableKeyIsUnauthorized(String body) {
        HttpResponse<String> response =
                server.post(TRACK, null, body.replace("KEY", bound), "Content-Type", "text/plain");

        assertThat(response.statusCode()).isEqualTo(401);
    }

    @Test
    void keyInBodyIsNotReadWhereAHeaderIsSent() {
        HttpResponse<String> response = server.post(
                TRACK,
                keys.secret(business),
                "{\"eventType\":\"pageView\",\"apiKey\":\"" + bound + "\"}",
                "Content-Type",
                "text/plain",
                "Origin",
                "https://example.com");

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(json(response).path("code").asText()).isEqualTo("SECRET_KEY_IN_BROWSER");
    }

    @ParameterizedTest
    @CsvSource({"127.0.0.1,200", "127.0.0.0/8,200", "0.0.0.0/0,200", "10.0.0.0/8,403", "::1,403"})
    void secretKeyIsBoundToItsNetworks(String network, int status) {
        String key = bindTo(network);

        HttpResponse<String> response = server.get(WHOAMI, key);

        assertThat(response.statusCode()).isEqualTo(status);
        if (status == 403) {
            assertThat(json(response).path("code").asText()).isEqualTo("IP_NOT_ALLOWED");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Forwarded-For: 10.1.1.1",
                "X-Forwarded-For: 10.1.1.1, 127.0.0.1",
                "X-Forwarded-For: 127.0.0.1, 10.1.1.1",
                "X-Real-IP: 10.1.1.1",
                "Forwarded: for=10.1.1.1",
                "X-Forwarded-For: 10.1.1.1\r\nX-Forwarded-For: 10.1.1.1"
            })
    void forwardedAddressIsNotBelievedWithoutTrustedProxies(String headers) {
        assertThat(raw(bindTo("10.0.0.0/8"), headers).status()).isEqualTo(403);
    }

    @Test
    void addressIsCountedFromTheRightBehindTrustedProxies() {
        String key = bindTo("10.0.0.0/8");
        TestServer behind = TestServer.on(server.databaseUrl(), "http.trustedProxies", "2");
        try {
            assertThat(forwarded(behind, key, "10.1.1.1, 192.0.2.1")).isEqualTo(200);
            assertThat(forwarded(behind, key, "6.6.6.6, 10.1.1.1, 192.0.2.1")).isEqualTo(200);
            assertThat(forwarded(behind, key, "10.1.1.1, 6.6.6.6, 192.0.2.1")).isEqualTo(403);
            assertThat(forwarded(behind, key, "10.1.1.1"))
                    .as("fewer than the proxies add")
                    .isEqualTo(403);
            assertThat(forwarded(behind, key, "10.1.1.1, nonsense, 192.0.2.1")).isEqualTo(403);
        } finally {
            behind.close();
        }
    }

    private static int forwarded(TestServer to, String key, String addresses) {
        return to.get(WHOAMI, key, "X-Forwarded-For", addresses).statusCode();
    }

    private static String bindTo(String network) {
        return keys.issue(business, KeyTier.SECRET, spec -> spec.withAllowedIps(List.of(network)))
                .key();
    }

    private static void assertAudited(Issued issued, String address, String origin) {
        String sql = "SELECT source, after ->> 'origin', (after ->> 'count')::int FROM key_audit"
                + " WHERE action = 'secret_key_in_browser' AND key_id = '"
                + issued.details().id() + "'";
        List<List<Object>> rows = eventually(
                Duration.ofSeconds(60), () -> TestPostgres.query(server.databaseUrl(), sql), found -> !found.isEmpty());
        assertThat(rows).singleElement().satisfies(row -> assertThat(row).containsExactly(address, origin, 1));
    }

    private static RawClient.Response raw(String key, String headers) {
        try (RawClient client = RawClient.to(server)) {
            return client.send(RawClient.head("GET", WHOAMI, "Authorization: Bearer " + key, headers))
                    .read();
        }
    }
}
