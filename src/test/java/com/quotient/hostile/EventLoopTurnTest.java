package com.quotient.hostile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.hostile.WorstInputs.Input;
import com.quotient.http.Route;
import com.quotient.keys.KeyTier;
import com.quotient.testing.Http11;
import com.quotient.testing.LoopWatch;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** No input, whatever it is, holds an event loop for long, costs a fault of the server, or takes more than its time. */
@Tag("faults")
class EventLoopTurnTest {
    /** Of processor time, with code that was compiled in a hurry; the aim is 10. */
    private static final double LONGEST_TURN_MILLIS = 50;

    /** Of the time that a request may take on a busy machine; the worst takes a fraction. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final int ATTEMPTS = 3;

    private static final HttpClient CLIENT =
            Http11.newBuilder().connectTimeout(PATIENCE).build();

    private static TestServer server;
    private static String key;
    private static LoopWatch watch;

    @BeforeAll
    static void start() {
        server = TestServer.start("log.accessLinesPerSecond", "0");
        TestKeys keys = new TestKeys(server);
        key = keys.issue(keys.business(), KeyTier.SECRET).key();
        fill();
        watch = new LoopWatch(server.server().vertx());
        WorstInputs.all().stream()
                .collect(Collectors.toMap(input -> input.path().split("\\?")[0], input -> input, (one, other) -> one))
                .values()
                .forEach(input -> send(input));
    }

    @AfterAll
    static void stop() {
        watch.close();
        server.close();
    }

    /** Rows as large as they may be, so that reads have something to read. */
    private static void fill() {
        server.post("/api/v0/audience/lists", key, "{\"slug\":\"worst\"}");
        IntStream.range(0, 255)
                .forEach(i -> server.post(
                        "/api/v0/audience/properties",
                        key,
                        "{\"target\":\"PERSON\",\"type\":\"TEXT\",\"name\":\"p" + i + "\"}"));
        String values = IntStream.range(0, 255)
                .mapToObj(i -> "\"p" + i + "\":\"" + "a".repeat(3900) + "\"")
                .collect(Collectors.joining(","));
        for (int i = 0; i < 20; i++) {
            server.post(
                    "/api/v0/audience/people",
                    key,
                    "{\"emailAddress\":\"large" + i + "@example.com\",\"properties\":{" + values + "}}");
        }
        String event = "{\"eventType\":\"x\",\"n\":\"" + "a".repeat(30_000) + "\"}";
        String batch = IntStream.range(0, 16).mapToObj(i -> event).collect(Collectors.joining(","));
        for (int i = 0; i < 15; i++) {
            server.post("/api/v0/analytics", key, "[" + batch + "]");
        }
        String text = "Some text of a post that is as long as it may be. ".repeat(4500);
        for (int i = 0; i < 25; i++) {
            server.post(
                    "/api/v0/blog",
                    key,
                    "{\"title\":\"Post " + i + "\",\"status\":\"PUBLISHED\",\"markdown\":\"" + text + "\"}");
        }
        String name = "n".repeat(90);
        for (int i = 0; i < 300; i++) {
            server.send("PUT", "/api/v0/memory/" + name + "/" + name + "/" + name + i, key, "{\"content\":\"x\"}");
        }
    }

    static List<Input> inputs() {
        return WorstInputs.all();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("inputs")
    void noInputHoldsAnEventLoop(Input input) {
        double shortest = Double.MAX_VALUE;
        // A single turn may include unrelated work, such as the first use of a class.
        for (int attempt = 0; attempt < ATTEMPTS && shortest > LONGEST_TURN_MILLIS; attempt++) {
            watch.longestMillis();
            HttpResponse<byte[]> response = send(input);
            shortest = Math.min(shortest, watch.longestMillis());
            assertThat(response.statusCode())
                    .as(new String(response.body(), 0, Math.min(300, response.body().length), UTF_8))
                    .isIn(200, 400, 401, 404, 409, 413, 414, 431, 503);
            if (response.statusCode() == 503) {
                assertThat(response.headers().firstValue("Retry-After")).isPresent();
            }
        }
        assertThat(shortest).as("milliseconds of the longest turn").isLessThan(LONGEST_TURN_MILLIS);
    }

    @Test
    void everyEndpointWithABodyHasAWorstInput() {
        List<String> missing = new ArrayList<>();
        List<Input> inputs = WorstInputs.all();
        for (Route route : server.server().routes().all()) {
            boolean covered = inputs.stream()
                    .anyMatch(input -> input.method().equals(route.method().name())
                            && matches(route.path(), input.path().split("\\?")[0]));
            if (!covered && (route.body().read() || route.body().streamed())) {
                missing.add(route.method() + " " + route.path());
            }
        }
        // The rest of the endpoints below take the same bodies by the same code as those that are covered.
        assertThat(missing)
                .allMatch(name -> name.startsWith("PATCH /blog")
                        || name.equals("POST /people")
                        || name.equals("POST /memory/{path*}")
                        || name.equals("POST /audience/lists/{slug}/people/remove"));
    }

    private static boolean matches(String template, String path) {
        return path.matches(template.replaceAll("\\{[a-zA-Z]+\\*}", ".+").replaceAll("\\{[a-zA-Z]+}", "[^/]+"));
    }

    private static HttpResponse<byte[]> send(Input input) {
        try {
            return CLIENT.send(
                    input.request(server.uri("/api/v0").toString(), key, PATIENCE), BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(input.toString(), e);
        }
    }
}
