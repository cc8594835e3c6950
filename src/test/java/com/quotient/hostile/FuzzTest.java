package com.quotient.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyTier;
import com.quotient.testing.Http11;
import com.quotient.testing.LoopWatch;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Whatever is sent, the server answers by the rules: no fault of its own, no loop held, no connection left open. Each
 * kind of input is tried for {@code -Dquotient.fuzz.seconds} seconds (3), from {@code -Dquotient.fuzz.seed} on, which a
 * failure names.
 */
@Tag("faults")
class FuzzTest {
    private static final long SECONDS = Long.getLong("quotient.fuzz.seconds", 3);
    private static final long SEED = Long.getLong("quotient.fuzz.seed", System.nanoTime());
    private static final double LONGEST_TURN_MILLIS = 50;
    private static final int ATTEMPTS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Until then turns are not measured: the first use of a class is long. */
    private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int MAX_QUERY = 600;
    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");

    private static final HttpClient CLIENT =
            Http11.newBuilder().connectTimeout(PATIENCE).build();

    private static TestServer server;
    private static String secret;
    private static String publicKey;
    private static LoopWatch watch;

    private final Random random = new Random(SEED);

    @BeforeAll
    static void start() {
        server = TestServer.start("log.accessLinesPerSecond", "0");
        TestKeys keys = new TestKeys(server);
        String business = keys.business();
        secret = keys.issue(business, KeyTier.SECRET).key();
        publicKey = keys.publicKey(business, "example.com");
        server.post("/api/v0/audience/lists", secret, "{\"slug\":\"fuzz\"}");
        watch = new LoopWatch(server.server().vertx());
    }

    @AfterAll
    static void stop() {
        watch.close();
        server.close();
    }

    @BeforeEach
    void forgetTurns() {
        watch.longestMillis();
    }

    @AfterEach
    void nobodyElseNoticed() {
        assertThat(server.get("/api/v0/whoami", secret).statusCode()).isEqualTo(200);
    }

    @Test
    void bytesOnASocketAreAnsweredOrTheConnectionEnds() {
        String authorization = "Authorization: Bearer " + secret;
        List<byte[]> seeds = bytes(
                request("GET /api/v0/whoami HTTP/1.1", "Host: a", authorization),
                request(
                                "POST /api/v0/analytics HTTP/1.1",
                                "Host: a",
                                authorization,
                                "Content-Type: application/json",
                                "Content-Length: 17")
                        + "{\"eventType\":\"x\"}",
                request("POST /api/v0/analytics HTTP/1.1", "Host: a", authorization, "Transfer-Encoding: chunked")
                        + String.join("\r\n", "11", "{\"eventType\":\"x\"}", "0", "", ""),
                request(
                        "OPTIONS /api/v0/people HTTP/1.1",
                        "Host: a",
                        "Origin: https://example.com",
                        "Access-Control-Request-Method: POST"),
                request(
                        "GET /api/v0/whoami HTTP/1.1",
                        "Host: a",
                        "Connection: Upgrade, HTTP2-Settings",
                        "Upgrade: h2c",
                        "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA"),
                request("PRI * HTTP/2.0") + request("SM") + "\0\0\0\4\0\0\0\0\0",
                request("HEAD /openapi.json HTTP/1.0"));
        List<byte[]> tokens = bytes(
                "\r\n",
                "\n",
                "\r",
                "\r\n ",
                "\t",
                " ",
                ":",
                "\0",
                "\u00ff",
                "Content-Length: 5\r\n",
                "Transfer-Encoding: chunked\r\n",
                "Transfer-Encoding: gzip, chunked\r\n",
                "Expect: 100-continue\r\n",
                "Host: b\r\n",
                "Origin: null\r\n",
                "If-Match: *\r\n",
                "Content-Encoding: gzip\r\n",
                "0\r\n\r\n",
                "ffffffffffffffff\r\n",
                "HTTP/1.0",
                "HTTP/9.9",
                "%00",
                "/../",
                "//",
                "?",
                "#",
                ";",
                "\"",
                ",");
        each(new Mutations(random, seeds, tokens), FuzzTest::exchange);
    }

    @Test
    void jsonIsAnsweredWithoutAFault() {
        List<byte[]> seeds = bytes(
                "{\"eventType\":\"search\",\"timestamp\":1700000000,\"url\":\"https://a.example\",\"n\":[1,2.5e3,{\"a\":null}]}",
                "[{\"eventType\":\"x\",\"messageId\":\"m\"},{\"eventType\":\"y\",\"properties\":{\"a\":true}}]",
                "{\"batch\":[{\"eventType\":\"x\",\"timestamp\":\"2026-01-01T00:00:00Z\"}],\"sentAt\":1700000000000}",
                "{\"emailAddress\":\"ada@example.com\",\"firstName\":\"Ada\",\"leadScore\":5,\"lists\":[\"fuzz\"]}",
                "{\"domain\":\"example.com\",\"revenue\":1.5,\"industries\":[\"a\"]}",
                "{\"people\":[{\"emailAddress\":\"a@example.com\"},{\"personId\":\"per_x\"}]}",
                "{\"title\":\"T\",\"markdown\":\"# a\\n*b*\",\"status\":\"PUBLISHED\",\"tagIds\":[]}",
                "{\"title\":\"T\",\"content\":{\"type\":\"doc\",\"content\":[{\"type\":\"paragraph\",\"content\":["
                        + "{\"type\":\"text\",\"text\":\"a\",\"marks\":[{\"type\":\"bold\"}]}]}]}}",
                "{\"content\":\"# Title\\n\\ntext\",\"tags\":[\"brand\"],\"pinned\":true}",
                "{\"query\":\"title text\",\"tags\":[\"brand\"]}",
                "{\"target\":\"PERSON\",\"name\":\"fuzz\",\"type\":\"NUMBER\"}");
        List<byte[]> tokens = bytes(
                "{",
                "}",
                "[",
                "]",
                "\"",
                ",",
                ":",
                "null",
                "true",
                "1e400",
                "5e-324",
                "-0",
                "1E-99999999999",
                "9".repeat(70),
                "\\u0000",
                "\\ud800",
                "\\udc00\\ud800",
                "\0",
                "\u00ff",
                "\u00c0\u0080",
                "\\",
                "\\u",
                "NaN",
                "//",
                "/**/",
                "\u00ef\u00bb\u00bf",
                "1.0",
                "\"eventType\":",
                "\"properties\":",
                "\"apiKey\":");
        List<String> paths = List.of(
                "/analytics",
                "/audience/people",
                "/audience/companies",
                "/audience/lists",
                "/audience/lists/fuzz/people",
                "/audience/properties",
                "/blog",
                "/blog/tags",
                "/blog/authors",
                "/memory/fuzz",
                "/memory/search",
                "/flow/flw_x/trigger");
        each(
                new Mutations(random, seeds, tokens),
                body -> send("POST", paths.get(random.nextInt(paths.size())), "application/json", body));
    }

    @Test
    void filesOfPeopleAreAnsweredWithoutAFault() {
        List<byte[]> seeds = bytes(
                "emailAddress,firstName\na@example.com,Ada\n\"b@example.com\",\"B \"\"x\"\"\nc\"\n",
                "sep=;\nemailAddress;lists\na@example.com;fuzz\n",
                "{\"emailAddress\":\"a@example.com\"}\n{\"emailAddress\":\"b@example.com\",\"leadScore\":1}\n");
        List<byte[]> tokens = bytes(
                "\"",
                "\"\"",
                ",",
                ";",
                "\t",
                "\n",
                "\r",
                "\r\n",
                "\0",
                "\u00ff",
                "\u00ef\u00bb\u00bf",
                "\u00ff\u00fe",
                "=",
                "'=1",
                "{",
                "}");
        each(
                new Mutations(random, seeds, tokens),
                body -> send(
                        "POST",
                        "/audience/people/import",
                        random.nextBoolean() ? "text/csv" : "application/x-ndjson",
                        body));
    }

    @Test
    void markdownIsAnsweredWithoutAFault() {
        List<byte[]> seeds = Stream.concat(
                        WorstInputs.markdown().map(shape -> shape[1].getBytes(UTF_8)),
                        Stream.of("# a\n\n1. b\n   ```\n   c\n   ```\n2. [![d](e)](f)\n\n|a|\n|-|\n|b|\n"
                                .getBytes(UTF_8)))
                .toList();
        each(
                new Mutations(random, seeds, seeds),
                text -> send(
                        random.nextBoolean() ? "PUT" : "POST",
                        "/memory/fuzz" + random.nextInt(20),
                        "application/json",
                        ("{\"content\":" + json(new String(text, ISO_8859_1)) + "}").getBytes(UTF_8)));
        each(
                new Mutations(random, seeds, seeds),
                text -> send(
                        "POST",
                        "/blog",
                        "application/json",
                        ("{\"title\":\"fuzz\",\"markdown\":" + json(new String(text, ISO_8859_1)) + "}")
                                .getBytes(UTF_8)));
    }

    @Test
    void gzipIsAnsweredWithoutAFault() {
        List<byte[]> seeds = List.of(
                WorstInputs.gzip("{\"eventType\":\"x\"}"), WorstInputs.gzip(""), WorstInputs.gzip("x".repeat(100_000)));
        List<byte[]> tokens =
                List.of(new byte[] {0}, new byte[8], WorstInputs.gzip(""), new byte[] {0x1f, (byte) 0x8b});
        each(new Mutations(random, seeds, tokens), body -> {
            boolean people = random.nextBoolean();
            send(
                    "POST",
                    people ? "/audience/people/import" : "/analytics",
                    people ? "application/x-ndjson" : "application/json",
                    body,
                    "Content-Encoding",
                    "gzip");
        });
    }

    @Test
    void originsAreAnsweredWithoutAFault() {
        List<byte[]> seeds =
                bytes("https://example.com", "http://app.example.com:80", "null", "https://xn--bcher-kva.example");
        List<byte[]> tokens = bytes(
                "//", ":", "@", "/", "\\", ".", "%2e", "[::1]", "*", "-", "_", "xn--", ":443", ":0443", ":99999", "?",
                "#");
        each(new Mutations(random, seeds, tokens), origin -> {
            // Anything else a client library would not send; the socket test does.
            String text = new String(origin, ISO_8859_1).replaceAll("[^\\x21-\\x7e]", "");
            assertStatus(send(HttpRequest.newBuilder(server.uri("/api/v0/whoami"))
                    .timeout(PATIENCE)
                    .header("Authorization", "Bearer " + publicKey)
                    .header("Origin", text)
                    .build()));
        });
    }

    @Test
    void queriesAreAnsweredWithoutAFault() {
        List<byte[]> seeds = bytes("hello world", "\"a b\" -c", "recieve", "端口", "naïve");
        List<byte[]> tokens =
                bytes("%", "_", "\\", "'", "\"", ":*", "&", "|", "!", "<->", "(", ")", "\0", "*", " ", "\u00ff");
        List<String> paths = List.of(
                "/memory/search?query=",
                "/audience/people?search=",
                "/blog/list?search=",
                "/audience/lists?search=",
                "/analytics/events?eventType=",
                "/analytics/series?from=");
        each(new Mutations(random, seeds, tokens), text -> {
            String query = new String(text, UTF_8);
            String encoded = URLEncoder.encode(query.substring(0, Math.min(query.length(), MAX_QUERY)), UTF_8);
            send("GET", paths.get(random.nextInt(paths.size())) + encoded, "", new byte[0]);
        });
    }

    private static String request(String... lines) {
        return String.join("\r\n", lines) + "\r\n\r\n";
    }

    private void each(Mutations mutations, Consumer<byte[]> tried) {
        long begin = System.nanoTime();
        boolean warm = false;
        while (System.nanoTime() - begin < TimeUnit.SECONDS.toNanos(SECONDS)) {
            if (!warm && System.nanoTime() - begin > WARM_UP_NANOS) {
                warm = true;
                watch.longestMillis();
            }
            byte[] input = mutations.next();
            long choices = random.nextLong();
            try {
                tryOnce(tried, input, choices);
                if (warm && watch.longestMillis() > LONGEST_TURN_MILLIS) {
                    assertTurnsAreShort(tried, input, choices);
                }
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError(
                        seed() + ", input "
                                + new String(Arrays.copyOf(input, Math.min(input.length, 2000)), ISO_8859_1),
                        e);
            }
        }
    }

    /** With the same random choices each time, such as the path. */
    private void tryOnce(Consumer<byte[]> tried, byte[] input, long choices) {
        random.setSeed(choices);
        tried.accept(input);
    }

    /** Once more, since a single turn may include unrelated work, such as the first use of a class. */
    private void assertTurnsAreShort(Consumer<byte[]> tried, byte[] input, long choices) {
        double shortest = Double.MAX_VALUE;
        for (int attempt = 0; attempt < ATTEMPTS && shortest > LONGEST_TURN_MILLIS; attempt++) {
            watch.longestMillis();
            tryOnce(tried, input, choices);
            shortest = Math.min(shortest, watch.longestMillis());
        }
        assertThat(shortest).as("milliseconds of the longest turn").isLessThan(LONGEST_TURN_MILLIS);
    }

    /** Sends, closes its side, and reads to the end. */
    private static void exchange(byte[] bytes) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
            socket.setSoTimeout((int) PATIENCE.toMillis());
            String received;
            try {
                socket.getOutputStream().write(bytes);
                socket.shutdownOutput();
                received = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
            } catch (SocketTimeoutException e) {
                throw new AssertionError("The connection stays open", e);
            } catch (IOException e) {
                // The server closed while bytes were on their way.
                return;
            }
            assertThat(STATUS.matcher(received).results().map(MatchResult::group))
                    .as(received)
                    .noneMatch(status -> status.contains(" 500 "));
        } catch (IOException e) {
            throw new AssertionError("No connection", e);
        }
    }

    private static void send(String method, String path, String contentType, byte[] body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri("/api/v0" + path))
                .timeout(PATIENCE)
                .header("Authorization", "Bearer " + secret)
                .method(method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body));
        if (!contentType.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        assertStatus(send(request.build()));
    }

    private static HttpResponse<String> send(HttpRequest request) {
        try {
            return CLIENT.send(request, BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError("No response", e);
        }
    }

    private static void assertStatus(HttpResponse<String> response) {
        assertThat(response.statusCode())
                .as(response.body())
                .isIn(200, 400, 401, 403, 404, 405, 409, 412, 413, 414, 415, 422, 431);
    }

    private static String json(String text) {
        StringBuilder json = new StringBuilder("\"");
        text.chars().forEach(c -> json.append(String.format("\\u%04x", c)));
        return json.append('"').toString();
    }

    private static List<byte[]> bytes(String... texts) {
        return Arrays.stream(texts)
                .map(text -> text.chars().anyMatch(c -> c > 255) ? text.getBytes(UTF_8) : text.getBytes(ISO_8859_1))
                .toList();
    }

    private static String seed() {
        return "seed " + SEED;
    }
}
