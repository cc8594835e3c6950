package com.quotient.http;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.problem.ProblemException;
import com.quotient.testing.Http11;
import com.quotient.testing.RawHttp2;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed answers: to whom, and that they are the same answers. */
class GzipTest {
    private static final String WHOAMI = "/api/v0/whoami";
    private static final String EVENTS = "/api/v0/analytics/events?limit=100";
    private static final String EXPORT = "/api/v0/analytics/export";

    @AutoClose
    private static TestServer server;

    private static String key;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        TestKeys keys = new TestKeys(server);
        key = keys.secret(keys.business());
        String text = "lorem ipsum ".repeat(150);
        String batch =
                "[" + String.join(",", Collections.nCopies(100, "{\"eventType\":\"gz\",\"a\":\"" + text + "\"}")) + "]";
        assertThat(server.post("/api/v0/analytics", key, batch).statusCode()).isEqualTo(200);
    }

    private static HttpResponse<byte[]> get(String method, String path, String... headers) {
        return get(server, method, path, headers);
    }

    private static HttpResponse<byte[]> get(TestServer server, String method, String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(path))
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("Authorization", "Bearer " + key);
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return Http11.newClient().send(request.build(), BodyHandlers.ofByteArray());
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    private static byte[] inflated(byte[] body) throws IOException {
        return new GZIPInputStream(new ByteArrayInputStream(body)).readAllBytes();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "gzip|true",
                "GZIP|true",
                "x-gzip|true",
                "br, gzip;q=0.5|true",
                "deflate, gzip;q=1.0, *;q=0.5|true",
                "*|true",
                "gzip ; q=0.1|true",
                "gzip;q=0|false",
                "gzip;q=0.0|false",
                "*;q=0|false",
                "gzip;q=0, *|false",
                "identity|false",
                "identity, gzip;q=0.5|false",
                "identity;q=0.5, gzip|true",
                "br|false",
                "''|false",
                "gzip;q=2|false",
                "gzip;q=x|false",
                "notgzip|false"
            })
    void callerIsGivenWhatItWantsMost(String acceptEncoding, boolean wanted) {
        assertThat(Gzip.isWanted(acceptEncoding)).isEqualTo(wanted);
        assertThat(header(get("GET", "/openapi.json", "Accept-Encoding", acceptEncoding), "Content-Encoding"))
                .isEqualTo(wanted ? "gzip" : "");
    }

    @ParameterizedTest
    @ValueSource(strings = {EVENTS, EXPORT, "/openapi.json"})
    void compressedAnswerIsTheSameAnswer(String path) throws IOException {
        HttpResponse<byte[]> plain = get("GET", path);
        HttpResponse<byte[]> zipped = get("GET", path, "Accept-Encoding", "gzip");
        HttpResponse<byte[]> head = get("HEAD", path, "Accept-Encoding", "gzip");

        assertThat(header(plain, "Content-Encoding")).isEmpty();
        assertThat(header(zipped, "Content-Encoding")).isEqualTo("gzip");
        assertThat(header(head, "Content-Encoding")).isEqualTo("gzip");
        assertThat(header(plain, "Vary")).isEqualTo("Origin, Accept-Encoding");
        assertThat(header(zipped, "Vary")).isEqualTo("Origin, Accept-Encoding");
        assertThat(header(head, "Vary")).isEqualTo("Origin, Accept-Encoding");
        assertThat(inflated(zipped.body())).isEqualTo(plain.body());
        assertThat(zipped.body().length).isLessThan(plain.body().length / 2);
        assertThat(head.body()).isEmpty();
        if (!header(zipped, "Content-Length").isEmpty()) {
            assertThat(header(head, "Content-Length")).isEqualTo(header(zipped, "Content-Length"));
        }
    }

    @Test
    void smallAnswerIsSentAsItIs() {
        HttpResponse<byte[]> small = get("GET", WHOAMI, "Accept-Encoding", "gzip");

        assertThat(header(small, "Content-Encoding")).isEmpty();
        assertThat(header(small, "Vary")).isEqualTo("Origin");
        assertThat(header(get("GET", "/docs", "Accept-Encoding", "gzip"), "Content-Encoding"))
                .isEmpty();
    }

    @Test
    void eachFormHasATagOfItsOwnAndEitherIsTakenForTheOther() {
        String plain = header(get("GET", "/openapi.json"), "ETag");
        String zipped = header(get("GET", "/openapi.json", "Accept-Encoding", "gzip"), "ETag");

        assertThat(zipped).isEqualTo(plain.replaceAll("\"$", "-gzip\"")).isNotEqualTo(plain);
        for (String tag : List.of(plain, zipped, "W/" + zipped)) {
            HttpResponse<byte[]> same = get("GET", "/openapi.json", "Accept-Encoding", "gzip", "If-None-Match", tag);
            assertThat(same.statusCode()).isEqualTo(304);
            assertThat(header(same, "ETag")).isEqualTo(zipped);
            assertThat(header(same, "Content-Encoding")).isEmpty();
        }
    }

    @Test
    void changeMayNameTheTagOfEitherForm() {
        EntityTags.requireMatch("\"a-gzip\"", "\"a\"");
        EntityTags.requireMatch("\"b\", \"a\"", "\"a\"");
        for (String other : List.of("\"b-gzip\"", "W/\"a-gzip\"", "\"a-gzip-gzip\"", "a-gzip")) {
            assertThatThrownBy(() -> EntityTags.requireMatch(other, "\"a\""))
                    .as(other)
                    .isInstanceOf(ProblemException.class);
        }
    }

    @Test
    void answerOverHttp2IsCompressedToo() {
        try (RawHttp2 client = new RawHttp2(server.port())) {
            RawHttp2.Response response = client.headers(
                            RawHttp2.END_STREAM,
                            ":method",
                            "GET",
                            ":scheme",
                            "http",
                            ":path",
                            EVENTS,
                            ":authority",
                            "x",
                            "authorization",
                            "Bearer " + key,
                            "accept-encoding",
                            "gzip")
                    .read();

            assertThat(response.status()).isEqualTo(200);
            assertThat(response.error()).isEqualTo(-1);
            assertThat(response.header("content-encoding")).isEqualTo("gzip");
        }
    }

    /** One place: it is free again after each answer, also when its caller has left or wanted no body. */
    @Test
    void placeOfACompressedAnswerIsGivenBack() {
        try (TestServer limited =
                TestServer.on(server.databaseUrl(), "http.maxCompressedStreams", "1", "http.instances", "1")) {
            for (String method : List.of("GET", "HEAD", "GET", "HEAD", "GET")) {
                eventually(Duration.ofSeconds(20), () -> assertThat(
                                header(get(limited, method, EXPORT, "Accept-Encoding", "gzip"), "Content-Encoding"))
                        .isEqualTo("gzip"));
            }
        }
    }

    /** Pieces of any size, empty ones included, come back as they were, and no step compresses much at once. */
    @Test
    void piecesComeBackAsTheyWereInSmallSteps() throws IOException {
        Random random = new Random(5);
        byte[] whole = new byte[1 << 20];
        for (int i = 0; i < whole.length; i++) {
            whole[i] = (byte) (random.nextInt(100) < 70 ? 'a' : random.nextInt(256));
        }
        int[] ends = {0, 1, 100_001, 100_001, 400_001, whole.length};
        Iterator<Buffer> each = IntStream.range(0, ends.length)
                .mapToObj(i -> Buffer.buffer(Arrays.copyOfRange(whole, i == 0 ? 0 : ends[i - 1], ends[i])))
                .iterator();
        AtomicInteger closed = new AtomicInteger();
        GzipPieces zipped = new GzipPieces(
                () -> Future.succeededFuture(each.hasNext() ? each.next() : null), closed::incrementAndGet);

        Buffer all = Buffer.buffer();
        int steps = 0;
        for (Buffer next = zipped.next().result();
                next != null;
                next = zipped.next().result()) {
            all.appendBuffer(next);
            steps++;
        }
        zipped.close();

        assertThat(Arrays.equals(inflated(all.getBytes()), whole)).isTrue();
        assertThat(steps).isGreaterThan(60);
        assertThat(closed).hasValue(1);
        assertThat(new String(inflated(Gzip.of(Buffer.buffer("x".repeat(5000))).getBytes()), StandardCharsets.UTF_8))
                .isEqualTo("x".repeat(5000));
    }
}
