package com.quotient.ops;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.config.Settings;
import com.quotient.keys.KeyTier;
import com.quotient.testing.RawClient;
import com.quotient.testing.RawHttp2;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ManagementTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    /** RFC 9113 sections 6.5.2 and 7. */
    private static final short INITIAL_WINDOW_SIZE = 4;

    private static final long CANCEL = 8;

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;
    private static String business;

    @BeforeAll
    static void start() {
        server = TestServer.start(
                "usage.handOverInterval", "50ms", "usage.flushInterval", "50ms", "metrics.keyIdLabels", "1");
        keys = new TestKeys(server);
        business = keys.business();
    }

    private static HttpResponse<String> management(String path) {
        return server.send(HttpRequest.newBuilder(server.managementUri(path)).build());
    }

    @Test
    void probesSayThatTheServerServes() {
        for (String probe : List.of("/health/live", "/health/ready", "/health/startup")) {
            HttpResponse<String> response = management(probe);
            assertThat(response.statusCode()).as(probe).isEqualTo(200);
            assertThat(response.body()).contains("\"status\":\"UP\"");
        }
        assertThat(management("/nothing").statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"/metrics", "/health/live", "/health/ready", "/health/startup", "/nothing"})
    void headIsGetWithoutBody(String path) {
        try (RawClient client = RawClient.to(server.server().managementPort())) {
            RawClient.Response head = client.send(RawClient.head("HEAD", path)).readWithoutBody();

            assertThat(head.status()).isEqualTo(management(path).statusCode());
            assertThat(head.header("content-length")).isNotEqualTo("0").isNotEmpty();
            if (head.status() == 200) {
                client.send(RawClient.head("GET", "/health/live"));
                assertThat(client.read().status()).isEqualTo(200);
            } else {
                assertThat(client.readToEnd()).isEmpty();
            }
        }
    }

    @Test
    void otherMethodsAreRefusedAndTheirBodiesNotRead() {
        try (RawClient client = RawClient.to(server.server().managementPort())) {
            client.send(RawClient.head("POST", "/metrics", "Content-Length: 1000000000"));
            RawClient.Response refused = client.read();

            assertThat(refused.status()).isEqualTo(405);
            assertThat(refused.header("allow")).isEqualTo("GET, HEAD");
            assertThat(refused.header("content-type")).isEqualTo("application/problem+json");
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void ambiguousRequestIsRefused() {
        try (RawClient client = RawClient.to(server.server().managementPort())) {
            client.send("GET /metrics HTTP/1.1\r\nX-A: a\r\n b\r\n\r\n");

            assertThat(client.read().status()).isEqualTo(400);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void connectIsRefusedAndItsConnectionDoesNotStay() {
        try (RawHttp2 client = new RawHttp2(server.server().managementPort())) {
            RawHttp2.Response response = client.headers(
                            RawHttp2.END_STREAM, ":method", "CONNECT", ":authority", "x:443")
                    .read();

            assertThat(response.status()).isEqualTo(404);
        }
    }

    @Test
    void readerWithoutAWindowIsResetAfterTheWriteDeadline() {
        try (TestServer impatient = TestServer.start("http.writeDeadline", "1s");
                RawHttp2 client = new RawHttp2(impatient.server().managementPort())) {
            byte[] noWindow = ByteBuffer.allocate(6)
                    .putShort(INITIAL_WINDOW_SIZE)
                    .putInt(0)
                    .array();
            client.frame(RawHttp2.SETTINGS, 0, 0, noWindow);
            RawHttp2.Response response = client.headers(
                            RawHttp2.END_STREAM,
                            ":method",
                            "GET",
                            ":scheme",
                            "http",
                            ":path",
                            "/metrics",
                            ":authority",
                            "x")
                    .read();

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.error()).isEqualTo(CANCEL);
        }
    }

    @Test
    void idleConnectionsAreFewAndDoNotStay() {
        try (TestServer small = TestServer.start(
                "management.maxConnections", "2", "http.headerDeadline", "1s", "http.keepAlive", "1s")) {
            int port = small.server().managementPort();
            // Once more if the machine stood still until the first two were closed.
            eventually(SOON, () -> {
                try (RawClient silent = RawClient.to(port);
                        RawClient served = RawClient.to(port)) {
                    served.send(RawClient.head("GET", "/health/live"));
                    assertThat(served.read().status()).isEqualTo(200);
                    try (RawClient third = RawClient.to(port)) {
                        assertThat(third.readToEnd()).isEmpty();
                    }

                    assertThat(silent.readToEnd()).isEmpty();
                    assertThat(served.readToEnd()).isEmpty();
                }
                eventually(
                        Duration.ofSeconds(9), () -> assertThat(small.metric("quotient_http_connections_refused_total"))
                                .isPositive());
            });
        }
    }

    @Test
    void addressIsLoopbackUnlessADatabaseIsConfigured() {
        assertThat(Settings.defaults().config().management().host()).isEqualTo("127.0.0.1");
        assertThat(Settings.defaults()
                        .with("database.url", server.databaseUrl())
                        .config()
                        .management()
                        .host())
                .isEqualTo("0.0.0.0");
        assertThat(Settings.defaults()
                        .with("management.host", "10.0.0.1")
                        .config()
                        .management()
                        .host())
                .isEqualTo("10.0.0.1");
    }

    @Test
    void everythingAnOperatorWatchesHasAMetric() {
        String key = keys.secret(business);
        assertThat(server.get("/api/v0/whoami", key).statusCode()).isEqualTo(200);
        assertThat(server.post("/api/v0/analytics", key, "{\"eventType\":\"seen\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.get("/api/v0/whoami", null).statusCode()).isEqualTo(401);

        assertThat(management("/metrics").headers().firstValue("Content-Type"))
                .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain"));
        assertThat(server.metrics().lines().map(line -> line.replaceAll("[{ ].*", "")))
                .contains(
                        "quotient_http_requests_total",
                        "quotient_http_request_duration_seconds_bucket",
                        "quotient_http_connections",
                        "quotient_key_validations_total",
                        "quotient_caller_cache_hits_total",
                        "quotient_caller_cache_misses_total",
                        "quotient_key_table_size",
                        "quotient_key_table_version",
                        "quotient_key_sync_age_seconds",
                        "quotient_keys_expiring",
                        "quotient_usage_pending_keys",
                        "quotient_usage_flushes_total",
                        "quotient_ingest_queue_events",
                        "quotient_ingest_queue_bytes",
                        "quotient_ingest_group_events_bucket",
                        "quotient_ingest_commit_seconds_bucket",
                        "quotient_ingest_events_accepted_total",
                        "quotient_ingest_events_duplicate_total",
                        "quotient_ingest_events_rejected_total",
                        "quotient_ingest_events_shed_total",
                        "quotient_db_pool_in_use",
                        "quotient_db_pool_waiting",
                        "quotient_event_loop_lag_seconds",
                        "jvm_memory_used_bytes",
                        "process_uptime_seconds",
                        "process_cpu_usage");
        assertThat(server.metric(
                        "quotient_http_requests_total{method=\"POST\",route=\"/api/v0/analytics\",status=\"2xx\"}"))
                .isPositive();
        assertThat(server.metric("quotient_key_validations_total{outcome=\"malformed\",tier=\"none\"}"))
                .isPositive();
        assertThat(server.metric("quotient_key_validations_total{outcome=\"accepted\",tier=\"private\"}"))
                .isPositive();
        assertThat(server.metric("quotient_ingest_events_accepted_total")).isPositive();
    }

    @Test
    void keysThatExpireSoonAreCounted() {
        keys.issue(
                business,
                KeyTier.SECRET,
                spec -> spec.withExpiresAt(Instant.now().plus(Duration.ofDays(5))));

        // Counted once a minute, so a second server counts at its start.
        try (TestServer second = TestServer.on(server.databaseUrl())) {
            eventually(SOON, () -> {
                assertThat(second.metric("quotient_keys_expiring{within=\"1d\"}"))
                        .isZero();
                assertThat(second.metric("quotient_keys_expiring{within=\"7d\"}"))
                        .isEqualTo(1);
                assertThat(second.metric("quotient_keys_expiring{within=\"30d\"}"))
                        .isEqualTo(1);
            });
        }
    }

    @Test
    void scrapesStartNoMoreThreadsThanTheSettingSays() {
        try (TestServer small = TestServer.start("http.workers", "2")) {
            Set<Thread> before = Thread.getAllStackTraces().keySet();
            for (int i = 0; i < 10; i++) {
                assertThat(small.metrics()).contains("quotient_");
            }
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> !before.contains(thread))
                    .filteredOn(thread -> thread.getName().startsWith("vert.x-worker-thread"))
                    .hasSizeLessThanOrEqualTo(2);
        }
    }

    @Test
    void keyIdIsALabelForNoMoreKeysThanTheSettingSays() {
        for (int i = 0; i < 3; i++) {
            assertThat(server.get("/api/v0/whoami", keys.secret(business)).statusCode())
                    .isEqualTo(200);
        }

        eventually(SOON, () -> assertThat(server.metrics()
                        .lines()
                        .filter(line -> line.startsWith("quotient_key_requests_total{"))
                        .map(line -> line.replaceAll(".*key_id=\"([^\"]+)\".*", "$1"))
                        .distinct())
                .hasSize(1));
    }
}
