package com.quotient.http;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that take their time, or more connections than their share. */
@Tag("faults")
class SlowClientTest {
    private static final String WHOAMI = "/api/v0/whoami";
    private static final String TRACK = "/api/v0/analytics";
    private static final int MAX_CONNECTIONS = 400;
    /** The deadlines are half a second and are looked at once a second; by default they are 10 seconds and more. */
    private static final Duration DEADLINE = Duration.ofSeconds(9);

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @AutoClose
    private static TestServer server;

    private static String key;
    private static String authorization;

    @BeforeAll
    static void start() {
        server = TestServer.start(
                "http.instances", "1",
                "http.headerDeadline", "500ms",
                "http.bodyDeadline", "500ms",
                "http.keepAlive", "1s",
                "http.maxConnections", Integer.toString(MAX_CONNECTIONS));
        TestKeys keys = new TestKeys(server);
        key = keys.secret(keys.business());
        authorization = "Authorization: Bearer " + key;
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "G", "PRI * HTTP/2.0\r\n", "GET " + WHOAMI + " HTTP/1.1\r\nHost: x\r\n", "\r\n\r\n"})
    void headersThatDoNotComeEndTheConnection(String bytes) {
        try (RawClient client = RawClient.to(server)) {
            client.send(bytes);

            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void headersThatDripEndTheConnection() {
        try (RawClient client = RawClient.to(server)) {
            client.send("GET " + WHOAMI + " HTTP/1.1\r\n");

            eventually(DEADLINE, () -> drips(client, "X: 1\r\n"), closed -> closed);
        }
    }

    @Test
    void tricklingBodyIsAnsweredAndEndsTheConnection() {
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head(
                    "POST", TRACK, authorization, "Content-Type: application/json", "Content-Length: 100000"));
            eventually(DEADLINE, () -> client.send(" ").isAnswered(), answered -> answered);
            RawClient.Response response = client.read();

            assertThat(response.status()).isEqualTo(408);
            assertThat(response.body()).contains("REQUEST_TIMEOUT");
            assertThat(response.header("connection")).isEqualTo("close");
            eventually(DEADLINE, () -> drips(client, " "), closed -> closed);
        }
    }

    @Test
    void missingBodyIsAnsweredAndEndsTheConnection() {
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head(
                    "POST", TRACK, authorization, "Content-Type: application/json", "Content-Length: 100"));

            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void bodyWithItsKeyInsideHasTheSameDeadline() {
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("POST", TRACK, "Content-Type: text/plain", "Content-Length: 100") + "{");

            assertThat(client.read().status()).isEqualTo(408);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void idleConnectionEndsAndABusyOneLives() {
        // A test that stands still for a second makes the busy connection an idle one.
        eventually(PATIENCE, () -> {
            try (RawClient idle = RawClient.to(server);
                    RawClient busy = RawClient.to(server)) {
                idle.send(RawClient.head("GET", WHOAMI, authorization));
                assertThat(idle.read().status()).isEqualTo(200);
                while (!idle.isClosed()) {
                    busy.send(RawClient.head("GET", WHOAMI, authorization));
                    assertThat(busy.read().status()).isEqualTo(200);
                }
                assertThat(busy.isClosed()).isFalse();
            }
        });
    }

    @Test
    void connectionsAboveTheLimitAreRefusedAndComeBack() {
        List<RawClient> clients = new ArrayList<>();
        try {
            double refusedBefore = server.metric("quotient_http_connections_refused_total");
            // Once more if the machine is so slow that the first of them have been closed when the last are opened.
            eventually(PATIENCE, () -> {
                clients.forEach(RawClient::close);
                clients.clear();
                for (int i = 0; i < MAX_CONNECTIONS + 10; i++) {
                    clients.add(RawClient.to(server));
                }
                eventually(DEADLINE, () -> assertThat(server.metric("quotient_http_connections_refused_total"))
                        .isGreaterThanOrEqualTo(refusedBefore + 10));
            });
            assertThat(server.metric("quotient_http_connections")).isLessThanOrEqualTo(MAX_CONNECTIONS);
        } finally {
            clients.forEach(RawClient::close);
        }
        eventually(
                DEADLINE, () -> assertThat(server.get(WHOAMI, key).statusCode()).isEqualTo(200));
    }

    @Test
    void hundredsOfSlowClientsAffectNoOtherAndLeaveNothing() {
        double descriptors = server.metric("process_files_open_files");
        List<RawClient> clients = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_CONNECTIONS - 20; i++) {
                clients.add(RawClient.to(server)
                        .send(
                                i % 2 == 0
                                        ? "GET " + WHOAMI + " HTTP/1.1\r\nX: "
                                        : RawClient.head("POST", TRACK, authorization, "Content-Length: 9")));
                if (i % 10 == 0) {
                    assertThat(server.get(WHOAMI, key).statusCode()).isEqualTo(200);
                }
            }
            eventually(DEADLINE, () -> assertThat(server.metric("quotient_http_connections"))
                    .isLessThanOrEqualTo(3));
        } finally {
            clients.forEach(RawClient::close);
        }
        // The pools of the server may have opened a few connections meanwhile.
        eventually(PATIENCE, () -> assertThat(server.metric("process_files_open_files"))
                .isLessThanOrEqualTo(descriptors + 50));
    }

    /** Otherwise the answers would wait in the memory of the server. */
    @Test
    void clientThatDoesNotReadItsAnswersIsNotReadFromEither() throws IOException {
        byte[] requests =
                RawClient.head("GET", WHOAMI, authorization).repeat(1000).getBytes(StandardCharsets.ISO_8859_1);
        long limit = 64L << 20;
        try (SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))) {
            channel.configureBlocking(false);
            ByteBuffer sending = ByteBuffer.wrap(requests);
            long sent = 0;
            long lastProgress = System.nanoTime();
            while (sent < limit && System.nanoTime() - lastProgress < 500_000_000L) {
                int written = channel.write(sending);
                if (written > 0) {
                    sent += written;
                    lastProgress = System.nanoTime();
                }
                if (!sending.hasRemaining()) {
                    sending.rewind();
                }
            }

            assertThat(sent).isLessThan(limit);
        }
        assertThat(server.get(WHOAMI, key).statusCode()).isEqualTo(200);
    }

    /** Sends a little more; whether the server has closed the connection. */
    private static boolean drips(RawClient client, String bytes) {
        try {
            return client.send(bytes).isClosed();
        } catch (UncheckedIOException e) {
            return true;
        }
    }
}
