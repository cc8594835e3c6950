package com.quotient.faults;

import static com.quotient.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import com.quotient.Main;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyTier;
import com.quotient.testing.ChildServer;
import com.quotient.testing.GoodCaller;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Clients that hold bodies open or do not read, as many as they like, against a heap of 128 MiB. What does not fit is
 * refused, others do not notice, and the memory comes back.
 */
@Tag("faults")
class MemoryFloodTest {
    private static final String TRACK = "/api/v0/analytics";
    private static final String BIG = "/api/v0/memory/big";
    private static final int BATCH_BYTES = 520_000;
    private static final int BEACON_BYTES = 65_000;
    private static final int PIPELINED = 16;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static TestServer beside;
    private static ChildServer server;
    private static String publicKey;
    private static String secretKey;
    private static String goodKey;

    private final List<Socket> sockets = new ArrayList<>();
    /** Vert.x closes a client that nothing refers to. */
    private final List<HttpClient> clients = new ArrayList<>();

    private Vertx vertx;
    private GoodCaller good;
    private Map<String, Double> refusedBefore;

    @BeforeAll
    static void start() {
        beside = TestServer.start();
        TestKeys keys = new TestKeys(beside);
        String business = keys.business();
        publicKey = keys.publicKey(business);
        secretKey = keys.secret(business);
        goodKey = keys.secret(keys.business());
        String text = "{\"content\":\"" + "word ".repeat(BATCH_BYTES / 5) + "\"}";
        assertThat(beside.send("PUT", BIG, secretKey, text).statusCode()).isEqualTo(200);
        server = ChildServer.start(
                Main.class,
                beside.databaseUrl(),
                List.of("-Xmx128m"),
                "QUOTIENT_HTTP_BODY_DEADLINE",
                "6s",
                "QUOTIENT_HTTP_WRITE_DEADLINE",
                "2s",
                // A flood may keep the server from hearing the database for a moment, and unknown keys would be 503.
                "QUOTIENT_KEY_FEED_ANSWER_DEADLINE",
                "10s");
    }

    @AfterAll
    static void stop() {
        server.close();
        beside.close();
    }

    @BeforeEach
    void callBeforeTheFlood() {
        vertx = Vertx.vertx();
        good = GoodCaller.start(server.apiPort(), goodKey);
        refusedBefore = Map.of("bodies", refused("bodies"), "heads", refused("heads"), "answers", refused("answers"));
    }

    @AfterEach
    void leave() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
        TestServer.await(vertx.close());
        eventually(PATIENCE, () -> assertThat(openConnections()).isZero());
    }

    @Test
    void batchesThatAreHeldOpenAreRefusedByTheBudget() throws IOException {
        byte[] body = new byte[BATCH_BYTES - 1];
        for (int i = 0; i < 250; i++) {
            post(
                    "127.0.0." + (2 + i % 5),
                    body,
                    "Authorization: Bearer " + publicKey,
                    "Content-Type: application/json");
        }

        survives("bodies");
    }

    /** Connections of many addresses, each with a head of as many and as large headers as are allowed, but its end. */
    @Test
    void headsThatDoNotEndAreRefusedByTheBudget() throws IOException {
        String header = "X-Header-%02d: " + "a".repeat(140) + "\r\n";
        StringBuilder head = new StringBuilder("GET /api/v0/whoami HTTP/1.1\r\nHost: localhost\r\n");
        for (int i = 0; i < 98; i++) {
            head.append(String.format(header, i));
        }
        byte[] bytes = head.toString().getBytes(ISO_8859_1);
        for (int i = 0; i < 4000; i++) {
            Socket socket = connect("127.0.0." + (2 + i % 20));
            try {
                socket.getOutputStream().write(bytes);
            } catch (IOException e) {
                // Refused, and closed meanwhile.
            }
        }

        survives("heads");
    }

    /** The same with HTTP/2: a block of headers that goes on in one frame after the other. */
    @Test
    void blocksOfHeadersThatDoNotEndLeaveRoomForOthers() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(ISO_8859_1));
        bytes.writeBytes(frame(4, 0, 0));
        bytes.writeBytes(frame(1, 1, 16_384));
        for (int i = 0; i < 3; i++) {
            bytes.writeBytes(frame(9, 1, 16_384));
        }
        for (int i = 0; i < 3000; i++) {
            Socket socket = connect("127.0.0." + (2 + i % 20));
            try {
                socket.getOutputStream().write(bytes.toByteArray());
            } catch (IOException e) {
                // Refused, and closed meanwhile.
            }
        }

        unharmed();
    }

    /** A frame of HTTP/2 (RFC 9113 section 4.1) without flags and with letters in it. */
    private static byte[] frame(int type, int stream, int length) {
        ByteBuffer frame = ByteBuffer.allocate(9 + length);
        frame.put((byte) (length >> 16))
                .putShort((short) length)
                .put((byte) type)
                .put((byte) 0)
                .putInt(stream);
        while (frame.hasRemaining()) {
            frame.put((byte) 'a');
        }
        return frame.array();
    }

    @Test
    void beaconsThatAreHeldOpenAreRefusedByTheBudget() throws IOException {
        byte[] body = new byte[BEACON_BYTES - 1];
        for (int i = 0; i < 1500; i++) {
            post("127.0.0." + (2 + i % 5), body, "Content-Type: text/plain");
        }

        survives("bodies");
    }

    @Test
    void beaconsOnStreamsAreRefusedByTheBudget() {
        for (int connection = 0; connection < 36; connection++) {
            HttpClient client = http2("127.0.0." + (2 + connection % 5), new Http2Settings());
            for (int stream = 0; stream < 100; stream++) {
                client.request(new RequestOptions().setMethod(HttpMethod.POST).setURI(TRACK))
                        .onSuccess(request -> {
                            request.putHeader("Content-Type", "text/plain")
                                    .putHeader("Content-Length", Integer.toString(BEACON_BYTES))
                                    .write(Buffer.buffer(new byte[BEACON_BYTES - 1]));
                        });
            }
        }

        eventually(PATIENCE, () -> assertThat(refused("bodies"))
                .isGreaterThan(refusedBefore.getOrDefault("bodies", 0.0) + 100));
        survives("bodies");
    }

    @Test
    void readersWithoutAWindowAreResetAndTheirMemoryComesBack() {
        double before = stalled();
        for (int connection = 0; connection < 6; connection++) {
            HttpClient client = http2("127.0.0." + (2 + connection % 3), new Http2Settings().setInitialWindowSize(0));
            for (int stream = 0; stream < 100; stream++) {
                client.request(new RequestOptions().setURI(BIG))
                        .onSuccess(request -> request.putHeader("Authorization", "Bearer " + secretKey)
                                .send());
            }
        }

        eventually(PATIENCE, () -> assertThat(stalled()).isGreaterThan(before));
        survives("answers");
    }

    @Test
    void readersThatReadNothingAreResetAndTheirMemoryComesBack() throws IOException {
        double before = stalled();
        for (int i = 0; i < 10; i++) {
            connect("127.0.0." + (2 + i % 3))
                    .getOutputStream()
                    .write(RawClient.head("GET", BIG, "Authorization: Bearer " + secretKey)
                            .repeat(20)
                            .getBytes(ISO_8859_1));
        }

        eventually(PATIENCE, () -> assertThat(stalled()).isGreaterThan(before));
        recovers("answers");
    }

    /** The largest answer for callers without a key. */
    @Test
    void readersOfPagesThatReadNothingAreReset() throws IOException {
        double before = stalled();
        String script = script();
        for (int i = 0; i < 100; i++) {
            connect("127.0.0." + (2 + i % 3))
                    .getOutputStream()
                    .write(RawClient.head("GET", script).repeat(5).getBytes(ISO_8859_1));
        }
        HttpClient client = http2("127.0.0.2", new Http2Settings().setInitialWindowSize(0));
        for (int stream = 0; stream < 100; stream++) {
            client.request(new RequestOptions().setURI(script)).onSuccess(HttpClientRequest::send);
        }

        eventually(PATIENCE, () -> assertThat(stalled()).isGreaterThan(before + 100));
        unharmed();
    }

    @Test
    void connectionsOfOneAddressLeaveRoomForOthers() throws IOException {
        double before = server.metric("quotient_http_connections_refused_total");
        for (int i = 0; i < 2500; i++) {
            try {
                connect("127.0.0.2").getOutputStream().write("GET / HTTP/1.1\r\nX: ".getBytes(ISO_8859_1));
            } catch (IOException e) {
                // Refused.
            }
        }

        unharmed();
        assertThat(server.metric("quotient_http_connections_refused_total")).isGreaterThanOrEqualTo(before + 500);
        assertThat(openConnections()).isGreaterThanOrEqualTo(2000);
    }

    /** Twice as many as are allowed with this heap, of clients that have asked once, or never, and stay. */
    @Test
    void connectionsThatDoNothingMakeRoomForOthers() throws IOException {
        double before = server.metric("quotient_http_connections_evicted_total");
        byte[] request = RawClient.head("GET", "/api/v0/whoami", "Authorization: Bearer " + secretKey)
                .getBytes(ISO_8859_1);
        for (int i = 0; i < 10_000; i++) {
            try {
                Socket socket = connect("127.0.0." + (2 + i % 20));
                if (i % 2 == 0) {
                    socket.getOutputStream().write(request);
                }
            } catch (IOException e) {
                // Refused, and closed meanwhile.
            }
        }

        eventually(PATIENCE, () -> assertThat(anybodyIsServed()).isTrue());
        unharmed();
        assertThat(server.metric("quotient_http_connections_evicted_total")).isGreaterThan(before);
        assertThat(openConnections()).isGreaterThan(1_000);
    }

    private static boolean anybodyIsServed() {
        try (RawClient client = RawClient.to(server.apiPort())) {
            return client.send(RawClient.head("GET", "/api/v0/whoami", "Authorization: Bearer " + goodKey))
                            .read()
                            .status()
                    == 200;
        }
    }

    /** Keys of the issued form, each a new one, on as many connections as keep the server busy. */
    @Test
    void unknownKeysAreRefusedWithoutHarmToGoodCallers() {
        double before = server.metric("quotient_key_validations_total{outcome=\"unknown\"");
        AtomicBoolean over = new AtomicBoolean();
        List<CompletableFuture<Void>> floods = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            floods.add(CompletableFuture.runAsync(() -> {
                SecureRandom random = new SecureRandom();
                try (RawClient client = RawClient.to(server.apiPort())) {
                    while (!over.get()) {
                        StringBuilder requests = new StringBuilder();
                        for (int request = 0; request < PIPELINED; request++) {
                            requests.append(RawClient.head(
                                    "GET",
                                    "/api/v0/whoami",
                                    "Authorization: Bearer " + KeyFormat.issue(KeyTier.SECRET, random)));
                        }
                        client.send(requests.toString());
                        for (int request = 0; request < PIPELINED; request++) {
                            assertThat(client.read().status()).isEqualTo(401);
                        }
                    }
                }
            }));
        }
        try {
            eventually(PATIENCE, () -> assertThat(server.metric("quotient_key_validations_total{outcome=\"unknown\""))
                    .isGreaterThan(before + 1_000));
            unharmed();
        } finally {
            over.set(true);
        }
        floods.forEach(flood -> assertThat(flood).succeedsWithin(PATIENCE));
    }

    /** The stream is reset and not the connection, so that its other streams go on. */
    @Test
    void smallAnswersWithoutAWindowAreBoundedAndReset() {
        double before = stalled();
        HttpClient client = http2("127.0.0.2", new Http2Settings().setInitialWindowSize(0));
        for (int stream = 0; stream < 100; stream++) {
            client.request(new RequestOptions().setURI("/api/v0/whoami")).onSuccess(HttpClientRequest::send);
        }

        eventually(PATIENCE, () -> assertThat(used("answers")).isPositive());
        eventually(PATIENCE, () -> assertThat(stalled()).isGreaterThanOrEqualTo(before + 100));
        recovers("answers");
    }

    /** Many answers together are large, too: nothing is read from a client that does not take them. */
    @Test
    void smallAnswersThatAreNotReadEndTheConnection() throws IOException {
        double before = stalled();
        Socket socket = connect("127.0.0.2");
        Thread sending = new Thread(() -> {
            byte[] requests =
                    RawClient.head("GET", "/api/v0/whoami").repeat(100).getBytes(ISO_8859_1);
            try {
                while (true) {
                    socket.getOutputStream().write(requests);
                }
            } catch (IOException e) {
                // The server has ended it.
            }
        });
        sending.start();

        eventually(PATIENCE, () -> assertThat(stalled()).isGreaterThan(before));
        eventually(PATIENCE, () -> assertThat(sending.isAlive()).isFalse());
    }

    /** The budget refused something, no other caller was affected, and the memory was released. */
    private void survives(String budget) {
        assertThat(refused(budget)).isGreaterThan(refusedBefore.getOrDefault(budget, 0.0));
        recovers(budget);
    }

    private void recovers(String budget) {
        unharmed();
        assertThat(used(budget)).isLessThanOrEqualTo(server.metric("quotient_budget_limit_bytes{budget=\"" + budget));
        eventually(PATIENCE, () -> assertThat(used("heads") + used("bodies") + used("answers") + used("rows"))
                .isZero());
    }

    private void unharmed() {
        good.assertUnharmed();
        assertThat(server.process().isAlive()).isTrue();
        assertThat(server.out()).doesNotContain("OutOfMemory").doesNotContain("OutOfDirectMemory");
    }

    private static double openConnections() {
        return server.metric("quotient_http_connections");
    }

    private static double refused(String budget) {
        return server.metric("quotient_budget_refused_total{budget=\"" + budget);
    }

    /** The path of the script that {@code /docs} loads. */
    private static String script() {
        try (RawClient client = RawClient.to(server.apiPort())) {
            String page = client.send(RawClient.head("GET", "/docs")).read().body();
            Matcher path = Pattern.compile("/docs/[^\"]+/swagger-ui-bundle.js").matcher(page);
            assertThat(path.find()).isTrue();
            return path.group();
        }
    }

    private static double used(String budget) {
        return server.metric("quotient_budget_used_bytes{budget=\"" + budget);
    }

    private static double stalled() {
        return server.metric("quotient_http_responses_stalled_total");
    }

    private void post(String from, byte[] body, String... headers) throws IOException {
        String[] all = Arrays.copyOf(headers, headers.length + 1);
        all[headers.length] = "Content-Length: " + (body.length + 1);
        Socket socket = connect(from);
        try {
            socket.getOutputStream().write(RawClient.head("POST", TRACK, all).getBytes(ISO_8859_1));
            socket.getOutputStream().write(body);
        } catch (IOException e) {
            // Refused, and closed meanwhile.
        }
    }

    /** With little room for what the server writes. */
    private Socket connect(String from) throws IOException {
        Socket socket = new Socket();
        sockets.add(socket);
        socket.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
        socket.bind(new InetSocketAddress(InetAddresses.forString(from), 0));
        socket.connect(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.apiPort()), (int) PATIENCE.toMillis());
        return socket;
    }

    /** One connection with up to 100 streams. */
    private HttpClient http2(String from, Http2Settings settings) {
        HttpClient client = vertx.createHttpClient(
                new HttpClientOptions()
                        .setProtocolVersion(HttpVersion.HTTP_2)
                        .setHttp2ClearTextUpgrade(false)
                        .setInitialSettings(settings)
                        .setLocalAddress(from)
                        .setDefaultHost("127.0.0.1")
                        .setDefaultPort(server.apiPort()),
                new PoolOptions().setHttp2MaxSize(1));
        clients.add(client);
        return client;
    }
}
