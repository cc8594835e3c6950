package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SdkPagesTest {
    private static final String SCRIPT = "/sdk/quotient.browser.js";
    private static final String EVENT = "{\"eventType\":\"aliased\"}";

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    @BeforeAll
    static void start() {
        server = TestServer.start("http.scriptAlias", "/q.js", "http.ingestAlias", "/e");
        keys = new TestKeys(server);
    }

    @ParameterizedTest
    @ValueSource(strings = {SCRIPT, "/q.js"})
    void pagesOfEveryOriginMayLoadTheScript(String path) {
        HttpResponse<String> response = server.get(path, null, "Origin", "https://shop.example");

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Content-Type")).isEqualTo("text/javascript; charset=utf-8");
        assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(header(response, "Cross-Origin-Resource-Policy")).isEqualTo("cross-origin");
        assertThat(header(response, "Cache-Control")).isEqualTo("public, max-age=300");
        assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(response.body()).contains("QuotientClient");
    }

    @Test
    void cachedScriptIsNotSentAgain() {
        String tag = header(server.get(SCRIPT, null), "ETag");

        HttpResponse<String> same = server.get(SCRIPT, null, "If-None-Match", tag);

        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
    }

    @Test
    void pathWithTheDigestMayBeKeptForEver() {
        String path = header(server.get(SCRIPT, null), "Content-Location");

        HttpResponse<String> response = server.get(path, null);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(header(response, "Cache-Control")).contains("immutable");
        assertThat(response.body()).isEqualTo(server.get(SCRIPT, null).body());
        assertThat(server.get("/sdk/0123456789abcdef/quotient.browser.js", null).statusCode())
                .isEqualTo(404);
    }

    @Test
    void aliasTakesEventsUnderTheRulesOfTheApi() {
        String business = keys.business();
        String key = keys.publicKey(business, "shop.example");

        HttpResponse<String> stored = server.post("/e", key, EVENT, "Origin", "https://shop.example");
        HttpResponse<String> refused = server.post("/e", key, EVENT, "Origin", "https://other.example");
        HttpResponse<String> unknown = server.post("/e", null, EVENT);

        assertThat(stored.statusCode()).isEqualTo(200);
        assertThat(header(stored, "Access-Control-Allow-Origin")).isEqualTo("https://shop.example");
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(unknown.statusCode()).isEqualTo(401);
        assertThat(TestServer.json(server.get("/api/v0/analytics/events", keys.secret(business)))
                        .path("events")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void preflightOfTheAliasIsAnswered() {
        HttpResponse<String> response = server.send(
                "OPTIONS",
                "/e",
                null,
                null,
                "Origin",
                "https://shop.example",
                "Access-Control-Request-Method",
                "POST",
                "Access-Control-Request-Headers",
                "authorization,content-type");

        assertThat(response.statusCode()).isEqualTo(204);
        assertThat(header(response, "Access-Control-Allow-Origin")).isEqualTo("https://shop.example");
    }

    @Test
    void withoutTheSettingsTheAliasesLeadNowhere() {
        try (TestServer plain = TestServer.on(server.databaseUrl())) {
            assertThat(plain.get("/q.js", null).statusCode()).isEqualTo(404);
            assertThat(plain.post("/e", null, EVENT).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void lossesThatSendersReportAreCounted() {
        String key = keys.issue(keys.business(), KeyTier.PUBLIC).key();
        String name = "quotient_sdk_events_dropped_total{reason=\"quota\"}";
        double before = server.metric(name);

        server.post("/api/v0/analytics", key, "{\"batch\":[" + EVENT + "],\"dropped\":{\"quota\":3}}");

        assertThat(server.metric(name)).isEqualTo(before + 3);
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
