package com.quotient;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import com.quotient.db.DatabaseUrl;
import com.quotient.keys.KeyAdmin.Issued;
import com.quotient.keys.KeyAdmin.Overlap;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyTier;
import com.quotient.testing.FaultProxy;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.slf4j.LoggerFactory;

/** Sends keys everywhere a key can be sent, and then looks for them in everything that came out. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class CanaryTest {
    private static final Logger ROOT = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private static final Logger OURS = (Logger) LoggerFactory.getLogger("com.quotient");
    private static final String TRACK = "/api/v0/analytics";

    private static final Lines LINES = new Lines();
    private static final List<String> RESPONSES = new ArrayList<>();
    private static final List<String> METRICS = new ArrayList<>();

    private static String database;
    private static final List<String> SECRET = new ArrayList<>();
    private static final List<String> PUBLIC = new ArrayList<>();
    private static final List<String> STORED_PUBLIC = new ArrayList<>();

    /** Every line as an operator could see it, with all its values. */
    private static final class Lines extends AppenderBase<ILoggingEvent> {
        private final Queue<String> texts = new ConcurrentLinkedQueue<>();

        @Override
        protected void append(ILoggingEvent event) {
            String thrown =
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
            texts.add(event.getFormattedMessage() + " " + event.getKeyValuePairs() + " " + event.getMDCPropertyMap()
                    + " " + event.getThreadName() + " " + thrown);
        }
    }

    @BeforeAll
    static void sendKeysEverywhere() {
        Level before = OURS.getLevel();
        LINES.start();
        ROOT.addAppender(LINES);
        OURS.setLevel(Level.DEBUG);
        String url = TestServer.migratedDatabase();
        database = url;
        try (FaultProxy proxy = new FaultProxy(url)) {
            TestServer server = TestServer.on(
                    proxy.url(DatabaseUrl.parse(url).database()),
                    "log.accessLinesPerSecond",
                    "-1",
                    "metrics.keyIdLabels",
                    "100",
                    "usage.handOverInterval",
                    "20ms",
                    "usage.flushInterval",
                    "20ms",
                    "ingest.maxWait",
                    "300ms",
                    "database.poolWait",
                    "500ms");
            try {
                makeKeys(server);
                for (String key : all()) {
                    send(server, key);
                }
                METRICS.add(server.metrics());
                proxy.cut();
                for (String key : all()) {
                    exchange(server, RawClient.head("GET", "/api/v0/whoami", "Authorization: Bearer " + key));
                    track(server, "application/json", "Authorization: Bearer " + key, "{\"eventType\":\"cut\"}");
                }
                METRICS.add(server.metrics());
                proxy.restore();
            } finally {
                server.close();
            }
        } finally {
            ROOT.detachAppender(LINES);
            OURS.setLevel(before);
        }
    }

    @AfterAll
    static void forget() {
        LINES.stop();
    }

    private static void makeKeys(TestServer server) {
        TestKeys keys = new TestKeys(server);
        String business = keys.business();
        for (KeyTier tier : KeyTier.values()) {
            List<String> stored = tier == KeyTier.PUBLIC ? STORED_PUBLIC : SECRET;
            stored.add(keys.issue(business, tier).key());
            Issued revoked = keys.issue(business, tier);
            stored.add(revoked.key());
            Issued rotated = keys.issue(business, tier);
            stored.add(rotated.key());
            String id = revoked.details().id();
            keys.awaitEverywhere(TestServer.await(keys.admin().revoke(business, id, TestKeys.ACTOR))
                    .version());
            Issued successor = TestServer.await(keys.admin()
                    .rotate(business, rotated.details().id(), new Overlap(Duration.ofHours(1), false), TestKeys.ACTOR));
            keys.awaitEverywhere(successor.details().version());
            stored.add(successor.key());
            // An unknown key.
            (tier == KeyTier.PUBLIC ? PUBLIC : SECRET).add(KeyFormat.issue(tier, new SecureRandom()));
        }
        PUBLIC.addAll(STORED_PUBLIC);
    }

    private static void send(TestServer server, String key) {
        String valid = "Authorization: Bearer " + key;
        for (String path :
                List.of("/api/v0/whoami", TRACK + "/events", TRACK + "/series", TRACK + "/export", "/api/v0/no")) {
            exchange(server, RawClient.head("GET", path, valid));
        }
        exchange(server, RawClient.head("GET", "/api/v0/whoami", valid, "Origin: https://shop.example"));
        exchange(server, RawClient.head("GET", "/api/v0/whoami", valid, "Sec-Fetch-Site: cross-site"));
        exchange(server, RawClient.head("GET", "/api/v0/whoami", valid, valid));
        exchange(server, RawClient.head("GET", "/api/v0/whoami", valid + ", " + key));
        exchange(server, RawClient.head("GET", "/api/v0/whoami", "Authorization: " + key));
        exchange(server, RawClient.head("GET", "/api/v0/whoami", "X-Api-Key: " + key, "Cookie: key=" + key));
        exchange(server, RawClient.head("GET", "/api/v0/whoami", valid, "X-Request-Id: " + key));
        exchange(server, RawClient.head("GET", "/api/v0/whoami?apiKey=" + key + "&" + key, valid));
        exchange(server, RawClient.head("GET", TRACK + "/events?eventType=" + key + "&limit=" + key, valid));
        exchange(server, RawClient.head("GET", TRACK + "/series?interval=" + key, valid));
        exchange(server, RawClient.head("GET", "/api/v0/" + key, valid));
        exchange(server, RawClient.head("GET", TRACK + "/" + key, valid));
        exchange(server, RawClient.head("GET", "/" + key));
        exchange(server, RawClient.head("GET", "/problems/" + key));
        exchange(server, RawClient.head(key, "/api/v0/whoami", valid));
        exchange(server, RawClient.head("OPTIONS", "/api/v0/" + key, valid));
        // Not HTTP: a key in a broken line, in the name of a header, in a header that is too long.
        exchange(server, RawClient.head("GET", "/api/v0/whoami", valid + "\0"));
        exchange(server, RawClient.head("GET", "/api/v0/whoami", key + " : 1"));
        exchange(server, RawClient.head("GET", "/api/v0/whoami", valid + "x".repeat(20_000)));
        exchange(server, "GET /" + key + "\r\n\r\n");

        String event = "{\"eventType\":\"canary\",\"apiKey\":\"" + key + "\"}";
        String batch = "{\"batch\":[" + event + "],\"apiKey\":\"" + key + "\"}";
        for (String body : List.of(event, batch, "[" + event + "]", event + key, "{\"" + key + "\"", key)) {
            track(server, "application/json", valid, body);
            track(server, "text/plain", valid, body);
            track(server, "text/plain", "X-Nothing: 1", body);
        }
    }

    private static void track(TestServer server, String type, String header, String body) {
        exchange(
                server,
                RawClient.head("POST", TRACK, header, "Content-Type: " + type, "Content-Length: " + body.length())
                        + body);
    }

    private static void exchange(TestServer server, String request) {
        try (RawClient client = RawClient.to(server)) {
            RawClient.Response response = client.send(request).read();
            RESPONSES.add(String.join("\n", response.head()) + "\n" + response.body());
        } catch (UncheckedIOException e) {
            throw new AssertionError("No answer to " + request, e);
        }
    }

    private static List<String> all() {
        List<String> all = new ArrayList<>(SECRET);
        all.addAll(PUBLIC);
        return all;
    }

    @Test
    @Order(1)
    void everythingWasTriedAndSeen() {
        assertThat(SECRET).hasSize(5);
        assertThat(PUBLIC).hasSize(5);
        assertThat(RESPONSES).hasSizeGreaterThan(400);
        assertThat(RESPONSES).anyMatch(response -> response.startsWith("HTTP/1.1 503"));
        assertThat(LINES.texts).hasSizeGreaterThan(400).anyMatch(line -> line.contains("keyId"));
        assertThat(METRICS).allMatch(text -> text.contains("quotient_key_requests_total{key_id="));
        assertThat(TestPostgres.query(database, "SELECT 1 FROM event WHERE event_type = 'canary'"))
                .isNotEmpty();
        assertThat(TestPostgres.query(database, "SELECT 1 FROM key_audit WHERE action = 'secret_key_in_browser'"))
                .isNotEmpty();
    }

    @Test
    @Order(2)
    void noLineOfTheLogHoldsAKey() {
        assertHoldNone(LINES.texts, all());
    }

    @Test
    @Order(3)
    void noMetricHoldsAKey() {
        assertHoldNone(METRICS, all());
    }

    @Test
    @Order(4)
    void noResponseHoldsAKey() {
        assertHoldNone(RESPONSES, all());
    }

    @Test
    @Order(5)
    void databaseHoldsNoSecretKeyAndPublicOnesOnlyWhereTheyAreShownAgain() {
        List<String> dump = new ArrayList<>();
        List<String> readable = new ArrayList<>();
        TestPostgres.query(
                        database,
                        "SELECT quote_ident(table_schema) || '.' || quote_ident(table_name) FROM information_schema.tables"
                                + " WHERE table_type = 'BASE TABLE'"
                                + " AND table_schema NOT IN ('pg_catalog', 'information_schema')")
                .forEach(table -> TestPostgres.query(
                                database,
                                "SELECT (to_jsonb(t) - 'readable')::text, to_jsonb(t) ->> 'readable' FROM "
                                        + table.get(0) + " t")
                        .forEach(row -> {
                            dump.add(String.valueOf(row.get(0)));
                            readable.add(String.valueOf(row.get(1)));
                        }));

        assertThat(readable).containsAll(STORED_PUBLIC);
        assertHoldNone(readable, SECRET);
        assertHoldNone(dump, all());
    }

    /** As text, as bytes in hexadecimal, or without its prefix. */
    private static void assertHoldNone(Collection<String> texts, List<String> keys) {
        for (String key : keys) {
            String body = key.substring(3);
            String hex = HexFormat.of().formatHex(key.getBytes(StandardCharsets.US_ASCII));
            assertThat(texts.stream().filter(text -> text.contains(body) || text.contains(hex)))
                    .isEmpty();
        }
    }
}
