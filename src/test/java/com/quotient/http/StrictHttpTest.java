package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Heads that two servers may read in two ways are refused with one answer (RFC 9112), and good ones are not. */
class StrictHttpTest {
    private static final String WHOAMI = "/api/v0/whoami";
    private static final String TRACK = "/api/v0/analytics";
    private static final String EVENT = "{\"eventType\":\"strict\"}";
    private static final String H2C =
            "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n";

    @AutoClose
    private static TestServer server;

    private static String authorization;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        TestKeys keys = new TestKeys(server);
        authorization = "Authorization: Bearer " + keys.secret(keys.business());
    }

    private static String get(String... lines) {
        return "GET " + WHOAMI + " HTTP/1.1\r\n" + headers(lines);
    }

    private static String post(String... lines) {
        return "POST " + TRACK + " HTTP/1.1\r\n" + headers(lines);
    }

    private static String headers(String... lines) {
        return String.join("\r\n", lines) + (lines.length == 0 ? "" : "\r\n") + authorization + "\r\n\r\n";
    }

    private static String line(String line) {
        return line + "\r\n" + headers("Host: x");
    }

    static Stream<Arguments> ambiguous() {
        return Stream.of(
                Arguments.of("fold", get("Host: x", "X-A: a", " b")),
                Arguments.of("fold by a tab", get("Host: x", "X-A: a", "\tb")),
                Arguments.of("empty fold", get("Host: x", "X-A: a", " ")),
                Arguments.of(
                        "fold in the key",
                        "GET " + WHOAMI + " HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer\r\n "
                                + authorization.substring("Authorization: Bearer ".length()) + "\r\n\r\n"),
                Arguments.of(
                        "fold in Transfer-Encoding", post("Host: x", "Transfer-Encoding:", " chunked") + "0\r\n\r\n"),
                Arguments.of(
                        "fold after Transfer-Encoding",
                        post("Host: x", "Transfer-Encoding: chunked", " , identity") + "0\r\n\r\n"),
                Arguments.of("fold in Content-Length", post("Host: x", "Content-Length: 2", " 2") + EVENT),
                Arguments.of("fold at the end", get("Host: x").replace("\r\n\r\n", "\r\n folded\r\n\r\n")),
                Arguments.of("NUL in the path", line("GET " + WHOAMI + "\0 HTTP/1.1")),
                Arguments.of("NUL within the path", line("GET /api/v0/\0whoami HTTP/1.1")),
                Arguments.of("DEL in the path", line("GET " + WHOAMI + "\u007f HTTP/1.1")),
                Arguments.of("bell in the query", line("GET " + WHOAMI + "?a=\7 HTTP/1.1")),
                Arguments.of("NUL in the method", line("G\0ET " + WHOAMI + " HTTP/1.1")),
                Arguments.of("method of signs", line("G@(T " + WHOAMI + " HTTP/1.1")),
                Arguments.of("bell in a value", get("Host: x", "X-A: a\7b")),
                Arguments.of("escape in a value", get("Host: x", "X-A: \u001b[31m")),
                Arguments.of("DEL in a value", get("Host: x", "X-A: a\u007f")),
                Arguments.of("vertical tab before a value", get("Host: x", "X-A: \u000ba")),
                Arguments.of("form feed after a value", get("Host: x", "X-A: a\f")),
                Arguments.of("empty name", get("Host: x", ": a")),
                Arguments.of("name of a space", get("Host: x", "X A: a")),
                Arguments.of("name beyond ASCII", get("Host: x", "X-\u00e4: a")),
                Arguments.of("space before the colon", get("Host: x", "X-A : a")),
                Arguments.of("tab before the colon", get("Host: x", "X-A\t: a")),
                Arguments.of("space before the colon of the length", post("Host: x", "Content-Length : 22") + EVENT),
                Arguments.of("gzip, chunked", post("Host: x", "Transfer-Encoding: gzip, chunked") + "0\r\n\r\n"),
                Arguments.of("identity", post("Host: x", "Transfer-Encoding: identity") + EVENT),
                Arguments.of(
                        "identity and then chunked",
                        post("Host: x", "Transfer-Encoding: identity", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
                Arguments.of(
                        "chunked and then identity",
                        post("Host: x", "Transfer-Encoding: chunked", "Transfer-Encoding: identity") + "0\r\n\r\n"),
                Arguments.of(
                        "chunked twice",
                        post("Host: x", "Transfer-Encoding: chunked", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
                Arguments.of("xchunked", post("Host: x", "Transfer-Encoding: xchunked") + "0\r\n\r\n"),
                Arguments.of("quoted coding", post("Host: x", "Transfer-Encoding: \"chunked\"") + "0\r\n\r\n"),
                Arguments.of(
                        "parameter of the coding", post("Host: x", "Transfer-Encoding: chunked;q=1") + "0\r\n\r\n"),
                Arguments.of("comma before the coding", post("Host: x", "Transfer-Encoding: ,chunked") + "0\r\n\r\n"),
                Arguments.of("empty coding", post("Host: x", "Transfer-Encoding:") + EVENT),
                Arguments.of(
                        "coding in HTTP/1.0",
                        post("Host: x", "Transfer-Encoding: chunked").replace("HTTP/1.1", "HTTP/1.0") + "0\r\n\r\n"),
                Arguments.of(
                        "length and coding",
                        post("Host: x", "Content-Length: 5", "Transfer-Encoding: chunked") + "0\r\n\r\n"),
                Arguments.of("same length twice", post("Host: x", "Content-Length: 22", "Content-Length: 22") + EVENT),
                Arguments.of("same length listed", post("Host: x", "Content-Length: 22, 22") + EVENT),
                Arguments.of("empty length", post("Host: x", "Content-Length:") + EVENT),
                Arguments.of("hexadecimal length", post("Host: x", "Content-Length: 0x16") + EVENT),
                Arguments.of("length with a space", post("Host: x", "Content-Length: 2 2") + EVENT),
                Arguments.of("decimal length", post("Host: x", "Content-Length: 22.0") + EVENT),
                Arguments.of("no host", get()),
                Arguments.of("two hosts", get("Host: x", "Host: x")),
                Arguments.of("two hosts in HTTP/1.0", get("Host: x", "Host: y").replace("HTTP/1.1", "HTTP/1.0")),
                Arguments.of("host with a space", get("Host: a b")),
                Arguments.of("list of hosts", get("Host: a, b")),
                Arguments.of("host with a path", get("Host: a/b")),
                Arguments.of("host with a user", get("Host: user@a")),
                Arguments.of("host with a scheme", get("Host: http://a")),
                Arguments.of("host beyond ASCII", get("Host: \u00e4")),
                Arguments.of("port of letters", get("Host: a:http")),
                Arguments.of("two ports", get("Host: a:80:80")),
                Arguments.of("open bracket", get("Host: [::1")),
                Arguments.of("more behind the bracket", get("Host: [::1]x")),
                Arguments.of("bare CR in a value", get("Host: x", "X-A: a\rX-B: b")),
                Arguments.of("bare CR in the request line", line("GET\r" + WHOAMI + " HTTP/1.1")),
                Arguments.of("bare LF", "GET " + WHOAMI + " HTTP/1.1\nHost: x\n" + authorization + "\n\n"),
                Arguments.of("bare LF after a header", get("Host: x\nX-A: b")),
                Arguments.of("two spaces before the path", line("GET  " + WHOAMI + " HTTP/1.1")),
                Arguments.of("two spaces behind the path", line("GET " + WHOAMI + "  HTTP/1.1")),
                Arguments.of("space behind the version", line("GET " + WHOAMI + " HTTP/1.1 ")),
                Arguments.of("space before the method", line(" GET " + WHOAMI + " HTTP/1.1")),
                Arguments.of("tabs in the request line", line("GET\t" + WHOAMI + "\tHTTP/1.1")),
                Arguments.of("space in the path", line("GET " + WHOAMI + "?a=b c HTTP/1.1")),
                Arguments.of("no method", line(WHOAMI + " HTTP/1.1")),
                Arguments.of("no path", line("GET HTTP/1.1")),
                Arguments.of("lower-case version", line("GET " + WHOAMI + " http/1.1")),
                Arguments.of("other protocol", line("GET " + WHOAMI + " ICAP/1.0")),
                Arguments.of("version with a zero", line("GET " + WHOAMI + " HTTP/01.1")),
                Arguments.of("relative path", line("GET api/v0/whoami HTTP/1.1")),
                Arguments.of("fragment", line("GET " + WHOAMI + "#a HTTP/1.1")),
                Arguments.of("star", line("GET * HTTP/1.1")),
                Arguments.of("authority", line("CONNECT example.com:443 HTTP/1.1")),
                Arguments.of("other scheme", line("GET ftp://x" + WHOAMI + " HTTP/1.1")),
                Arguments.of("half the preface of HTTP/2", "PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n"),
                Arguments.of(
                        "upgrade with two lengths",
                        post("Host: x", "Content-Length: 2", "Content-Length: 3", H2C.strip()) + EVENT),
                Arguments.of(
                        "upgrade with length and coding",
                        post("Host: x", "Content-Length: 5", "Transfer-Encoding: chunked", H2C.strip()) + "0\r\n\r\n"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ambiguous")
    void ambiguousHeadGetsOneProblemAndTheConnectionEnds(String name, String bytes) {
        String smuggled = RawClient.head("GET", WHOAMI, authorization);
        for (List<String> pieces : List.of(List.of(bytes + smuggled), split(bytes))) {
            try (RawClient client = RawClient.to(server.port())) {
                pieces.forEach(client::trySend);
                RawClient.Response response = client.read();

                assertThat(response.status()).as(response.body()).isEqualTo(400);
                assertThat(response.header("content-type")).isEqualTo("application/problem+json");
                assertThat(response.body()).contains("\"code\":\"INVALID_REQUEST\"");
                assertThat(response.header("connection")).isEqualTo("close");
                assertThat(response.header("x-request-id")).isNotEmpty();
                assertThat(client.readToEnd()).as("one answer").isEmpty();
            }
        }
    }

    /** Every piece is a packet of its own, as far as the network goes along with it. */
    private static List<String> split(String bytes) {
        Random random = new Random(bytes.hashCode());
        int[] cuts = IntStream.concat(
                        IntStream.of(0, bytes.length()),
                        IntStream.generate(() -> random.nextInt(bytes.length())).limit(6))
                .sorted()
                .toArray();
        return IntStream.range(1, cuts.length)
                .mapToObj(i -> bytes.substring(cuts[i - 1], cuts[i]))
                .toList();
    }

    static Stream<Arguments> good() {
        return Stream.of(
                Arguments.of("name and port", get("Host: api.example.com:8080")),
                Arguments.of("IPv6", get("Host: [::1]:8080")),
                Arguments.of("IPv4", get("Host: 127.0.0.1")),
                Arguments.of("empty host", get("Host:")),
                Arguments.of("underscore", get("Host: my_api:80")),
                Arguments.of("lower case", get("host: x")),
                Arguments.of("no space behind the colon", get("Host:x")),
                Arguments.of("spaces around a value", get("Host: \t x \t ")),
                Arguments.of("value beyond ASCII", get("Host: x", "X-A: \u00e4")),
                Arguments.of("empty value", get("Host: x", "X-A:")),
                Arguments.of("empty line before", "\r\n" + get("Host: x")),
                Arguments.of("HTTP/1.0 without host", get().replace("HTTP/1.1", "HTTP/1.0")),
                Arguments.of("whole URL", line("GET http://x" + WHOAMI + " HTTP/1.1")),
                Arguments.of(
                        "coding in capitals",
                        post("Host: x", "Transfer-Encoding: Chunked") + "16\r\n" + EVENT + "\r\n0\r\n\r\n"),
                Arguments.of(
                        "trailer",
                        post("Host: x", "Transfer-Encoding: chunked") + "16\r\n" + EVENT + "\r\n0\r\nX-A: a\r\n\r\n"),
                Arguments.of("body that looks folded", post("Host: x", "Content-Length: 26") + "\r\n  " + EVENT),
                Arguments.of("length with zeros", post("Host: x", "Content-Length: 0022") + EVENT));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("good")
    void goodHeadIsServedHoweverItIsCut(String name, String bytes) {
        for (List<String> pieces : List.of(List.of(bytes), split(bytes))) {
            try (RawClient client = RawClient.to(server.port())) {
                pieces.forEach(client::send);

                assertThat(client.read().status()).isEqualTo(200);
            }
        }
    }

    /** The connection is kept, so the second request is looked at as the first was. */
    @Test
    void laterHeadIsReadAsStrictly() {
        try (RawClient client = RawClient.to(server.port())) {
            client.send(
                    get("Host: x") + post("Host: x", "Content-Length: 22") + EVENT + get("Host: x", "X-A: a", " b"));

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(400);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    /** Each header of five bytes holds thirty times as many in memory, also while the head is not complete. */
    @Test
    void headersAreRefusedOnceTheyAreTooMany() {
        try (RawClient client = RawClient.to(server.port())) {
            client.send(
                    "GET " + WHOAMI + " HTTP/1.1\r\nHost: x\r\n" + "a:b\r\n".repeat(98) + authorization + "\r\n\r\n");

            assertThat(client.read().status()).isEqualTo(200);
            client.send("GET " + WHOAMI + " HTTP/1.1\r\nHost: x\r\n" + "a:b\r\n".repeat(100));
            assertThat(client.read().status()).isEqualTo(431);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void idOfARefusedRequestIsEchoed() {
        try (RawClient client = RawClient.to(server.port())) {
            client.send(get("Host: a b", "X-Request-Id: mine"));

            assertThat(client.read().header("x-request-id")).isEqualTo("mine");
        }
    }

    /** RFC 9110 section 7.8 lets a server ignore an upgrade; these cannot be made safely. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: Upgrade\r\nUpgrade: h2c\r\n",
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n",
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: !\r\n",
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n",
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAX_____\r\n",
                "Connection: Upgrade\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n",
                "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings:\r\nHTTP2-Settings:\r\n"
            })
    void upgradeWithoutSettingsIsAnsweredInHttp1(String upgrade) {
        try (RawClient client = RawClient.to(server.port())) {
            client.send(get("Host: x", upgrade.strip()) + get("Host: x"));

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 22", "Transfer-Encoding: chunked"})
    void upgradeWithABodyIsAnsweredInHttp1(String framing) {
        String body = framing.startsWith("C") ? EVENT : "16\r\n" + EVENT + "\r\n0\r\n\r\n";
        try (RawClient client = RawClient.to(server.port())) {
            client.send(post("Host: x", framing, H2C.strip()) + body + get("Host: x"));

            assertThat(client.read().status()).isEqualTo(200);
            assertThat(client.read().status()).isEqualTo(200);
        }
    }
}
