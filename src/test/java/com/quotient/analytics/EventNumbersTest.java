package com.quotient.analytics;

import static com.quotient.testing.TestServer.json;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Numbers survive the round trip through Postgres, and no event becomes more than twice as long. */
class EventNumbersTest {
    private static final String TRACK = "/api/v0/analytics";
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final String secret = keys.issue(keys.business(), KeyTier.SECRET).key();

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
    }

    @Test
    void whatIsSentIsReadAndIsAtMostTwiceAsLong() throws IOException {
        Random random = new Random(20_261_126);
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            sent.add(value(random, 4));
        }
        assertThat(track(sent).path("accepted").asInt()).isEqualTo(sent.size());

        Map<Integer, JsonNode> read = read();
        for (int i = 0; i < sent.size(); i++) {
            JsonNode value = read.get(i);
            assertSame(JSON.readTree(sent.get(i)), value, sent.get(i));
            assertThat(value.toString().getBytes(UTF_8).length)
                    .as(sent.get(i))
                    .isLessThanOrEqualTo(2 * sent.get(i).getBytes(UTF_8).length);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1e63",
                "-1e-63",
                "0e-63",
                "1e21",
                "1e-7",
                "[]",
                "{\"a\":1}",
                "\"\\b\\f\\u0001\\u007f\u007f\"",
                "\"\\\\\"",
                "[[[[1]]]]",
                "1"
            })
    void eventFullOfWhatPostgresWritesOutIsReadAtMostTwiceAsLong(String value) {
        String full = Collections.nCopies(25_000 / (value.length() + 1), value).stream()
                .collect(Collectors.joining(",", "[", "]"));
        assertThat(track(List.of(full)).path("accepted").asInt()).isEqualTo(1);

        HttpResponse<String> page = server.get(TRACK + "/events", secret);
        assertThat(page.body().getBytes(UTF_8).length).isLessThan(2 * full.length());
        assertThat(server.get(TRACK + "/export", secret).body().getBytes(UTF_8).length)
                .isLessThan(2 * full.length());
    }

    @Test
    void numberThatPostgresWouldWriteOutWithoutEndRefusesItsEventOnly() {
        JsonNode answer = track(List.of("1", "5e-324", "1e400", "1e64", "1e63"));

        assertThat(answer.path("accepted").asInt()).isEqualTo(2);
        assertThat(answer.path("rejected").findValuesAsText("code")).containsOnly("NUMBER_OUT_OF_RANGE");
        assertThat(answer.path("rejected").findValuesAsText("index")).containsExactly("1", "2", "3");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"KEY\"",
                "{\"a\":[{\"b\":\"https://a.example/?key=KEY&x=y\"}]}",
                "{\"a\":{\"KEY\":1}}",
                "\"\\u0073kREST\"",
                "[\"sk_sk_sk_KEY\"]"
            })
    void eventThatHoldsAnIssuedSecretKeyIsRefusedWithoutRepeatingTheKey(String value) {
        String key = KeyFormat.issue(KeyTier.SECRET, new SecureRandom());
        double before = refusedForKeys();

        JsonNode answer = track(List.of(
                "1", value.replace("KEY", key).replace("kREST", key.substring(1)), "\"" + key.substring(0, 42) + "\""));

        assertThat(answer.path("accepted").asInt()).isEqualTo(2);
        JsonNode rejected = answer.path("rejected").get(0);
        assertThat(rejected.path("index").asInt()).isEqualTo(1);
        assertThat(rejected.path("code").asText()).isEqualTo("SECRET_KEY");
        assertThat(rejected.path("detail").asText()).contains("revoke that key");
        assertThat(answer.toString()).doesNotContain(key.substring(3, 10));
        assertThat(refusedForKeys()).isEqualTo(before + 1);
        assertThat(server.get(TRACK + "/events", secret).body()).doesNotContain(key);
    }

    private static double refusedForKeys() {
        return server.metric("quotient_ingest_events_rejected_total{reason=\"secret_key\"");
    }

    private JsonNode track(List<String> values) {
        List<String> events = new ArrayList<>();
        for (int i = 0; i < values.size(); i++) {
            events.add("{\"eventType\":\"n\",\"deviceId\":\"" + i + "\",\"v\":" + values.get(i) + "}");
        }
        HttpResponse<String> response = server.post(TRACK, secret, events.toString());
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private Map<Integer, JsonNode> read() throws IOException {
        List<JsonNode> events = new ArrayList<>();
        JSON.readTree(server.get(TRACK + "/events?limit=100", secret).body())
                .path("events")
                .forEach(events::add);
        return events.stream()
                .collect(Collectors.toMap(event -> event.path("deviceId").asInt(), event -> event.path("properties")
                        .path("v")));
    }

    private static void assertSame(JsonNode sent, JsonNode read, String what) {
        if (sent.isNumber()) {
            BigDecimal value = sent.decimalValue();
            assertThat(read.decimalValue()).as(what).isEqualByComparingTo(value);
            assertThat(read.decimalValue().scale()).as(what).isEqualTo(Math.max(0, value.scale()));
        } else if (sent.isContainerNode()) {
            assertThat(read.size()).as(what).isEqualTo(sent.size());
            if (sent.isArray()) {
                for (int i = 0; i < sent.size(); i++) {
                    assertSame(sent.get(i), read.get(i), what);
                }
            } else {
                sent.properties().forEach(entry -> assertSame(entry.getValue(), read.path(entry.getKey()), what));
            }
        } else {
            assertThat(read).as(what).isEqualTo(sent);
        }
    }

    private static String value(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> Integer.toString(random.nextInt());
            case 1 -> "%se%d".formatted(random.nextInt(10), random.nextInt(-60, 8));
            case 2 -> "%d.%d".formatted(random.nextLong(), random.nextLong(Long.MAX_VALUE));
            case 3 -> random.nextBoolean() ? "true" : "null";
            case 4 -> '"' + text(random) + '"';
            case 5 ->
                random.ints(random.nextInt(8))
                        .mapToObj(i -> value(random, depth - 1))
                        .collect(Collectors.joining(",", "[", "]"));
            default ->
                random.ints(random.nextInt(8))
                        .distinct()
                        .mapToObj(i -> "\"" + i + "\":" + value(random, depth - 1))
                        .collect(Collectors.joining(",", "{", "}"));
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(20); i > 0; i--) {
            int c = random.nextInt(1, 0x800);
            text.append(c < ' ' || c == '"' || c == '\\' ? String.format("\\u%04x", c) : Character.toString(c));
        }
        return text.toString();
    }
}
