package com.quotient.http;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.auth.Access;
import com.quotient.auth.RateLimits;
import com.quotient.auth.ValidationStats;
import com.quotient.config.Config;
import com.quotient.keys.KeyFilter;
import com.quotient.keys.KeyLease;
import com.quotient.share.Shares;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import com.quotient.trace.Tracing;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of endpoints that fail, at every moment at which they can, and of streams. */
class EndpointTest {
    private static final String SECRET_DETAIL = "password=hunter2";
    private static final String BREAK = "break";
    private static final Buffer LARGE = Buffer.buffer("0123456789".repeat(100_000));
    private static final AtomicInteger CLOSED = new AtomicInteger();

    @AutoClose
    private static TestServer server;

    private static HttpVerticle verticle;
    private static String authorization;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        TestKeys keys = new TestKeys(server);
        authorization = "Authorization: Bearer " + keys.publicKey(keys.business());
        Config config = TestServer.config(server.databaseUrl(), "http.instances", "1");
        verticle = new HttpVerticle(
                config,
                new HttpVerticle.Shared(
                        new Routes(List.of(
                                route("/throws", request -> {
                                    throw new IllegalStateException(SECRET_DETAIL);
                                }),
                                route(
                                        "/fails",
                                        request -> Future.failedFuture(new IllegalStateException(SECRET_DETAIL))),
                                route("/fails-later", request -> later().compose(done -> {
                                    throw new IllegalStateException(SECRET_DETAIL);
                                })),
                                route("/stream", request -> stream(CLOSED::incrementAndGet, "one\n", "two\n")),
                                route("/stream-of-nothing", request -> stream(CLOSED::incrementAndGet)),
                                route("/large", request -> Future.succeededFuture(Answer.encoded(LARGE))),
                                route(
                                        "/large-stream",
                                        request -> stream(CLOSED::incrementAndGet, LARGE.toString(), LARGE.toString())),
                                route(
                                        "/stream-throws",
                                        request -> Future.succeededFuture(Answer.stream("text/plain", () -> {
                                            throw new IllegalStateException(SECRET_DETAIL);
                                        }))),
                                route(
                                        "/stream-fails",
                                        request -> Future.succeededFuture(Answer.stream(
                                                "text/plain",
                                                () -> later().compose(
                                                                done -> Future.failedFuture(
                                                                        new IllegalStateException(SECRET_DETAIL)))))),
                                route("/stream-breaks", request -> stream(CLOSED::incrementAndGet, "one\n", BREAK)))),
                        new KeyFilter(),
                        new KeyLease(config.auth(), System::nanoTime),
                        new RateLimits(System::nanoTime, () -> 1),
                        server.server().clock(),
                        new ValidationStats(),
                        new HttpStats(),
                        1,
                        (request, commitsItself, endpoint) -> endpoint.get(),
                        new Budgets(config),
                        new Shares(
                                server.server().vertx(), "bodies", Shares.Limits.of(1, 1, 1, Duration.ofSeconds(10))),
                        Tracing.OFF,
                        new AcceptGuard(config.http(), new HttpStats(), new Budgets(config)),
                        body -> null,
                        null,
                        null));
        TestServer.await(server.server().vertx().deployVerticle(verticle));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/throws", "/fails", "/fails-later", "/stream-throws", "/stream-fails"})
    void failureIsAnInternalErrorThatTellsNothing(String path) {
        try (RawClient client = RawClient.to(verticle.port())) {
            // Twice, because the connection is as good as before.
            for (int i = 0; i < 2; i++) {
                RawClient.Response response = get(client, path, "Origin: https://shop.example");

                assertThat(response.status()).isEqualTo(500);
                assertThat(response.header("content-type")).isEqualTo("application/problem+json");
                assertThat(response.header("access-control-allow-origin")).isEqualTo("https://shop.example");
                assertThat(response.header("x-request-id")).isNotEmpty();
                assertThat(response.body()).contains("\"INTERNAL\"").doesNotContain(SECRET_DETAIL);
                assertThat(String.join("\n", response.head())).doesNotContain(SECRET_DETAIL);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/api/v0/whoami/, /api/v0/whoami",
        "//api/v0/whoami, /api/v0/whoami",
        "/api//v0///whoami//, /api/v0/whoami",
        "/whoami, /api/v0/whoami",
        "/API/v0/Whoami, /api/v0/whoami",
        "/api/v0/audience/lists/vip/people/, /api/v0/audience/lists/{slug}/people"
    })
    void pathThatWasProbablyMeantIsNamed(String path, String meant) {
        try (RawClient client = RawClient.to(server)) {
            RawClient.Response response =
                    client.send(RawClient.head("GET", path)).read();

            assertThat(response.status()).isEqualTo(404);
            assertThat(response.body()).contains("did you mean " + meant + "?");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/v0/nothing/", "/", "//", "/api/v1/whoami", "/audience/lists/%zz", "/whoamix"})
    void nothingIsNamedWhereNothingIsNear(String path) {
        try (RawClient client = RawClient.to(server)) {
            RawClient.Response response =
                    client.send(RawClient.head("GET", path)).read();

            assertThat(response.status()).isEqualTo(404);
            assertThat(response.body()).doesNotContain("did you mean");
        }
    }

    @Test
    void streamIsWrittenInChunks() {
        try (RawClient client = RawClient.to(verticle.port())) {
            for (int i = 0; i < 2; i++) {
                RawClient.Response response = get(client, "/stream");

                assertThat(response.status()).isEqualTo(200);
                assertThat(response.header("content-type")).isEqualTo("text/plain");
                assertThat(response.header("transfer-encoding")).isEqualTo("chunked");
                assertThat(response.body()).isEqualTo("one\ntwo\n");
            }
        }
    }

    @Test
    void streamThatBreaksOffIsCutAndNotEnded() {
        try (RawClient client = RawClient.to(verticle.port())) {
            client.send(RawClient.head("GET", Routes.PREFIX + "/stream-breaks", authorization));

            assertThat(client.readToEnd())
                    .contains("one\n")
                    .doesNotEndWith("0\r\n\r\n")
                    .doesNotContain("HTTP/1.1 500");
        }
    }

    @Test
    void largeBodiesArriveWhole() {
        try (RawClient client = RawClient.to(verticle.port())) {
            for (int i = 0; i < 2; i++) {
                RawClient.Response large = get(client, "/large");
                assertThat(large.header("content-length")).isEqualTo(Integer.toString(LARGE.length()));
                assertThat(large.body()).isEqualTo(LARGE.toString());
                assertThat(get(client, "/large-stream").body()).isEqualTo(LARGE.toString() + LARGE);
                assertThat(get(client, "/stream-of-nothing").body()).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/stream", "/stream-of-nothing", "/stream-breaks", "/large-stream"})
    void piecesAreClosedOnceWhateverBecomesOfThem(String path) {
        int before = CLOSED.get();
        for (String method : List.of("GET", "HEAD")) {
            try (RawClient client = RawClient.to(verticle.port())) {
                client.send(RawClient.head(method, Routes.PREFIX + path, authorization, "Connection: close"));
                assertThat(client.readToEnd()).contains("200 OK");
            }
        }
        try (RawClient leaving = RawClient.to(verticle.port())) {
            leaving.send(RawClient.head("GET", Routes.PREFIX + path, authorization));
        }
        eventually(Duration.ofSeconds(20), () -> assertThat(CLOSED).hasValue(before + 3));
        assertThat(CLOSED).hasValue(before + 3);
    }

    @Test
    void headOfAStreamWritesNothing() {
        try (RawClient client = RawClient.to(verticle.port())) {
            client.send(RawClient.head("HEAD", Routes.PREFIX + "/stream", authorization));
            RawClient.Response response = client.readWithoutBody();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("content-type")).isEqualTo("text/plain");

            assertThat(get(client, "/stream").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"close", "keep-alive"})
    void streamToAnOldClientEndsWithTheConnection(String connection) {
        try (RawClient client = RawClient.to(verticle.port())) {
            client.send("GET " + Routes.PREFIX + "/stream HTTP/1.0\r\n" + authorization + "\r\nConnection: "
                    + connection + "\r\n\r\n");

            assertThat(client.readToEnd()).endsWith("\r\n\r\none\ntwo\n");
        }
    }

    private static RawClient.Response get(RawClient client, String path, String... headers) {
        String all = headers.length == 0 ? authorization : authorization + "\r\n" + String.join("\r\n", headers);
        return client.send(RawClient.head("GET", Routes.PREFIX + path, all)).read();
    }

    private static Route route(String path, Function<ApiRequest, Future<Answer>> endpoint) {
        return Route.get(path, Access.anyKey(), endpoint);
    }

    /** Pieces that come one after another, each a little later. */
    private static Future<Answer> stream(Runnable close, String... texts) {
        Iterator<String> next = List.of(texts).iterator();
        return Future.succeededFuture(Answer.stream("text/plain", new Pieces() {
            @Override
            public Future<Buffer> next() {
                return later().compose(done -> {
                    String text = next.hasNext() ? next.next() : null;
                    return BREAK.equals(text)
                            ? Future.failedFuture(new IllegalStateException(SECRET_DETAIL))
                            : Future.succeededFuture(text == null ? null : Buffer.buffer(text));
                });
            }

            @Override
            public void close() {
                close.run();
            }
        }));
    }

    private static Future<Buffer> later() {
        return server.server().vertx().timer(1).map(done -> Buffer.buffer());
    }
}
