package com.quotient.trace;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.quotient.config.Settings;
import com.quotient.keys.KeyAdmin.Issued;
import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import com.quotient.trace.Collector.Received;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URL;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The spans that the server exports. */
class TracingTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT_ID = "00f067aa0ba902b7";
    private static final String SAMPLED = "00-" + TRACE_ID + "-" + PARENT_ID + "-01";
    private static final String NOT_SAMPLED = "00-5bf92f3577b34da6a3ce929d0e0e4736-" + PARENT_ID + "-00";

    @Test
    void requestIsASpanOfItsCallersTraceAndItsStatementsAreChildren() {
        try (Collector collector = new Collector();
                TestServer server = start(collector, "tracing.serviceName", "shop-api")) {
            TestKeys keys = new TestKeys(server);
            String business = keys.business();
            Issued key = keys.issue(business, KeyTier.SECRET);

            server.get("/api/v0/analytics/events?eventType=secret-query", key.key(), "traceparent", SAMPLED);

            Received request = await(collector, "GET /api/v0/analytics/events");
            assertThat(request.kind()).isEqualTo("SPAN_KIND_SERVER");
            assertThat(request.traceId()).isEqualTo(TRACE_ID);
            assertThat(request.parentId()).isEqualTo(PARENT_ID);
            assertThat(request.failed()).isFalse();
            assertThat(request.resource())
                    .containsEntry("service.name", "shop-api")
                    .containsKey("service.instance.id");
            assertThat(request.attributes())
                    .containsEntry("http.request.method", "GET")
                    .containsEntry("http.route", "/api/v0/analytics/events")
                    .containsEntry("http.response.status_code", "200")
                    .containsEntry("quotient.business.id", business)
                    .containsEntry("quotient.key.id", key.details().id())
                    .hasSize(7);
            Received statement = await(collector, "SELECT");
            assertThat(statement.kind()).isEqualTo("SPAN_KIND_CLIENT");
            assertThat(statement.traceId()).isEqualTo(TRACE_ID);
            assertThat(statement.parentId()).isEqualTo(request.spanId());
            assertThat(statement.attributes())
                    .containsEntry("db.system.name", "postgresql")
                    .containsKey("db.query.text")
                    .hasSize(2);
        }
    }

    @Test
    void noSpanHoldsAKeyAQueryOrABody() {
        try (Collector collector = new Collector();
                TestServer server = start(collector)) {
            TestKeys keys = new TestKeys(server);
            String key = keys.secret(keys.business());
            server.post(
                    "/api/v0/audience/people?secret-query=1",
                    key,
                    "{\"email\":\"secret-body@example.org\"}",
                    "X-Request-Id",
                    "secret-id");
            server.post("/api/v0/audience/people", key, "{\"email\":\"secret-body@example.org\"}");
            server.get("/api/v0/memory/secret-path/" + key, key);
            server.get("/api/v0/" + key, null);
            server.send("GET", "/api/v0/blog/list?search=secret-query", key, null);

            await(collector, "GET /api/v0/blog/list");
            await(collector, "GET /api/v0/memory/{path*}");
            await(collector, "POST /api/v0/audience/people");

            assertThat(await(collector, "GET").attributes())
                    .containsEntry("http.response.status_code", "404")
                    .doesNotContainKeys("http.route", "quotient.key.id");
            assertThat(collector.raw()).doesNotContain("sk_", "secret-");
        }
    }

    @Test
    void requestOfManyStatementsHasABoundedNumberOfSpans() {
        try (Collector collector = new Collector();
                TestServer server = start(collector, "analytics.fetchEvents", "1")) {
            TestKeys keys = new TestKeys(server);
            String key = keys.secret(keys.business());
            String events = IntStream.range(0, 2 * ActiveSpan.MAX_STATEMENTS)
                    .mapToObj(i -> "{\"eventType\":\"e\"}")
                    .collect(Collectors.joining(",", "{\"batch\":[", "]}"));
            assertThat(server.post("/api/v0/analytics", key, events).statusCode())
                    .isEqualTo(200);

            assertThat(server.get("/api/v0/analytics/export", key).body().lines())
                    .hasSize(2 * ActiveSpan.MAX_STATEMENTS);

            String request = await(collector, "GET /api/v0/analytics/export").spanId();
            assertThat(collector.spans())
                    .filteredOn(span -> span.parentId().equals(request))
                    .hasSize(ActiveSpan.MAX_STATEMENTS);
        }
    }

    @Test
    void traceWithoutAParentIsSampledByTheRatioAndOneOfATrustedCallerAsThatIs() {
        try (Collector collector = new Collector();
                TestServer server = start(collector, "tracing.sampleRatio", "0", "tracing.trustCallers", "true")) {
            TestKeys keys = new TestKeys(server);
            String key = keys.secret(keys.business());
            server.get("/api/v0/analytics/events", key);
            server.get("/api/v0/blog/tags", key, "traceparent", NOT_SAMPLED);
            server.get("/api/v0/whoami", key, "traceparent", SAMPLED);

            await(collector, "GET /api/v0/whoami");

            assertThat(collector.spans()).extracting(Received::name).containsExactly("GET /api/v0/whoami");
        }
    }

    @Test
    void callerThatIsNotTrustedContinuesItsTraceAndDoesNotDecideWhatIsRecorded() {
        int requests = 40;
        // A sampler that decides by the trace id takes this one at every ratio above 0.
        String chosen = "4bf92f3577b34da60000000000000001";
        try (Lines lines = new Lines("access");
                Collector collector = new Collector()) {
            try (TestServer server = start(collector, "tracing.sampleRatio", "0.5")) {
                for (int i = 0; i < requests; i++) {
                    server.get("/api/v0/whoami", null, "traceparent", "00-" + chosen + "-" + PARENT_ID + "-01");
                    server.get("/api/v0/blog/tags", null, "traceparent", NOT_SAMPLED);
                }
            }

            // All or none of them, by chance, would be once in 2^39 runs.
            assertThat(collector.spans())
                    .hasSizeBetween(1, requests - 1)
                    .allSatisfy(span -> assertThat(span.name()).isEqualTo("GET /api/v0/whoami"))
                    .allSatisfy(span -> assertThat(span.traceId()).isEqualTo(chosen))
                    .allSatisfy(span -> assertThat(span.parentId()).isEqualTo(PARENT_ID));
            assertThat(lines.soFar())
                    .filteredOn(line -> line.getKeyValuePairs().toString().contains("traceId=\"" + chosen + "\""))
                    .hasSize(requests);
        }
    }

    @Test
    void lineOfARequestNamesTheTraceThatBeganWithIt() {
        try (Lines lines = new Lines("access");
                Collector collector = new Collector();
                TestServer server = start(collector)) {
            server.get("/api/v0/whoami", null);

            Received request = await(collector, "GET /api/v0/whoami");

            assertThat(request.parentId()).isEmpty();
            assertThat(request.attributes()).containsEntry("http.response.status_code", "401");
            assertThat(lines.soFar())
                    .anySatisfy(line -> assertThat(line.getKeyValuePairs().toString())
                            .contains("traceId=\"" + request.traceId() + "\""));
        }
    }

    @Test
    void collectorThatIsGoneCostsSpansOnlyAndTheLogSaysSoOnce() throws IOException {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (Lines lines = new Lines(SpanQueue.class.getName());
                TestServer server = TestServer.start(
                        "tracing.endpoint", "http://127.0.0.1:" + port + "/v1/traces",
                        "tracing.sampleRatio", "1",
                        "tracing.exportInterval", "10ms",
                        "tracing.timeout", "1s")) {
            TestKeys keys = new TestKeys(server);
            String key = keys.secret(keys.business());

            eventually(PATIENCE, () -> {
                assertThat(server.get("/api/v0/whoami", key).statusCode()).isEqualTo(200);
                assertThat(dropped(server, "export_failed")).isGreaterThan(3);
            });

            assertThat(server.metric("quotient_tracing_spans_exported_total")).isZero();
            assertThat(lines.soFar()).singleElement().satisfies(line -> assertThat(line.getFormattedMessage())
                    .contains("Spans are lost", "the collector did not accept them", "127.0.0.1:" + port));
        }
    }

    @Test
    void refusalByTheCollectorIsLoggedWithItsStatus() {
        try (Lines lines = new Lines(SpanQueue.class.getName());
                Collector collector = new Collector();
                TestServer server = start(collector)) {
            collector.answer(401);

            server.get("/api/v0/whoami", null);

            eventually(PATIENCE, () -> assertThat(lines.soFar()).singleElement().satisfies(line -> assertThat(
                            line.getFormattedMessage())
                    .contains("the collector did not accept them (HTTP status 401)")));
        }
    }

    @Test
    void collectorThatIsSilentHoldsABoundedNumberOfSpansAndNoRequestAndNoStop() throws IOException {
        try (Lines lines = new Lines(SpanQueue.class.getName());
                ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            TestServer server = TestServer.start(
                    "tracing.endpoint", "http://127.0.0.1:" + silent.getLocalPort() + "/v1/traces",
                    "tracing.sampleRatio", "1",
                    "tracing.queueSize", "8",
                    "tracing.batchSize", "4",
                    "tracing.exportInterval", "10ms",
                    "tracing.timeout", "60s");
            try {
                TestKeys keys = new TestKeys(server);
                String key = keys.secret(keys.business());

                for (int i = 0; i < 100; i++) {
                    assertThat(server.get("/api/v0/whoami", key).statusCode()).isEqualTo(200);
                }

                // One batch is on its way, and eight more wait.
                eventually(PATIENCE, () -> assertThat(dropped(server, "queue_full"))
                        .isBetween(88.0, 91.0));
            } finally {
                long stopping = System.nanoTime();
                server.close();
                assertThat(Duration.ofNanos(System.nanoTime() - stopping)).isLessThan(Duration.ofSeconds(40));
            }
            assertThat(lines.soFar()).hasSize(2).last().satisfies(line -> assertThat(line.getFormattedMessage())
                    .containsPattern("Spans are lost, 100 since the start:"
                            + " the server stopped before the collector accepted the last [0-9]+ ")
                    .contains("127.0.0.1:" + silent.getLocalPort()));
        }
    }

    @Test
    void nothingOfOpenTelemetryIsLoadedWithoutAnEndpoint() throws Exception {
        List<String> asked = new ArrayList<>();
        ClassLoader withoutIt = new ClassLoader(ClassLoader.getPlatformClassLoader()) {
            @Override
            protected Class<?> findClass(String name) throws ClassNotFoundException {
                asked.add(name);
                try (InputStream in = name.startsWith("io.opentelemetry.")
                        ? null
                        : getResourceAsStream(name.replace('.', '/') + ".class")) {
                    if (in == null) {
                        throw new ClassNotFoundException(name);
                    }
                    byte[] bytes = in.readAllBytes();
                    return defineClass(name, bytes, 0, bytes.length);
                } catch (IOException e) {
                    throw new ClassNotFoundException(name, e);
                }
            }

            @Override
            protected URL findResource(String name) {
                return TracingTest.class.getClassLoader().getResource(name);
            }
        };
        Object config = config(withoutIt);
        Class<?> tracing = withoutIt.loadClass(Tracing.class.getName());

        Object made = tracing.getMethod(
                        "of", config.getClass(), String.class, withoutIt.loadClass(TracingStats.class.getName()))
                .invoke(null, config, "instance", null);

        assertThat(tracing.getMethod("server", String.class).invoke(made, SAMPLED))
                .isNull();
        assertThat(tracing.getMethod("statements").invoke(made)).isNull();
        assertThat(asked).contains(Tracing.class.getName()).noneMatch(name -> name.startsWith("io.opentelemetry"));
        try (TestServer server = TestServer.start()) {
            assertThat(server.metrics()).doesNotContain("quotient_tracing");
        }
    }

    /** The default settings of tracing, by a class loader of their own. */
    private static Object config(ClassLoader loader) throws ReflectiveOperationException {
        Class<?> settings = loader.loadClass(Settings.class.getName());
        Object all = settings.getMethod("config")
                .invoke(settings.getMethod("defaults").invoke(null));
        return all.getClass().getMethod("tracing").invoke(all);
    }

    private static TestServer start(Collector collector, String... more) {
        List<String> settings = new ArrayList<>(List.of(
                "tracing.endpoint", collector.endpoint(),
                "tracing.sampleRatio", "1",
                "tracing.exportInterval", "50ms",
                "log.accessLinesPerSecond", "1000"));
        settings.addAll(List.of(more));
        return TestServer.start(settings.toArray(String[]::new));
    }

    private static Received await(Collector collector, String name) {
        return eventually(
                        PATIENCE,
                        () -> collector.spans().stream()
                                .filter(span -> span.name().equals(name))
                                .toList(),
                        spans -> !spans.isEmpty())
                .get(0);
    }

    private static double dropped(TestServer server, String reason) {
        return server.metric("quotient_tracing_spans_dropped_total{reason=\"" + reason + "\"}");
    }

    /** The lines of a logger, until it is closed. */
    private static final class Lines implements AutoCloseable {
        private final Logger logger;
        private final ListAppender<ILoggingEvent> appender = new ListAppender<>();

        Lines(String name) {
            logger = (Logger) LoggerFactory.getLogger(name);
            appender.start();
            logger.addAppender(appender);
        }

        List<ILoggingEvent> soFar() {
            return List.copyOf(appender.list);
        }

        @Override
        public void close() {
            logger.detachAppender(appender);
        }
    }
}
