package com.quotient.whoami;

import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.keys.KeyTier;
import com.quotient.keys.RateLimit;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WhoamiTest {
    private static final String WHOAMI = "/api/v0/whoami";

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;
    private static String business;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
        business = keys.business();
    }

    @Test
    void secretKeyLearnsWhatItIs() {
        var issued = keys.issue(business, KeyTier.SECRET, spec -> spec.withScopes(List.of("ANALYTICS_READ")));

        HttpResponse<String> response = server.get(WHOAMI, issued.key());

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode body = json(response);
        assertThat(body.path("businessId").asText()).isEqualTo(business);
        assertThat(body.path("keyType").asText()).isEqualTo("private");
        assertThat(body.path("scopes")).hasSize(1);
        assertThat(body.path("keyId").asText()).isEqualTo(issued.details().id());
        assertThat(body.path("keyName").asText()).isEqualTo("test");
        assertThat(body.path("businessName").asText()).isEqualTo("Test " + business);
        assertThat(body.path("expiresAt").isNull()).isTrue();
        assertThat(body.has("origin")).isFalse();
        assertThat(body.path("rateLimit").isNull()).isTrue();
        assertThat(body.path("serverTime").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    }

    @Test
    void publicKeyLearnsWhichRuleMatchedItsOrigin() {
        String key = keys.publicKey(business, "example.com");

        HttpResponse<String> response = server.get(WHOAMI, key, "Origin", "https://app.example.com");

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode body = json(response);
        assertThat(body.path("keyType").asText()).isEqualTo("public");
        assertThat(body.path("scopes").get(0).asText()).isEqualTo("ALL");
        assertThat(body.path("effectiveScopes")).hasSize(4);
        assertThat(body.path("origin").path("value").asText()).isEqualTo("https://app.example.com");
        assertThat(body.path("origin").path("allowed").asBoolean()).isTrue();
        assertThat(body.path("origin").path("matchedRule").asText()).isEqualTo("example.com");
        assertThat(response.headers().firstValue("Access-Control-Allow-Origin")).hasValue("https://app.example.com");
        assertThat(response.headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(response.headers().firstValue("Vary")).hasValue("Origin");
        assertThat(response.headers().firstValue("X-Request-Id")).isPresent();
    }

    @Test
    void rateLimitIsReportedAndEnforced() {
        String key = keys.issue(business, KeyTier.SECRET, spec -> spec.withRateLimit(new RateLimit(3, 60)))
                .key();

        HttpResponse<String> first = server.get(WHOAMI, key);
        assertThat(first.statusCode()).isEqualTo(200);
        assertThat(json(first).path("rateLimit").path("limit").asInt()).isEqualTo(3);
        assertThat(json(first).path("rateLimit").path("remaining").asInt()).isEqualTo(2);
        assertThat(first.headers().firstValue("RateLimit"))
                .hasValueSatisfying(v -> assertThat(v).startsWith("\"default\";r=2;t="));
        assertThat(first.headers().firstValue("RateLimit-Policy")).hasValue("\"default\";q=3;w=60");
        server.get(WHOAMI, key);
        server.get(WHOAMI, key);

        HttpResponse<String> fourth = server.get(WHOAMI, key);

        assertThat(fourth.statusCode()).isEqualTo(429);
        assertThat(json(fourth).path("code").asText()).isEqualTo("RATE_LIMITED");
        assertThat(fourth.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 20L);
    }
}
