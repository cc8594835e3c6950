package com.quotient.http;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.json;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What clients must not send, byte by byte; good callers are unharmed by all of it. */
class BadInputTest {
    private static final String WHOAMI = "/api/v0/whoami";
    private static final String TRACK = "/api/v0/analytics";
    private static final int MAX_LINE = 8192;
    private static final int MAX_HEADERS = 16_384;
    private static final int MAX_BATCH = 524_288;

    @AutoClose
    private static TestServer server;

    private static String key;
    private static String authorization;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        TestKeys keys = new TestKeys(server);
        key = keys.secret(keys.business());
        authorization = "Authorization: Bearer " + key;
    }

    @AfterEach
    void goodCallersAreUnharmedAndNoConnectionIsLeft() {
        assertThat(server.get(WHOAMI, key).statusCode()).isEqualTo(200);
        // The tests' client keeps one or two connections; those that misbehaved are closed, and before
        // http.headerDeadline.
        eventually(Duration.ofSeconds(9), () -> assertThat(server.metric("quotient_http_connections"))
                .isLessThanOrEqualTo(3));
    }

    /** What is not HTTP, or too much of it, and the status it gets. */
    static Stream<Arguments> untrustworthy() {
        String post = "POST " + TRACK + " HTTP/1.1\r\nHost: x\r\n" + authorization + "\r\n";
        String get = "GET " + WHOAMI + " HTTP/1.1\r\nHost: x\r\n" + authorization + "\r\n";
        return Stream.of(
                Arguments.of("long line", 414, "GET " + WHOAMI + "?" + "a".repeat(MAX_LINE) + " HTTP/1.1\r\n\r\n"),
                Arguments.of("endless line", 414, "GET /" + "a".repeat(100_000)),
                Arguments.of("long header", 431, get + "X-Long: " + "a".repeat(MAX_HEADERS) + "\r\n\r\n"),
                Arguments.of("many headers", 431, get + "X-Many: 1234567890\r\n".repeat(1000) + "\r\n"),
                Arguments.of("endless header", 431, get + "X-Long: " + "a".repeat(100_000)),
                Arguments.of(
                        "length and chunks",
                        400,
                        post + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                Arguments.of(
                        "chunks and length",
                        400,
                        post + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
                Arguments.of("two lengths", 400, post + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}"),
                Arguments.of("list of lengths", 400, post + "Content-Length: 2, 3\r\n\r\n{}"),
                Arguments.of("negative length", 400, post + "Content-Length: -2\r\n\r\n{}"),
                Arguments.of("signed length", 400, post + "Content-Length: +2\r\n\r\n{}"),
                Arguments.of("length of words", 400, post + "Content-Length: two\r\n\r\n{}"),
                Arguments.of("huge length", 400, post + "Content-Length: 99999999999999999999\r\n\r\n{}"),
                Arguments.of("unknown coding", 400, post + "Transfer-Encoding: gzip\r\n\r\n{}"),
                Arguments.of("chunked not last", 400, post + "Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n"),
                Arguments.of("chunked twice", 400, post + "Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
                Arguments.of("NUL in a value", 400, get + "X-Nul: a\0b\r\n\r\n"),
                Arguments.of("NUL in a name", 400, get + "X-\0Nul: a\r\n\r\n"),
                Arguments.of("NUL in the key", 400, "GET " + WHOAMI + " HTTP/1.1\r\n" + authorization + "\0\r\n\r\n"),
                Arguments.of("bare CR", 400, get + "X-Cr: a\rX-Other: b\r\n\r\n"),
                Arguments.of("space before the colon", 400, get + "X-Space : a\r\n\r\n"),
                Arguments.of("no colon", 400, get + "nonsense\r\n\r\n"),
                Arguments.of("fold before any header", 400, "GET " + WHOAMI + " HTTP/1.1\r\n X: folded\r\n\r\n"),
                Arguments.of("no version", 400, "GET " + WHOAMI + "\r\n\r\n"),
                Arguments.of("HTTP/0.9", 400, "GET /\r\n"),
                Arguments.of("nonsense", 400, "\1\2\3\4 nonsense\r\n\r\n"),
                Arguments.of("TLS", 400, "\u0016\u0003\u0001\u0002\0\1\0\1\u00fc\u0003\u0003\r\n\r\n"),
                Arguments.of("version 2.0", 400, "GET " + WHOAMI + " HTTP/2.0\r\n\r\n"),
                Arguments.of("version 1.9", 400, "GET " + WHOAMI + " HTTP/1.9\r\n\r\n"),
                Arguments.of("chunk of words", 400, post + "Transfer-Encoding: chunked\r\n\r\nxyz\r\n{}\r\n0\r\n\r\n"),
                Arguments.of("negative chunk", 400, post + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n0\r\n\r\n"),
                Arguments.of(
                        "huge chunk", 400, post + "Transfer-Encoding: chunked\r\n\r\nfffffffff\r\n{}\r\n0\r\n\r\n"),
                Arguments.of("chunk without end", 400, post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}xx0\r\n\r\n"),
                Arguments.of("later chunk", 400, post + "Transfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n!\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("untrustworthy")
    void untrustworthyStreamGetsOneAnswerAndIsClosed(String name, int status, String bytes) {
        try (RawClient client = RawClient.to(server)) {
            client.send(bytes);
            RawClient.Response response = client.read();

            assertThat(response.status()).as(response.body()).isEqualTo(status);
            assertThat(response.header("content-type")).isEqualTo("application/problem+json");
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(response.header("x-request-id")).isNotEmpty();
            assertThat(client.readToEnd()).as("one answer").isEmpty();
        }
    }

    /** Request smuggling needs the server to accept the request behind a body of ambiguous length. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "Content-Length: 0\r\nContent-Length: 44\r\n\r\n",
                "Transfer-Encoding: chunked\r\n\r\nzz\r\n"
            })
    void requestBehindABrokenOneIsNotServed(String framing) {
        String smuggled = RawClient.head("GET", WHOAMI, authorization);
        try (RawClient client = RawClient.to(server)) {
            client.send("POST " + TRACK + " HTTP/1.1\r\nHost: x\r\n" + authorization + "\r\n" + framing + smuggled);

            assertThat(client.read().status()).isEqualTo(400);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void upgradeToWebSocketIsIgnored() {
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("GET", WHOAMI, authorization, "Connection: Upgrade", "Upgrade: websocket"));
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void clientThatUpgradesToHttp2IsServed() {
        HttpClientAgent client = http2(true);

        HttpClientResponse response =
                TestServer.await(client.request(HttpMethod.GET, server.port(), "127.0.0.1", WHOAMI)
                        .compose(sent ->
                                sent.putHeader("Authorization", "Bearer " + key).send()));

        assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
        assertThat(response.statusCode()).isEqualTo(200);
        TestServer.await(client.close());
    }

    @Test
    void clientThatBeginsWithHttp2IsServed() {
        HttpClientAgent client = http2(false);
        for (String body : new String[] {"{\"eventType\":\"overHttp2\"}", "{"}) {
            HttpClientResponse response =
                    TestServer.await(client.request(HttpMethod.POST, server.port(), "127.0.0.1", TRACK)
                            .compose(sent -> sent.putHeader("Authorization", "Bearer " + key)
                                    .putHeader("Content-Type", "application/json")
                                    .send(body)));

            assertThat(response.version()).isEqualTo(HttpVersion.HTTP_2);
            assertThat(response.statusCode()).isEqualTo(body.length() > 1 ? 200 : 400);
        }
        TestServer.await(client.close());
    }

    private static HttpClientAgent http2(boolean upgrades) {
        return server.server()
                .vertx()
                .createHttpClient(new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(upgrades));
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 50; i++) {
            requests.append(RawClient.head("GET", WHOAMI, authorization, "X-Request-Id: number-" + i));
            String body = "{\"eventType\":\"pipelined\"}";
            requests.append(RawClient.head(
                            "POST",
                            TRACK,
                            authorization,
                            "Content-Type: application/json",
                            "Content-Length: " + body.length(),
                            "X-Request-Id: post-" + i))
                    .append(body);
        }
        try (RawClient client = RawClient.to(server)) {
            client.send(requests.toString());
            for (int i = 0; i < 50; i++) {
                assertThat(client.read().header("x-request-id")).isEqualTo("number-" + i);
                assertThat(client.read().header("x-request-id")).isEqualTo("post-" + i);
            }
        }
    }

    @Test
    void connectionIsKeptAfterARefusedSmallBody() {
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("POST", TRACK, "Content-Type: application/json", "Content-Length: 2"));
            assertThat(client.read().status()).isEqualTo(401);

            client.send("{}" + RawClient.head("GET", WHOAMI, authorization));

            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void clientThatStillSendsCanReadItsRefusal() {
        byte[] megabyte = new byte[1 << 20];
        Arrays.fill(megabyte, (byte) ' ');
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head(
                    "POST", TRACK, authorization, "Content-Type: application/json", "Content-Length: " + (8 << 20)));
            for (int i = 0; i < 8; i++) {
                client.send(megabyte);
            }
            RawClient.Response response = client.read();

            assertThat(response.status()).isEqualTo(413);
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(response.body()).contains("\"limit\":" + MAX_BATCH);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void endlessChunksEndAtTheLimit() {
        String chunk = "8000\r\n" + " ".repeat(0x8000) + "\r\n";
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head(
                    "POST", TRACK, authorization, "Content-Type: application/json", "Transfer-Encoding: chunked"));
            for (int i = 0; i <= MAX_BATCH / 0x8000; i++) {
                client.send(chunk);
            }
            RawClient.Response response = client.read();

            assertThat(response.status()).isEqualTo(413);
            assertThat(response.header("connection")).isEqualTo("close");
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void chunkedBodyIsRead() {
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head(
                            "POST",
                            TRACK,
                            authorization,
                            "Content-Type: application/json",
                            "Transfer-Encoding: chunked")
                    + "6\r\n{\"even\r\n13;a=b\r\ntType\":\"chunked\"   \r\n1\r\n}\r\n0\r\nX-Trailer: 1\r\n\r\n");

            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void publicKeysMayTrackAsMuchAsSecretOnes() {
        TestKeys keys = new TestKeys(server);
        String publicKey = keys.publicKey(keys.business());
        String body = "{\"eventType\":\"large\"}" + " ".repeat(MAX_BATCH - 21);

        assertThat(server.post(TRACK, publicKey, body).statusCode()).isEqualTo(200);
        assertThat(server.post(TRACK, publicKey, body + " ").statusCode()).isEqualTo(413);
    }

    @Test
    void waitingClientIsToldToContinueOnlyWhenItsBodyIsWanted() {
        String body = "{\"eventType\":\"expected\"}";
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head(
                    "POST",
                    TRACK,
                    authorization,
                    "Content-Type: application/json",
                    "Content-Length: " + body.length(),
                    "Expect: 100-continue"));
            assertThat(client.read().status()).isEqualTo(100);
            client.send(body);
            assertThat(client.read().status()).isEqualTo(200);
        }
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head(
                    "POST", TRACK, "Content-Type: application/json", "Content-Length: 9", "Expect: 100-continue"));
            RawClient.Response refused = client.read();
            assertThat(refused.status()).isEqualTo(401);
            assertThat(refused.header("connection")).isEqualTo("close");
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    /** The client is not told to continue, and need not send anything to be refused. */
    @ParameterizedTest
    @CsvSource({"0, 100", "1, 413"})
    void bodyIsRefusedByItsDeclaredLengthBeforeItIsSent(int more, int status) {
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head(
                    "POST",
                    TRACK,
                    authorization,
                    "Content-Type: application/json",
                    "Content-Length: " + (MAX_BATCH + more),
                    "Expect: 100-continue"));

            assertThat(client.read().status()).isEqualTo(status);
        }
    }

    @Test
    void bodyOfARequestThatNeedsNoneIsThrownAway() {
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("GET", WHOAMI, authorization, "Content-Length: 100000") + "x".repeat(100_000));
            assertThat(client.read().status()).isEqualTo(200);
        }
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("GET", WHOAMI, authorization, "Content-Length: 4") + "GET "
                    + RawClient.head("GET", WHOAMI, authorization));
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @Test
    void endlessBodyThatNobodyReadsIsCut() {
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("GET", WHOAMI, authorization, "Content-Length: 1000000000") + "x");
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"%", "%2", "%zz", "limit=%zz", "search=%00", "page=%30%00"})
    void brokenQueryIsRefused(String query) {
        // Not by java.net.URI, which would not let it pass.
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("GET", "/api/v0/analytics/events?" + query, authorization));
            RawClient.Response response = client.read();

            assertThat(response.status()).isEqualTo(400);
            assertThat(response.body()).contains("INVALID_REQUEST");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "eventType=%FF%FE",
                "eventType=%ED%A0%80",
                "eventType=%F0%9F%98%80",
                "personId=' OR 1=1 --",
                "search=%",
                "page=2147483647",
                "limit=2147483648",
                "from=0000-01-01T00:00:00Z",
                "to=9999-12-31T23:59:59Z",
                "unknown=1&unknown=2",
                "&&&==&"
            })
    void oddQueryIsNeverAFaultOfTheServer(String query) {
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("GET", "/api/v0/analytics/events?" + query.replace(" ", "%20"), authorization));

            assertThat(client.read().status()).isIn(200, 400);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json;charset=utf-16",
                "application/json; charset=ISO-8859-1",
                "application/jsonx",
                "application/xml",
                "application/x-www-form-urlencoded",
                "multipart/form-data; boundary=x",
                "text/json",
                "text/plain",
                "*/*",
                "nonsense"
            })
    void otherMediaTypesAreRefused(String type) {
        HttpResponse<String> response = server.post(TRACK, key, "{\"eventType\":\"typed\"}", "Content-Type", type);

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(json(response).path("code").asText()).isEqualTo("UNSUPPORTED_MEDIA_TYPE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "application/json",
                "Application/JSON",
                "application/json; charset=utf-8",
                "application/json;charset=\"UTF-8\"",
                "application/json; charset=utf8",
                "application/json ; x=y"
            })
    void jsonIsAcceptedHoweverItIsWritten(String type) {
        assertThat(server.post(TRACK, key, "{\"eventType\":\"typed\"}", "Content-Type", type)
                        .statusCode())
                .isEqualTo(200);
    }

    /** Padding, as tapes and some proxies leave it, and the older name of the coding (RFC 9110 section 8.4.1.3). */
    @ParameterizedTest
    @ValueSource(strings = {"gzip", "x-gzip", "GZIP"})
    void gzipFollowedByZerosIsInflated(String coding) {
        byte[] packed = gzip("{\"eventType\":\"zipped\"}".getBytes(UTF_8));

        assertThat(sendEncoded(Arrays.copyOf(packed, packed.length + 8), coding).statusCode())
                .isEqualTo(200);
    }

    /** More than an event loop inflates by itself. */
    @Test
    void gzipUpToTheLimitIsInflated() {
        String event = "{\"eventType\":\"zipped\",\"text\":\"" + "x".repeat(30_000) + "\"}";
        String batch = "[" + String.join(",", Collections.nCopies(17, event)) + "]";

        assertThat(sendEncoded(gzip(batch.getBytes(UTF_8)), "gzip").body()).contains("\"accepted\":17");
    }

    @Test
    void thousandsOfEmptyMembersAreAnEmptyBody() {
        byte[] empty = gzip(new byte[0]);
        byte[] members = new byte[10_000 * empty.length];
        for (int i = 0; i < members.length; i++) {
            members[i] = empty[i % empty.length];
        }

        assertThat(sendEncoded(members, "gzip").statusCode()).isEqualTo(400);
    }

    @Test
    void gzipIsInflated() {
        assertThat(sendEncoded(gzip("{\"eventType\":\"zipped\"}".getBytes(UTF_8)), "gzip")
                        .statusCode())
                .isEqualTo(200);
        assertThat(sendEncoded("{\"eventType\":\"plain\"}".getBytes(UTF_8), "identity")
                        .statusCode())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"br", "deflate", "zstd", "gzip, gzip", "nonsense"})
    void otherEncodingsAreRefused(String encoding) {
        HttpResponse<String> response = sendEncoded(gzip("{}".getBytes(UTF_8)), encoding);

        assertThat(response.statusCode()).isEqualTo(415);
        assertThat(response.headers().firstValue("Accept-Encoding")).hasValue("gzip");
    }

    @Test
    void bombEndsAtTheLimit() {
        byte[] bomb = gzip(new byte[100 << 20]);
        assertThat(bomb.length).as("small enough to be read").isLessThan(MAX_BATCH);

        HttpResponse<String> response = sendEncoded(bomb, "gzip");

        assertThat(response.statusCode()).isEqualTo(413);
        assertThat(json(response).path("limit").asInt()).isEqualTo(MAX_BATCH);
    }

    @Test
    void brokenGzipIsRefused() {
        byte[] whole = gzip("{\"eventType\":\"x\"}".getBytes(UTF_8));
        byte[] wrongSum = whole.clone();
        wrongSum[whole.length - 8] ^= 1;
        for (byte[] body : List.of(
                "{\"eventType\":\"x\"}".getBytes(UTF_8),
                Arrays.copyOf(whole, whole.length - 9),
                wrongSum,
                new byte[0])) {
            HttpResponse<String> response = sendEncoded(body, "gzip");
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(json(response).path("code").asText()).isEqualTo("INVALID_REQUEST");
        }
    }

    /** Texts that are no JSON for this server, in ISO-8859-1 so that each character is a byte. */
    static Stream<Supplier<String>> badJson() {
        return Stream.of(
                () -> "",
                () -> "{",
                () -> "null",
                () -> "\"text\"",
                () -> "{\"eventType\":\"x\"} {}",
                () -> "{\"eventType\":\"x\",}",
                () -> "{'eventType':'x'}",
                () -> "{eventType:\"x\"}",
                () -> "{\"eventType\":NaN}",
                () -> "{\"eventType\":\"a\nb\"}",
                () -> "\u00ef\u00bb\u00bf{\"eventType\":\"bom\"}",
                () -> "\u00ff\u00fe{\0}\0",
                () -> "{\"eventType\":\"\u00ff\"}",
                () -> "{\"eventType\":\"\u00c0\u00af\"}",
                () -> "{\"eventType\":\"\u00ed\u00a0\u0080\"}",
                () -> "[".repeat(100_000),
                () -> "{\"a\":".repeat(80_000),
                () -> "{\"eventType\":\"deep\",\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}",
                () -> "{\"eventType\":\"number\",\"a\":1e400000}",
                () -> "{\"eventType\":\"number\",\"a\":" + "9".repeat(100_000) + "}",
                () -> "{\"eventType\":\"twice\",\"a\":1,\"a\":2}",
                () -> "{\"eventType\":\"nul\",\"a\":\"\\u0000\"}",
                () -> "{\"eventType\":\"nul\",\"\\u0000\":1}",
                () -> "{\"eventType\":\"lone\",\"a\":\"\\ud800\"}",
                () -> "{\"eventType\":\"lone\",\"\\udc00\":{\"\\ud800\":\"\\ud800\"}}",
                () -> "{\"eventType\":\"" + "x".repeat(129) + "\"}",
                () -> "{\"eventType\":7}",
                () -> "{\"__proto__\":{}}",
                () -> "[]");
    }

    @ParameterizedTest
    @MethodSource("badJson")
    void badJsonIsRefusedWithAStableCode(Supplier<String> body) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri(TRACK))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofByteArray(body.get().getBytes(ISO_8859_1)))
                .build();

        HttpResponse<String> response = server.send(request);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).path("code").asText()).isEqualTo("INVALID_REQUEST");
        assertThat(json(response).path("issues")).isNotEmpty();
    }

    @Test
    void poisonInABatchIsNamedAndTheRestIsKept() {
        String type = "kept-" + UUID.randomUUID();
        String good = "{\"eventType\":\"" + type + "\"}";
        List<String> poison = List.of(
                "{\"eventType\":\"nul\",\"a\":\"\\u0000\"}",
                "{\"eventType\":\"lone\",\"a\":\"\\ud800\"}",
                "{\"eventType\":\"twice\",\"a\":1,\"a\":2}",
                "{\"eventType\":\"number\",\"a\":1e400000}",
                "{\"eventType\":\"deep\",\"a\":" + "[".repeat(50) + "]".repeat(50) + "}");

        HttpResponse<String> response =
                server.post(TRACK, key, "[" + good + "," + String.join("," + good + ",", poison) + "," + good + "]");

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(json(response).path("accepted").asInt()).isEqualTo(poison.size() + 1);
        assertThat(json(response).path("rejected")).hasSize(poison.size());
        assertThat(json(response).path("rejected").get(0).path("index").asInt()).isEqualTo(1);
        assertThat(TestPostgres.query(
                        server.databaseUrl(), "SELECT count(*) FROM event WHERE event_type = '" + type + "'"))
                .containsExactly(List.of((long) poison.size() + 1));
    }

    private static HttpResponse<String> sendEncoded(byte[] body, String encoding) {
        return server.send(HttpRequest.newBuilder(server.uri(TRACK))
                .header("Authorization", "Bearer " + key)
                .header("Content-Type", "application/json")
                .header("Content-Encoding", encoding)
                .POST(BodyPublishers.ofByteArray(body))
                .build());
    }

    private static byte[] gzip(byte[] plain) {
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(zipped)) {
            out.write(plain);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }
}
