package com.quotient.ops;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.testing.TestCertificates;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** The event that a server sends to itself. */
class EventCanaryTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LAST_SUCCESS = "quotient_canary_last_success_timestamp_seconds";

    @TempDir
    private Path directory;

    @Test
    void eventThatComesBackMovesTheTimeOfTheLastSuccessAndTheKeyIsReadEachTime() throws IOException {
        try (TestServer server = startWithCanary()) {
            eventually(PATIENCE, () -> assertThat(failures(server, "key")).isPositive());
            double start = server.metric(LAST_SUCCESS);
            TestKeys keys = new TestKeys(server);
            String key = keys.secret(keys.business(), "analytics:write", "analytics:read");

            write(key);

            eventually(PATIENCE, () -> assertThat(server.metric(LAST_SUCCESS)).isGreaterThan(start));
            JsonNode events = TestServer.json(server.get("/api/v0/analytics/events", key));
            assertThat(events.path("events").findValuesAsText("eventType")).containsOnly("quotient_canary");
        }
    }

    @Test
    void canaryFliesOverTlsWhereTheServerSpeaksIt() throws IOException {
        TestCertificates certificates = new TestCertificates(directory);
        certificates.authority("authority");
        TestCertificates.Pair pair = certificates.server("authority", "server", "api.example.com", "-1d", 2);
        try (TestServer server = startWithCanary(
                "http.tlsCertificateFile", pair.certificate().toString(),
                "http.tlsKeyFile", pair.key().toString())) {
            double start = server.metric(LAST_SUCCESS);
            TestKeys keys = new TestKeys(server);

            write(keys.secret(keys.business(), "analytics:write", "analytics:read"));

            eventually(PATIENCE, () -> assertThat(server.metric(LAST_SUCCESS)).isGreaterThan(start));
        }
    }

    @Test
    void refusedKeyFailsAtTheStepThatItIsRefusedAtAndIsNotLogged() throws IOException {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(EventCanary.class);
        lines.start();
        logger.addAppender(lines);
        try (TestServer server = startWithCanary()) {
            double start = server.metric(LAST_SUCCESS);
            TestKeys keys = new TestKeys(server);
            String business = keys.business();

            write(keys.secret(business, "analytics:read"));
            eventually(PATIENCE, () -> assertThat(failures(server, "send")).isPositive());
            write(keys.secret(business, "analytics:write"));
            eventually(PATIENCE, () -> assertThat(failures(server, "read")).isPositive());

            assertThat(server.metric(LAST_SUCCESS)).isEqualTo(start);
            assertThat(List.copyOf(lines.list))
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anyMatch(line -> line.contains("at step send: The server answered with status 403."))
                    .noneMatch(line -> line.contains("sk_"));
        } finally {
            logger.detachAppender(lines);
        }
    }

    @Test
    void eventThatIsAcknowledgedAndLostFailsAtFind() throws IOException {
        try (TestServer server = startWithCanary()) {
            TestPostgres.execute(server.databaseUrl(), """
                    CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'""");
            TestPostgres.execute(
                    server.databaseUrl(),
                    "CREATE TRIGGER lose BEFORE INSERT ON event FOR EACH ROW EXECUTE FUNCTION lose()");
            TestKeys keys = new TestKeys(server);
            double start = server.metric(LAST_SUCCESS);

            write(keys.secret(keys.business(), "analytics:write", "analytics:read"));

            eventually(PATIENCE, () -> assertThat(failures(server, "find")).isPositive());
            assertThat(server.metric(LAST_SUCCESS)).isEqualTo(start);
        }
    }

    @Test
    void serverWithoutItsKeyFileSendsNothingAndHasNoMetricOfIt() {
        try (TestServer server = TestServer.start()) {
            assertThat(server.metrics()).doesNotContain("quotient_canary");
        }
    }

    private TestServer startWithCanary(String... more) {
        List<String> settings = new ArrayList<>(
                List.of("canary.keyFile", keyFile().toString(), "canary.interval", "1s", "canary.timeout", "900ms"));
        settings.addAll(List.of(more));
        return TestServer.start(settings.toArray(String[]::new));
    }

    private Path keyFile() {
        return directory.resolve("key");
    }

    private void write(String key) throws IOException {
        Files.writeString(keyFile(), key + "\n");
    }

    private static double failures(TestServer server, String step) {
        return server.metric("quotient_canary_failed_total{step=\"" + step + "\"}");
    }
}
