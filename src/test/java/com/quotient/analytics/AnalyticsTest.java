package com.quotient.analytics;

import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.keys.KeyTier;
import com.quotient.testing.Eventually;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import com.quotient.time.Times;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnalyticsTest {
    private static final String TRACK = "/api/v0/analytics";
    private static final String EVENTS = TRACK + "/events";
    private static final String SERIES = TRACK + "/series";
    private static final String EXPORT = TRACK + "/export";
    private static final Duration LONG = Duration.ofSeconds(60);

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final String business = keys.business();
    private final String secret = keys.issue(business, KeyTier.SECRET).key();

    @BeforeAll
    static void start() {
        server = TestServer.start("analytics.fetchEvents", "10", "analytics.maxSeriesPoints", "100");
        keys = new TestKeys(server);
    }

    @Test
    void oneEventIsStoredWithWhatTheServerKnows() {
        String key = keys.publicKey(business);
        HttpResponse<String> response = server.post(
                TRACK,
                key,
                "{\"eventType\":\"search\",\"searchQuery\":\"shoes\",\"url\":\"https://a.example/\",\"price\":1.10}",
                "Origin",
                "https://a.example",
                "User-Agent",
                "test/1");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode answer = json(response);
        assertThat(members(answer)).containsExactly("success", "eventId");
        assertThat(answer.path("success").asBoolean()).isTrue();
        JsonNode page = json(server.get(EVENTS, secret));
        assertThat(members(page)).containsExactly("events", "pageData");
        assertThat(page.path("pageData").toString())
                .isEqualTo("{\"page\":1,\"limit\":50,\"total\":1,\"isNextPageAvailable\":false}");
        JsonNode event = page.path("events").get(0);
        assertThat(event.path("id").asText()).isEqualTo(answer.path("eventId").asText());
        assertThat(event.path("eventType").asText()).isEqualTo("search");
        assertThat(event.path("properties").path("searchQuery").asText()).isEqualTo("shoes");
        assertThat(event.path("url").asText()).isEqualTo("https://a.example/");
        assertThat(event.path("userAgent").asText()).isEqualTo("test/1");
        assertThat(event.path("origin").asText()).isEqualTo("https://a.example");
        assertThat(event.path("clientAddress").asText()).isEqualTo("127.0.0.0");
        assertThat(event.path("keyId").asText()).startsWith("key_");
        assertThat(event.path("timestamp").asText())
                .isEqualTo(event.path("receivedAt").asText());
    }

    @Test
    void aRepeatedMessageSucceedsAndStoresNothing() {
        String body = "{\"eventType\":\"a\",\"messageId\":\"m\"}";
        JsonNode first = json(server.post(TRACK, secret, body));
        JsonNode second = json(server.post(TRACK, secret, body));
        assertThat(first.has("duplicate")).isFalse();
        assertThat(second.path("duplicate").asBoolean()).isTrue();
        assertThat(second.path("eventId")).isEqualTo(first.path("eventId"));
        assertThat(total("")).isEqualTo(1);
    }

    @Test
    void theGoodEventsOfABatchAreStoredAndTheOthersNamed() {
        HttpResponse<String> response = server.post(
                TRACK,
                secret,
                "{\"batch\":[{\"eventType\":\"a\",\"messageId\":\"m\"},{\"x\":1},{\"eventType\":\"a\",\"messageId\":\"m\"},"
                        + "{\"eventType\":\"a\",\"b\":\"\\u0000\"},{\"eventType\":\"b\"}],\"sentAt\":null}");
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode answer = json(response);
        assertThat(members(answer)).containsExactly("success", "accepted", "duplicates", "rejected");
        assertThat(answer.path("accepted").asInt()).isEqualTo(2);
        assertThat(answer.path("duplicates").asInt()).isEqualTo(1);
        assertThat(answer.path("rejected")).hasSize(2);
        assertThat(members(answer.path("rejected").get(0))).containsExactly("index", "code", "detail");
        assertThat(answer.path("rejected").get(0).path("index").asInt()).isEqualTo(1);
        assertThat(answer.path("rejected").get(0).path("code").asText()).isEqualTo("INVALID_EVENT");
        assertThat(answer.path("rejected").get(1).path("index").asInt()).isEqualTo(3);
        assertThat(answer.path("rejected").get(1).path("code").asText()).isEqualTo("INVALID_CHARACTER");
        assertThat(total("")).isEqualTo(2);
    }

    @Test
    void aRequestWithoutAnyAcceptableEventIsABadRequestThatNamesEach() {
        assertThat(issuePaths(server.post(TRACK, secret, "{}"))).containsExactly("eventType");
        assertThat(issuePaths(server.post(TRACK, secret, "[1,{}]"))).containsExactly("[0]", "[1].eventType");
        assertThat(issuePaths(server.post(TRACK, secret, "{\"batch\":[{\"eventType\":\"x\",\"url\":5}]}")))
                .containsExactly("batch[0].url");
        assertThat(issuePaths(server.post(TRACK, secret, "[]"))).containsExactly("");
        assertThat(issuePaths(server.post(TRACK, secret, "{"))).containsExactly("");
        assertThat(issuePaths(server.post(TRACK, secret, "{\"eventType\":\"a\",\"sentAt\":1e60}")))
                .containsExactly("sentAt");
        assertThat(total("")).isZero();
    }

    @Test
    void aPageThatGoesAwaySendsItsKeyInTheBody() {
        String key = keys.publicKey(business);
        String body = "{\"apiKey\":\"" + key + "\",\"batch\":[{\"eventType\":\"bye\"}]}";
        HttpResponse<String> response = server.post(
                TRACK, null, body, "Content-Type", "text/plain;charset=UTF-8", "Origin", "https://a.example");
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(json(response).path("accepted").asInt()).isEqualTo(1);
        assertThat(total("eventType=bye")).isEqualTo(1);
        assertThat(server.post(TRACK, null, body.replace(key, secret), "Content-Type", "text/plain")
                        .statusCode())
                .isIn(401, 403);
        assertThat(server.post(TRACK, null, "{\"eventType\":\"a\"}", "Content-Type", "text/plain")
                        .statusCode())
                .isEqualTo(401);
        assertThat(total("")).isEqualTo(1);
        assertThat(server.get(EVENTS, secret).body()).doesNotContain(key);
    }

    @Test
    void theClockOfTheSenderIsCorrectedAndItsOwnWordKept() {
        server.post(
                TRACK,
                secret,
                "{\"batch\":[{\"eventType\":\"a\",\"timestamp\":\"2001-01-01T00:00:00Z\"}],"
                        + "\"sentAt\":\"2001-01-01T01:00:00Z\"}");
        JsonNode event = json(server.get(EVENTS, secret)).path("events").get(0);
        assertThat(event.path("rawTimestamp").asText()).isEqualTo("2001-01-01T00:00:00Z");
        assertThat(Instant.parse(event.path("timestamp").asText()))
                .isEqualTo(Instant.parse(event.path("receivedAt").asText()).minusSeconds(3600));
    }

    @Test
    void keysWithoutTheScopeAndPublicKeysDoNotRead() {
        String writer = keys.secret(business, "ANALYTICS_WRITE");
        String reader = keys.secret(business, "ANALYTICS_READ");
        for (String path : List.of(EVENTS, SERIES, EXPORT)) {
            assertThat(server.get(path, null).statusCode()).isEqualTo(401);
            assertThat(server.get(path, keys.publicKey(business)).body()).contains("KEY_TYPE_NOT_ALLOWED");
            assertThat(server.get(path, writer).body()).contains("SCOPE_MISMATCH");
            assertThat(server.get(path, reader).statusCode()).isEqualTo(200);
        }
        assertThat(server.post(TRACK, reader, "{\"eventType\":\"a\"}").statusCode())
                .isEqualTo(403);
        assertThat(server.post(TRACK, null, "{\"eventType\":\"a\"}").statusCode())
                .isEqualTo(401);
    }

    @Test
    void anotherBusinessSeesNothing() {
        server.post(TRACK, secret, "{\"eventType\":\"a\",\"deviceId\":\"d\"}");
        String other = keys.issue(keys.business(), KeyTier.SECRET).key();
        assertThat(json(server.get(EVENTS + "?deviceId=d", other))
                        .path("pageData")
                        .path("total")
                        .asInt())
                .isZero();
        assertThat(json(server.get(SERIES, other)).path("total").asInt()).isZero();
        assertThat(server.get(EXPORT, other).body()).isEmpty();
        assertThat(total("deviceId=d")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"businessId", "business_id", "Business-Id", "X-Business-Id", "X-Tenant-Id"})
    void businessThatTheRequestNamesMeansNothing(String name) {
        String foreign = keys.business();
        String other = keys.secret(foreign);
        String event = "{\"eventType\":\"a\",\"" + name + "\":\"" + foreign + "\"}";

        assertThat(server.post(TRACK, secret, event, name, foreign).statusCode())
                .isEqualTo(200);
        assertThat(server.get(EVENTS + "?" + name + "=" + foreign, secret).statusCode())
                .isEqualTo(400);
        assertThat(json(server.get(EVENTS, secret, name, foreign))
                        .path("pageData")
                        .path("total")
                        .asInt())
                .isEqualTo(1);
        assertThat(server.get(EXPORT, other).body()).isEmpty();
    }

    @Test
    void parametersThatCannotBeReadAreNamed() {
        for (String path : List.of(EVENTS, SERIES, EXPORT)) {
            assertThat(issuePaths(server.get(path + "?from=yesterday", secret))).containsExactly("from");
            assertThat(issuePaths(server.get(path + "?to=%2B999999999-01-01T00:00:00Z", secret)))
                    .containsExactly("to");
            assertThat(issuePaths(server.get(path + "?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", secret)))
                    .containsExactly("from");
        }
        assertThat(issuePaths(server.get(SERIES + "?interval=year", secret))).containsExactly("interval");
        for (String zone : List.of("Mars/Olympus", "+02:00", "europe/berlin")) {
            assertThat(issuePaths(server.get(SERIES + "?timezone=" + zone.replace("+", "%2B"), secret)))
                    .containsExactly("timezone");
        }
        assertThat(issuePaths(server.get(SERIES + "?timeZone=UTC", secret))).containsExactly("timeZone");
        assertThat(issuePaths(server.get(SERIES + "?groupBy=personId", secret))).containsExactly("groupBy");
        assertThat(issuePaths(server.get(
                        SERIES + "?interval=minute&from=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z", secret)))
                .containsExactly("interval");
        assertThat(issuePaths(server.get(EVENTS + "?page=0", secret))).containsExactly("page");
    }

    @Test
    void aSeriesHasAllItsBuckets() {
        track(3, "a");
        track(1, "b");
        Instant hour = Instant.now().truncatedTo(ChronoUnit.HOURS);
        String range = "from=" + Times.format(hour.minusSeconds(7200)) + "&to=" + Times.format(hour.plusSeconds(7200));
        JsonNode all = json(server.get(SERIES + "?" + range, secret));
        assertThat(all.path("total").asInt()).isEqualTo(4);
        assertThat(all.path("series")).hasSize(1);
        assertThat(members(all.path("series").get(0))).containsExactly("points");
        assertThat(all.path("series").get(0).path("points")).hasSize(4);
        JsonNode grouped = json(server.get(SERIES + "?groupBy=eventType&" + range, secret));
        assertThat(grouped.path("series").findValuesAsText("eventType")).containsExactly("a", "b");
        assertThat(json(server.get(SERIES, secret)).path("series").get(0).path("points"))
                .hasSize(24);
        assertThat(json(server.get(SERIES + "?interval=day&eventType=b", secret))
                        .path("total")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void aSeriesOfATimeZoneHasItsDaysWeeksAndMonths() {
        track(3, "a");
        Instant now = Instant.now();
        for (String interval : List.of("day", "week", "month")) {
            String range = "&from=" + Times.format(now.minusSeconds(3600)) + "&to=" + Times.format(now.plusSeconds(60));
            JsonNode answer =
                    json(server.get(SERIES + "?timezone=Pacific/Kiritimati&interval=" + interval + range, secret));
            assertThat(answer.path("total").asInt()).isEqualTo(3);
            JsonNode points = answer.path("series").get(0).path("points");
            assertThat(points.get(points.size() - 1).path("count").asInt()).isEqualTo(3);
            ZonedDateTime start =
                    Instant.parse(points.get(0).path("time").asText()).atZone(ZoneId.of("Pacific/Kiritimati"));
            assertThat(start.toLocalTime()).isEqualTo(LocalTime.MIDNIGHT);
            assertThat(!interval.equals("week") || start.getDayOfWeek() == DayOfWeek.MONDAY)
                    .isTrue();
            assertThat(!interval.equals("month") || start.getDayOfMonth() == 1).isTrue();
        }
        assertThat(json(server.get(SERIES + "?interval=month", secret))
                        .path("series")
                        .get(0)
                        .path("points"))
                .hasSize(12);
    }

    @Test
    void anExportIsEveryEventAsALineOldestFirst() throws IOException {
        track(37, "a");
        track(2, "b");
        HttpResponse<String> response = server.get(EXPORT + "?eventType=a", secret);
        assertThat(response.headers().firstValue("Content-Type")).hasValue("application/x-ndjson");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : response.body().split("\n")) {
            lines.add(new ObjectMapper().readTree(line));
        }
        assertThat(lines).hasSize(37);
        assertThat(lines).isSortedAccordingTo((x, y) -> (x.path("timestamp").asText()
                        + x.path("id").asText())
                .compareTo(y.path("timestamp").asText() + y.path("id").asText()));
        // A full last piece is followed by an empty one.
        track(3, "a");
        assertThat(server.get(EXPORT + "?eventType=a", secret).body().lines()).hasSize(40);
    }

    @Test
    void slowReaderHoldsNoConnectionAndAPageIsWholeHoweverLargeItsEvents() throws IOException {
        String filler = "x".repeat(20_000);
        for (int i = 0; i < 20; i++) {
            String batch = IntStream.range(0, 25)
                    .mapToObj(n -> "{\"eventType\":\"a\",\"filler\":\"" + filler + "\"}")
                    .collect(Collectors.joining(",", "[", "]"));
            assertThat(server.post(TRACK, secret, batch).statusCode()).isEqualTo(200);
        }
        for (String path : List.of(EXPORT, EVENTS + "?limit=100")) {
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
                socket.setReceiveBufferSize(4096);
                socket.getOutputStream()
                        .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer " + secret + "\r\n\r\n")
                                .getBytes(StandardCharsets.US_ASCII));
                InputStream in = socket.getInputStream();
                assertThat(in.read()).isEqualTo('H');
                Eventually.eventually(LONG, () -> assertThat(busy()).isZero());
                assertThat(total("")).isEqualTo(500);
            }
            Eventually.eventually(LONG, () -> assertThat(busy()).isZero());
        }
        JsonNode page = json(server.get(EVENTS + "?limit=100&page=5", secret));
        assertThat(page.path("events")).hasSize(100);
        assertThat(page.path("events"))
                .allSatisfy(event ->
                        assertThat(event.at("/properties/filler").asText()).isEqualTo(filler));
        assertThat(page.path("pageData").toString())
                .isEqualTo("{\"page\":5,\"limit\":100,\"total\":500,\"isNextPageAvailable\":false}");
    }

    @Test
    void countThatTakesTooLongSaysWhatHelps() throws SQLException {
        TestServer impatient = TestServer.start("database.statementTimeout", "1s");
        try (impatient;
                Connection connection = TestPostgres.connect(impatient.databaseUrl());
                Statement statement = connection.createStatement()) {
            TestKeys otherKeys = new TestKeys(impatient);
            String key = otherKeys.issue(otherKeys.business(), KeyTier.SECRET).key();
            connection.setAutoCommit(false);
            statement.execute("LOCK TABLE event IN ACCESS EXCLUSIVE MODE");
            for (String path : List.of(EVENTS, SERIES)) {
                HttpResponse<String> response = impatient.get(path, key);
                assertThat(response.statusCode()).isEqualTo(503);
                assertThat(response.headers().firstValue("Retry-After")).isPresent();
                assertThat(json(response).path("detail").asText()).contains("shorter range");
            }
            connection.rollback();
        }
    }

    private static long busy() {
        return (long) TestPostgres.query(
                        server.databaseUrl(),
                        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                                + " AND application_name IN ('quotient-features', 'quotient-bulk') AND state <> 'idle'")
                .get(0)
                .get(0);
    }

    private void track(int times, String type) {
        String events = IntStream.range(0, times)
                .mapToObj(i -> "{\"eventType\":\"" + type + "\",\"messageId\":\"" + UUID.randomUUID() + "\"}")
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(json(server.post(TRACK, secret, events)).path("accepted").asInt())
                .isEqualTo(times);
    }

    private int total(String query) {
        return json(server.get(EVENTS + "?" + query, secret))
                .path("pageData")
                .path("total")
                .asInt();
    }

    private static List<String> issuePaths(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(json(response).path("code").asText()).isEqualTo("INVALID_REQUEST");
        return json(response).path("issues").findValuesAsText("path");
    }

    private static List<String> members(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }
}
