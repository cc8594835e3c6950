package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.auth.Access;
import com.quotient.auth.RateLimits;
import com.quotient.auth.ValidationStats;
import com.quotient.config.Config;
import com.quotient.keys.KeyFilter;
import com.quotient.keys.KeyLease;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of endpoints that fail, at every moment at which they can, and of streams. */
class EndpointTest {
    private static final String SECRET_DETAIL = "password=hunter2";
    private static final AtomicInteger STREAMED = new AtomicInteger();

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
                                route("/stream", stream(response -> {
                                    STREAMED.incrementAndGet();
                                    return response.write("one\n").compose(done -> response.end("two\n"));
                                })),
                                route("/stream-throws", stream(response -> {
                                    throw new IllegalStateException(SECRET_DETAIL);
                                })),
                                route("/stream-fails", stream(response -> later().compose(done ->
                                        Future.failedFuture(new IllegalStateException(SECRET_DETAIL))))),
                                route("/stream-breaks", stream(response -> response.write("one\n")
                                        .compose(done -> later())
                                        .compose(done ->
                                                Future.failedFuture(new IllegalStateException(SECRET_DETAIL))))))),
                        new KeyFilter(),
                        new KeyLease(config.auth(), System::nanoTime),
                        new RateLimits(System::nanoTime, () -> 1),
                        server.server().clock(),
                        new ValidationStats(),
                        new HttpStats(),
                        1,
                        (request, endpoint) -> endpoint.get(),
                        body -> null));
        TestServer.await(server.server().vertx().deployVerticle(verticle));
    }

    @AfterAll
    static void stop() {
        server.close();
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
    void headOfAStreamWritesNothing() {
        int before = STREAMED.get();
        try (RawClient client = RawClient.to(verticle.port())) {
            client.send(RawClient.head("HEAD", Routes.PREFIX + "/stream", authorization));
            RawClient.Response response = client.readWithoutBody();
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.header("content-type")).isEqualTo("text/plain");
            assertThat(STREAMED).hasValue(before);

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

    private static Function<ApiRequest, Future<Answer>> stream(Function<HttpServerResponse, Future<Void>> writer) {
        return request -> Future.succeededFuture(Answer.stream("text/plain", writer));
    }

    private static Future<Buffer> later() {
        return server.server().vertx().timer(1).map(done -> Buffer.buffer());
    }
}
