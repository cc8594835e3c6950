package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.RawClient;
import com.quotient.testing.RawHttp2;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/2 at frame level: what is refused, and that answers are the same as over HTTP/1.1. */
class Http2Test {
    private static final String WHOAMI = "/api/v0/whoami";
    private static final String TRACK = "/api/v0/analytics";
    private static final long PROTOCOL_ERROR = 1;

    @AutoClose
    private static TestServer server;

    private static String key;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        TestKeys keys = new TestKeys(server);
        key = "Bearer " + keys.secret(keys.business());
    }

    private static String[] request(String method, String path, String... more) {
        List<String> fields = new ArrayList<>(
                List.of(":method", method, ":scheme", "http", ":path", path, ":authority", "x", "authorization", key));
        fields.addAll(List.of(more));
        return fields.toArray(String[]::new);
    }

    private static RawHttp2.Response send(String[] fields) {
        try (RawHttp2 client = new RawHttp2(server.port())) {
            return client.headers(RawHttp2.END_STREAM, fields).read();
        }
    }

    /** Every kind of answer; over HTTP/2, Vert.x would send the body of a HEAD, which breaks the stream. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                WHOAMI,
                TRACK,
                "/api/v0/nothing",
                "/api/v0/analytics/events?limit=x",
                "/api/v0/blog/list",
                "/api/v0/analytics/export",
                "/openapi.json",
                "/docs",
                "/nothing",
                "/problems/not-found",
                "/"
            })
    void headHasNoBodyAndSaysWhatGetSays(String path) {
        RawHttp2.Response head = send(request("HEAD", path));
        RawHttp2.Response get = send(request("GET", path));

        assertThat(head.error()).isEqualTo(-1);
        assertThat(head.body()).isEmpty();
        assertThat(head.status()).isEqualTo(get.status());
        assertThat(head.header("content-type")).isEqualTo(get.header("content-type"));
        try (RawClient client = RawClient.to(server)) {
            RawClient.Response http1 = client.send(RawClient.head("HEAD", path, "Authorization: " + key))
                    .readWithoutBody();
            assertThat(http1.status()).isEqualTo(head.status());
            if (!path.endsWith("export")) {
                assertThat(http1.header("content-length")).isNotEmpty();
                assertThat(head.header("content-length")).isNotEmpty();
            }
            client.send(RawClient.head("GET", WHOAMI, "Authorization: " + key));
            assertThat(client.read().status())
                    .as("the next answer is where the last one ended")
                    .isEqualTo(200);
        }
    }

    @Test
    void headersMayBeAsLargeAsInHttp1AndNotLarger() {
        String twelve = "a".repeat(12_000);

        assertThat(send(request("GET", WHOAMI, "x-large", twelve)).status()).isEqualTo(200);
        RawHttp2.Response refused = send(request("GET", WHOAMI, "x-large", twelve, "x-more", "a".repeat(5000)));

        assertThat(refused.status()).isEqualTo(431);
        assertThat(refused.header("content-type")).isEqualTo("application/problem+json");
        assertThat(refused.body()).contains("\"code\":\"HEADERS_TOO_LARGE\"");
        assertThat(refused.header("x-request-id")).isNotEmpty();
    }

    @Test
    void headersMayBeAsManyAsInHttp1AndNotMore() {
        assertThat(send(request("GET", WHOAMI, headers(90))).status()).isEqualTo(200);
        RawHttp2.Response refused = send(request("GET", WHOAMI, headers(110)));

        assertThat(refused.status()).isEqualTo(431);
        assertThat(refused.body()).contains("\"code\":\"HEADERS_TOO_LARGE\"");
        assertThat(refused.header("x-request-id")).isNotEmpty();
    }

    private static String[] headers(int count) {
        String[] fields = new String[2 * count];
        Arrays.fill(fields, "a");
        return fields;
    }

    @Test
    void pathMayBeAsLongAsInHttp1AndNotLonger() {
        RawHttp2.Response refused = send(request("GET", WHOAMI + "?a=" + "a".repeat(9000)));

        assertThat(refused.status()).isEqualTo(414);
        assertThat(refused.body()).contains("\"code\":\"URI_TOO_LONG\"");
    }

    /** Beyond four times the limit the protocol's own answer is all there is. */
    @Test
    void endlessHeadersEndTheStreamOrTheConnection() {
        RawHttp2.Response refused = send(request("GET", WHOAMI, "x-large", "a".repeat(200_000)));

        assertThat(refused.status()).isIn(0, 431);
        if (refused.status() == 0) {
            assertThat(refused.error()).isNotEqualTo(-1);
        }
    }

    static Stream<Arguments> malformed() {
        return Stream.of(
                Arguments.of("no method", new String[] {":scheme", "http", ":path", WHOAMI, ":authority", "x"}),
                Arguments.of("no scheme", new String[] {":method", "GET", ":path", WHOAMI, ":authority", "x"}),
                Arguments.of("no path", new String[] {":method", "GET", ":scheme", "http", ":authority", "x"}),
                Arguments.of("no host", new String[] {":method", "GET", ":scheme", "http", ":path", WHOAMI}),
                Arguments.of("empty path", request("GET", "")),
                Arguments.of("relative path", request("GET", "api/v0/whoami")),
                Arguments.of("star", request("GET", "*")),
                Arguments.of("fragment", request("GET", WHOAMI + "#a")),
                Arguments.of("NUL in the path", request("GET", WHOAMI + "\0")),
                Arguments.of("line in the path", request("GET", WHOAMI + "\r\nX: y")),
                Arguments.of("space in the path", request("GET", WHOAMI + " HTTP/1.1")),
                Arguments.of("two methods", request("GET", WHOAMI, ":method", "POST")),
                Arguments.of("two paths", request("GET", WHOAMI, ":path", "/")),
                Arguments.of("two authorities", request("GET", WHOAMI, ":authority", "y")),
                Arguments.of("late pseudo-header", new String[] {
                    ":method", "GET", ":scheme", "http", "x", "y", ":path", WHOAMI, ":authority", "x"
                }),
                Arguments.of("unknown pseudo-header", request("GET", WHOAMI, ":extra", "y")),
                Arguments.of("pseudo-header of responses", request("GET", WHOAMI, ":status", "200")),
                Arguments.of("upper case", request("GET", WHOAMI, "X-Upper", "y")),
                Arguments.of("empty name", request("GET", WHOAMI, "", "y")),
                Arguments.of("name of a space", request("GET", WHOAMI, "x y", "y")),
                Arguments.of("line in a value", request("GET", WHOAMI, "x", "a\r\nb: c")),
                Arguments.of("NUL in a value", request("GET", WHOAMI, "x", "a\0b")),
                Arguments.of("connection", request("GET", WHOAMI, "connection", "close")),
                Arguments.of("transfer-encoding", request("GET", WHOAMI, "transfer-encoding", "chunked")),
                Arguments.of("upgrade", request("GET", WHOAMI, "upgrade", "h2c")),
                Arguments.of("te", request("GET", WHOAMI, "te", "gzip")),
                Arguments.of("other host", request("GET", WHOAMI, "host", "y")),
                Arguments.of("method of signs", request("G(T", WHOAMI)),
                Arguments.of("connect", new String[] {":method", "CONNECT", ":authority", "x:443"}),
                Arguments.of("connect with a path", request("CONNECT", WHOAMI)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void malformedRequestIsRefusedOrItsStreamReset(String name, String[] fields) {
        RawHttp2.Response response = send(fields);

        assertThat(response.status())
                .as("error %d %s", response.error(), response.body())
                .isIn(0, 400);
        if (response.status() == 0) {
            assertThat(response.error()).isIn(PROTOCOL_ERROR, RawHttp2.CLOSED);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "100", "two", "-1", "+22"})
    void lengthThatTheBodyDoesNotHaveResetsTheStream(String length) {
        try (RawHttp2 client = new RawHttp2(server.port())) {
            RawHttp2.Response response = client.headers(0, request("POST", TRACK, "content-length", length))
                    .data(RawHttp2.END_STREAM, "{\"eventType\":\"strict2\"}")
                    .read();

            assertThat(response.status()).isIn(0, 400);
            assertThat(response.error()).as(response.body()).isEqualTo(response.status() == 0 ? PROTOCOL_ERROR : -1);
        }
    }

    @Test
    void twoLengthsResetTheStream() {
        try (RawHttp2 client = new RawHttp2(server.port())) {
            RawHttp2.Response response = client.headers(
                            0, request("POST", TRACK, "content-length", "23", "content-length", "24"))
                    .data(RawHttp2.END_STREAM, "{\"eventType\":\"strict2\"}")
                    .read();

            assertThat(response.status()).isIn(0, 400);
        }
    }

    @Test
    void connectionServesOnAfterARefusedStream() {
        try (RawHttp2 client = new RawHttp2(server.port())) {
            assertThat(client.headers(RawHttp2.END_STREAM, request("GET", "*"))
                            .read()
                            .status())
                    .isEqualTo(400);
            assertThat(client.headers(RawHttp2.END_STREAM, request("GET", WHOAMI))
                            .read()
                            .status())
                    .isEqualTo(200);
        }
    }
}
