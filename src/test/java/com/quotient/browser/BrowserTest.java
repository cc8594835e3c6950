package com.quotient.browser;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.gson.JsonObject;
import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.quotient.keys.KeyTier;
import com.quotient.keys.RateLimit;
import com.quotient.testing.NeedsChromium;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pages in Chromium, on origins of their own, call the API. */
@ExtendWith(NeedsChromium.class)
class BrowserTest {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    static final LaunchOptions LAUNCH = new LaunchOptions()
            .setExecutablePath(CHROMIUM)
            .setArgs(List.of(
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-background-networking",
                    "--disable-component-update",
                    "--disable-sync",
                    "--no-first-run",
                    "--disable-quic"));
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Calls the API from the page; answers all that a page may know of the response. */
    private static final String FETCH = """
            async ({url, method, headers, body, keepalive}) => {
                try {
                    const response = await fetch(url, {method, headers, body, keepalive});
                    return JSON.stringify({
                        status: response.status,
                        headers: Object.fromEntries(response.headers),
                        body: JSON.parse(await response.text())
                    });
                } catch (e) {
                    return JSON.stringify({unreadable: String(e)});
                }
            }""";

    private static PageServer site;
    private static TestServer server;
    private static TestKeys keys;
    private static String business;
    private static Playwright playwright;
    private static Browser browser;

    private BrowserContext context;
    private Page page;
    private double preflightsBefore;

    @BeforeAll
    static void start() {
        playwright = Playwright.create();
        browser = playwright.chromium().launch(LAUNCH);
        site = new PageServer();
        server = TestServer.start();
        keys = new TestKeys(server);
        business = keys.business();
    }

    @AfterAll
    static void stop() {
        playwright.close();
        site.close();
        server.close();
    }

    @BeforeEach
    void openBrowser() {
        context = browser.newContext();
        page = context.newPage();
        preflightsBefore = preflightsAnswered();
    }

    @AfterEach
    void closeBrowser() {
        context.close();
    }

    @Test
    void pageOnAnAllowedOriginTracksEventsAfterOnePreflight() {
        String key = keys.publicKey(business, site.localhost());
        String messageId = UUID.randomUUID().toString();
        page.navigate(site.localhost());
        List<String> preflightsSeen = recordPreflights();

        JsonNode response = track(key, event(messageId));

        assertThat(response.path("status").asInt()).as("%s", response).isEqualTo(200);
        assertThat(response.path("body").path("success").asBoolean()).isTrue();
        assertThat(stored(messageId))
                .containsExactly(List.of(response.path("body").path("eventId").asText(), site.localhost()));
        track(key, event(UUID.randomUUID().toString()));
        assertThat(preflightsSeen).as("asked once, and remembered").containsExactly("OPTIONS " + api("/analytics"));
        assertThat(preflights()).isEqualTo(1);
    }

    @Test
    void pageOnAnotherOriginCanReadWhyItIsRefused() {
        String key = keys.publicKey(business, site.localhost());
        String messageId = UUID.randomUUID().toString();
        page.navigate(site.address());

        JsonNode response = track(key, event(messageId));

        assertThat(response.path("status").asInt()).as("%s", response).isEqualTo(403);
        assertThat(response.path("headers").path("content-type").asText()).isEqualTo("application/problem+json");
        assertThat(response.path("body").path("code").asText()).isEqualTo("ORIGIN_NOT_ALLOWED");
        assertThat(response.path("body").path("origin").asText()).isEqualTo(site.address());
        assertThat(stored(messageId)).isEmpty();
    }

    @Test
    void beaconOfALeavingPageIsStoredWithoutPreflight() {
        String key = keys.publicKey(business, site.localhost());
        String messageId = UUID.randomUUID().toString();
        page.navigate(site.localhost());

        page.evaluate(
                "([url, body]) => addEventListener('pagehide', () => navigator.sendBeacon(url, body))",
                List.of(api("/analytics"), eventWithKey(key, messageId)));
        page.navigate("about:blank");

        eventually(SOON, () -> assertThat(stored(messageId)).hasSize(1));
        assertThat(preflights()).isZero();
    }

    @Test
    void keepaliveRequestWithTheKeyInItsBodyNeedsNoPreflight() {
        String key = keys.publicKey(business, site.localhost());
        String messageId = UUID.randomUUID().toString();
        page.navigate(site.localhost());

        JsonNode response = fetch("POST", "/analytics", Map.of(), eventWithKey(key, messageId), true);

        assertThat(response.path("status").asInt()).as("%s", response).isEqualTo(200);
        assertThat(stored(messageId)).hasSize(1);
        assertThat(preflights()).isZero();
    }

    @Test
    void secretKeyInAPageIsRefusedReadably() {
        String key = keys.secret(business, "ALL");
        String messageId = UUID.randomUUID().toString();
        page.navigate(site.localhost());

        JsonNode inHeader = track(key, event(messageId));
        JsonNode inBody = fetch("POST", "/analytics", Map.of(), eventWithKey(key, messageId), true);

        assertThat(List.of(inHeader, inBody)).allSatisfy(response -> {
            assertThat(response.path("status").asInt()).as("%s", response).isEqualTo(403);
            assertThat(response.path("body").path("code").asText()).isEqualTo("SECRET_KEY_IN_BROWSER");
        });
        assertThat(stored(messageId)).isEmpty();
    }

    @Test
    void pageCanReadHowMuchItMaySendAndWhenToTryAgain() {
        String key = keys.issue(business, KeyTier.PUBLIC, spec -> spec.withAllowedOrigins(List.of(site.localhost()))
                        .withRateLimit(new RateLimit(1, 60)))
                .key();
        page.navigate(site.localhost());

        JsonNode first = whoami(key);
        JsonNode second = whoami(key);

        assertThat(first.path("status").asInt()).as("%s", first).isEqualTo(200);
        assertThat(first.path("headers").path("ratelimit").asText()).startsWith("\"default\";r=0;t=");
        assertThat(first.path("headers").path("ratelimit-policy").asText()).isEqualTo("\"default\";q=1;w=60");
        assertThat(first.path("headers").path("x-request-id").asText()).isNotEmpty();
        assertThat(second.path("status").asInt()).as("%s", second).isEqualTo(429);
        assertThat(second.path("body").path("code").asText()).isEqualTo("RATE_LIMITED");
        assertThat(second.path("headers").path("retry-after").asInt()).isBetween(1, 60);
    }

    @ParameterizedTest
    @CsvSource({
        "POST, /analytics, 10, 400, INVALID_REQUEST",
        "GET, /nowhere, 0, 404, NOT_FOUND",
        "PATCH, /whoami, 10, 405, METHOD_NOT_ALLOWED",
        "POST, /analytics, 3000000, 413, PAYLOAD_TOO_LARGE"
    })
    void everyProblemIsReadable(String method, String path, int bytes, int status, String code) {
        String key = keys.publicKey(business, "*");
        page.navigate(site.localhost());

        JsonNode response = fetch(method, path, headers(key), bytes == 0 ? null : "x".repeat(bytes), false);

        assertThat(response.path("status").asInt()).as("%s", response).isEqualTo(status);
        assertThat(response.path("body").path("code").asText()).isEqualTo(code);
    }

    @Test
    void unknownKeyIsToldSoReadably() {
        page.navigate(site.localhost());

        JsonNode response = whoami("pk_" + UUID.randomUUID().toString().replace("-", ""));

        assertThat(response.path("status").asInt()).as("%s", response).isEqualTo(401);
        assertThat(response.path("body").path("code").asText()).isEqualTo("UNAUTHORIZED");
    }

    /** Records the page's preflights through the browser's developer tools, since Playwright hides them. */
    private List<String> recordPreflights() {
        List<String> seen = new ArrayList<>();
        CDPSession network = context.newCDPSession(page);
        network.on("Network.requestWillBeSent", event -> {
            if (event.getAsJsonObject("initiator").get("type").getAsString().equals("preflight")) {
                JsonObject request = event.getAsJsonObject("request");
                seen.add(request.get("method").getAsString() + " "
                        + request.get("url").getAsString());
            }
        });
        network.send("Network.enable");
        return seen;
    }

    /** How many preflights the server was asked during this test. */
    private double preflights() {
        return preflightsAnswered() - preflightsBefore;
    }

    /** Nothing but a preflight succeeds without a route. */
    private static double preflightsAnswered() {
        return server.metrics()
                .lines()
                .filter(line -> line.startsWith("quotient_http_requests_total{")
                        && line.contains("route=\"none\"")
                        && line.contains("status=\"2xx\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private JsonNode track(String key, String event) {
        return fetch("POST", "/analytics", headers(key), event, false);
    }

    private JsonNode whoami(String key) {
        return fetch("GET", "/whoami", headers(key), null, false);
    }

    private JsonNode fetch(String method, String path, Map<String, String> headers, String body, boolean keepalive) {
        Map<String, Object> request =
                new HashMap<>(Map.of("url", api(path), "method", method, "headers", headers, "keepalive", keepalive));
        if (body != null) {
            request.put("body", body);
        }
        try {
            return JSON.readTree((String) page.evaluate(FETCH, request));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> headers(String key) {
        return Map.of("Authorization", "Bearer " + key, "Content-Type", "application/json");
    }

    private static String api(String path) {
        return server.uri("/api/v0" + path).toString();
    }

    private static String event(String messageId) {
        return "{\"eventType\":\"pageView\",\"messageId\":\"" + messageId + "\"}";
    }

    private static String eventWithKey(String key, String messageId) {
        return "{\"apiKey\":\"" + key + "\",\"eventType\":\"pageView\",\"messageId\":\"" + messageId + "\"}";
    }

    /** Id and origin of each stored event with this message id. */
    private static List<List<Object>> stored(String messageId) {
        return TestPostgres.query(
                server.databaseUrl(), "SELECT id, origin FROM event WHERE message_id = '" + messageId + "'");
    }
}
