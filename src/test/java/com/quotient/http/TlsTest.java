package com.quotient.http;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.common.net.InetAddresses;
import com.quotient.Main;
import com.quotient.config.InvalidSetting;
import com.quotient.testing.ChildServer;
import com.quotient.testing.RawClient;
import com.quotient.testing.RawHttp2;
import com.quotient.testing.TestCertificates;
import com.quotient.testing.TestCertificates.Pair;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import com.quotient.testing.TlsSockets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** The API over TLS. */
class TlsTest {
    private static final String WHOAMI = "/api/v0/whoami";
    private static final String NOT_AFTER = "quotient_tls_certificate_not_after_seconds";
    private static final String FAILED = "quotient_tls_handshakes_failed_total";
    private static final String REFUSED = "quotient_tls_handshakes_refused_total";
    private static final String HSTS = "Strict-Transport-Security";
    private static final String HELD = "quotient_budget_used_bytes{budget=\"heads\"}";
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    /** Longer than that of the impatient server, and shorter than one that is counted anew with each byte. */
    private static final Duration DEADLINE = Duration.ofSeconds(8);

    private static final int MAX_PER_ADDRESS = 50;
    /** Answers that no buffer on the way holds together. */
    private static final int MANY = 200;

    private static final String GREEDY = "127.0.0.2";
    /** Begins each record of a handshake. */
    private static final int HANDSHAKE = 22;

    private static final int ALERT = 21;
    private static final int PROTOCOL_VERSION = 70;

    @TempDir
    private static Path directory;

    private static Pair first;
    private static Pair second;
    private static Pair issuer;
    /** Certificates that are valid, whose issuers' are not. */
    private static Path authority;

    private static Pair expired;

    private static Pair future;

    private static Pair underExpired;

    private static Pair underFuture;
    private static TestServer server;
    /** With deadlines that are soon over; also for who only shakes hands, on a machine that is busy. */
    private static TestServer impatient;

    private static String key;
    private static String authorization;

    @BeforeAll
    static void start() throws IOException {
        TestCertificates certificates = new TestCertificates(directory);
        authority = certificates.authority("authority");
        first = certificates.server("authority", "first", "localhost", "-1d", 30);
        second = certificates.server("authority", "second", "localhost", "-1d", 60);
        expired = certificates.server("authority", "expired", "localhost", "-10d", 5);
        future = certificates.server("authority", "future", "localhost", "+5d", 30);
        issuer = certificates.intermediate("authority", "former", "-10d", 5);
        underExpired = certificates.serverOf(issuer, "under-expired", "localhost");
        underFuture = certificates.serverOf(
                certificates.intermediate("authority", "coming", "+5d", 30), "under-future", "localhost");
        install(first);
        server = TestServer.start(
                "http.tlsCertificateFile", certificateFile().toString(),
                "http.tlsKeyFile", keyFile().toString(),
                "http.tlsReloadInterval", "20ms",
                "http.instances", "2",
                // Tests look at the certificate again and again until it is another one.
                "http.maxHandshakes", "100000",
                "http.maxHandshakesPerAddress", "0",
                "http.hstsMaxAge", "365d",
                "http.maxConnectionsPerAddress", Integer.toString(MAX_PER_ADDRESS));
        impatient = TestServer.start(
                "http.tlsCertificateFile",
                first.certificate().toString(),
                "http.tlsKeyFile",
                first.key().toString(),
                "http.headerDeadline",
                "1500ms",
                "http.writeDeadline",
                "1s");
        TestKeys keys = new TestKeys(server);
        key = keys.secret(keys.business());
        authorization = "Authorization: Bearer " + key;
    }

    @AfterAll
    static void stop() {
        server.close();
        impatient.close();
    }

    @Test
    void http2IsChosenByAlpnAndHttp1IsServedToo() throws Exception {
        HttpRequest request = HttpRequest.newBuilder(server.uri(WHOAMI))
                .header("Authorization", "Bearer " + key)
                .build();
        for (HttpClient.Version version : List.of(HttpClient.Version.HTTP_1_1, HttpClient.Version.HTTP_2)) {
            HttpClient client = HttpClient.newBuilder()
                    .sslContext(TlsSockets.context())
                    .version(version)
                    .build();
            HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.version()).isEqualTo(version);
        }
    }

    @Test
    void clientWithoutAlpnGetsHttp1() {
        try (RawClient client = RawClient.to(server)) {
            assertThat(client.send(RawClient.head("GET", WHOAMI, authorization))
                            .read()
                            .status())
                    .isEqualTo(200);
        }
    }

    @Test
    void requestsAreParsedAsStrictlyAsInClearText() {
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("GET", WHOAMI, authorization, "Host: other"));

            assertThat(client.read().status()).isEqualTo(400);
            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void upgradeToHttp2InsideTlsIsIgnored() {
        try (RawClient client = RawClient.to(server)) {
            for (int i = 0; i < 2; i++) {
                client.send(RawClient.head(
                        "GET",
                        WHOAMI,
                        authorization,
                        "Connection: Upgrade, HTTP2-Settings",
                        "Upgrade: h2c",
                        "HTTP2-Settings: AAMAAABkAAQAAP__"));

                assertThat(client.read().status()).isEqualTo(200);
            }
        }
    }

    @Test
    void incompleteHeadsAreCountedInBothProtocols() {
        try (RawClient client = RawClient.to(server)) {
            client.send("GET " + WHOAMI + " HTTP/1.1\r\nHost: x\r\nX-Long: " + "a".repeat(10_000));
            eventually(PATIENCE, () -> assertThat(server.metric(HELD)).isPositive());
        }
        eventually(PATIENCE, () -> assertThat(server.metric(HELD)).isZero());

        try (RawHttp2 client = new RawHttp2(TlsSockets.connect(server.port(), "h2"))) {
            client.frame(RawHttp2.HEADERS, 0, 1, new byte[10_000]);
            eventually(PATIENCE, () -> assertThat(server.metric(HELD)).isPositive());
        }
        eventually(PATIENCE, () -> assertThat(server.metric(HELD)).isZero());
    }

    @Test
    void replacedCertificateIsServedToNewConnectionsAndOldOnesLiveOn() throws Exception {
        try (RawClient old = RawClient.to(server)) {
            assertThat(status(old)).isEqualTo(200);
            assertThat(servedSerial()).isEqualTo(serial(first));
            install(second);

            eventually(PATIENCE, () -> {
                assertThat(status(old)).isEqualTo(200);
                assertThat(servedSerial()).isEqualTo(serial(second));
                assertThat(server.metric(NOT_AFTER)).isEqualTo(notAfterSeconds(second));
            });
            try (SSLSocket socket = TlsSockets.connect(server.port(), "h2", "http/1.1")) {
                assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
            }
        } finally {
            reinstallFirst();
        }
    }

    @Test
    void brokenReplacementChangesNothingAndTheLogSaysWhyOnce() throws Exception {
        List<Map.Entry<String, Runnable>> replacements = List.of(
                Map.entry("belongs to another certificate", () -> install(second.certificate(), first.key())),
                Map.entry("is not one", () -> install(second.certificate(), second.certificate())),
                Map.entry("is not valid before", () -> install(future)),
                Map.entry("is not valid before", () -> install(underFuture)),
                Map.entry("has expired", () -> install(expired)),
                Map.entry("has expired", () -> install(underExpired)),
                Map.entry("cannot be read", TlsTest::remove));
        for (Map.Entry<String, Runnable> replacement : replacements) {
            Logger logger = (Logger) LoggerFactory.getLogger(TlsCertificateVerticle.class);
            ListAppender<ILoggingEvent> lines = new ListAppender<>();
            lines.start();
            logger.addAppender(lines);
            try {
                replacement.getValue().run();

                eventually(PATIENCE, () -> messages(lines), logged -> logged.contains(replacement.getKey()));
                assertThat(messages(lines)).doesNotContain("PRIVATE KEY", keyText(first), keyText(second));
                assertThat(servedSerial()).isEqualTo(serial(first));
                assertThat(server.metric(NOT_AFTER)).isEqualTo(notAfterSeconds(first));
            } finally {
                reinstallFirst();
                logger.detachAppender(lines);
            }
        }
    }

    @Test
    void browsersAreToldByEveryAnswerToUseOnlyTlsIfTheSettingSaysSo() {
        for (String path : List.of(
                WHOAMI, "/api/v0/absent", "/dashboard", "/dashboard/api/session", "/dashboard/api/keys", "/absent")) {
            assertThat(server.get(path, null).headers().allValues(HSTS))
                    .as(path)
                    .containsExactly("max-age=31536000");
            assertThat(impatient.get(path, null).headers().allValues(HSTS))
                    .as(path)
                    .isEmpty();
        }
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("GET", WHOAMI, authorization, "Host: other"));

            assertThat(client.read().header(HSTS)).isEqualTo("max-age=31536000");
        }
        try (TestServer clear = TestServer.start("http.hstsMaxAge", "365d")) {
            assertThat(clear.get(WHOAMI, null).headers().allValues(HSTS)).isEmpty();
        }
    }

    @Test
    void tls11IsRefusedAndTls12IsNot() throws IOException {
        try (Socket socket = plain(server)) {
            socket.getOutputStream().write(clientHello(0x0302));

            byte[] answer = socket.getInputStream().readNBytes(7);
            assertThat(answer[0]).isEqualTo((byte) ALERT);
            assertThat(answer[6]).isEqualTo((byte) PROTOCOL_VERSION);
            assertThat(socket.getInputStream().read()).isNegative();
        }
        try (Socket socket = plain(server)) {
            socket.getOutputStream().write(clientHello(0x0303));

            assertThat(socket.getInputStream().read()).isEqualTo(HANDSHAKE);
        }
    }

    /** Nothing, a part of a record, and a whole record that is a part of a handshake. */
    @ParameterizedTest
    @ValueSource(strings = {"", "16", "1603010200010001fc03", "16030100050100020003"})
    void handshakeThatStallsEndsTheConnection(String bytes) throws IOException {
        try (Socket socket = plain(impatient)) {
            socket.getOutputStream().write(HexFormat.of().parseHex(bytes));

            assertThat(socket.getInputStream().readAllBytes()).isEmpty();
        }
    }

    @Test
    void handshakeThatDripsEndsTheConnection() throws IOException {
        try (Socket socket = plain(impatient)) {
            byte[] hello = clientHello(0x0303);
            int[] sent = {0};

            eventually(
                    DEADLINE,
                    () -> {
                        try {
                            socket.getOutputStream().write(hello, Math.min(sent[0]++, hello.length - 2), 1);
                            return false;
                        } catch (IOException closed) {
                            return true;
                        }
                    },
                    closed -> closed);
        }
    }

    @Test
    void handshakeThatIsTooLargeEndsTheConnectionAtOnce() throws IOException {
        double failed = server.metric(FAILED);
        try (Socket socket = plain(server)) {
            // A part of a message of 32 KiB.
            socket.getOutputStream().write(record(10_000, "01007ffc0303"));

            assertEndsSoon(socket);
        }
        eventually(PATIENCE, () -> assertThat(server.metric(FAILED)).isGreaterThan(failed));
    }

    @Test
    void handshakeInTinyRecordsEndsTheConnectionAtOnce() throws IOException {
        try (Socket socket = plain(server)) {
            // A message of 16 KiB, one byte at a time.
            String begin = "160301000101" + "160301000100" + "160301000140";
            socket.getOutputStream().write(HexFormat.of().parseHex(begin + "160301000100".repeat(MANY)));

            assertEndsSoon(socket);
        }
    }

    @Test
    void recordThatIsTooLargeAfterTheHandshakeEndsTheConnectionAtOnce() throws IOException {
        try (Socket socket = plain(server);
                Socket encrypted = handshaken(socket)) {
            socket.getOutputStream().write(HexFormat.of().parseHex("170303ffff"));

            assertEndsSoon(socket);
            assertThat(encrypted.isConnected()).isTrue();
        }
    }

    /** With TLS 1.3 the JDK asks for new keys instead of a handshake. */
    @Test
    void clientCannotAskForNewKeysForever() throws IOException {
        try (SSLSocket socket = TlsSockets.connect(server.port())) {
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");

            assertThatThrownBy(() -> {
                        for (int i = 0; i < 100 * MANY; i++) {
                            socket.startHandshake();
                        }
                    })
                    .isInstanceOf(IOException.class);
        }
    }

    @Test
    void connectionLivesThroughSomeNewKeysAndManyRequests() throws IOException {
        try (SSLSocket socket = TlsSockets.connect(server.port());
                RawClient client = RawClient.on(socket, server)) {
            for (int i = 0; i < 2 * MANY; i++) {
                if (i % 10 == 0) {
                    socket.startHandshake();
                }
                assertThat(status(client)).isEqualTo(200);
            }
        }
    }

    /** The check of a load balancer. */
    @Test
    void connectionWithoutAByteIsNoFailedHandshake() throws IOException {
        double failed = impatient.metric(FAILED);
        try (Socket silent = plain(impatient)) {
            assertThat(silent.getInputStream().readAllBytes()).isEmpty();
        }
        try (Socket speaking = plain(impatient)) {
            speaking.getOutputStream().write(HANDSHAKE);
            assertThat(speaking.getInputStream().readAllBytes()).isEmpty();
        }
        eventually(PATIENCE, () -> assertThat(impatient.metric(FAILED)).isEqualTo(failed + 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET " + WHOAMI + " HTTP/1.1\r\nHost: x\r\n"})
    void headersThatDoNotComeAfterTheHandshakeEndTheConnection(String bytes) {
        try (RawClient client = RawClient.to(impatient)) {
            client.send(bytes);

            assertThat(client.readToEnd()).isEmpty();
        }
    }

    @Test
    void readerThatReadsNothingIsResetAfterTheWriteDeadline() {
        double stalled = impatient.metric("quotient_http_responses_stalled_total");
        try (RawClient client = RawClient.to(impatient)) {
            client.send(RawClient.head("GET", "/openapi.json").repeat(MANY));

            eventually(PATIENCE, () -> assertThat(impatient.metric("quotient_http_responses_stalled_total"))
                    .isGreaterThan(stalled));
        }
    }

    @Test
    void clearTextOnTheSamePortIsClosedWithoutHarm() throws IOException {
        double failed = server.metric(FAILED);
        for (String request :
                List.of(RawClient.head("GET", WHOAMI, authorization), "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")) {
            try (RawClient client = RawClient.to(server.port())) {
                client.trySend(request);

                assertThat(client.readToEnd()).doesNotContain("HTTP");
            }
        }
        eventually(PATIENCE, () -> assertThat(server.metric(FAILED)).isGreaterThanOrEqualTo(failed + 2));
        assertThat(server.get(WHOAMI, key).statusCode()).isEqualTo(200);
    }

    @Test
    void addressWithTooManyConnectionsIsRefusedBeforeAHandshake() throws IOException {
        double refused = server.metric("quotient_http_connections_refused_total");
        List<Socket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < MAX_PER_ADDRESS; i++) {
                sockets.add(fromGreedyAddress());
            }
            // The server accepts in order, and says nothing to a connection within its limit before the first bytes.
            try (Socket above = fromGreedyAddress()) {
                above.setSoTimeout((int) PATIENCE.toMillis());
                assertThat(above.getInputStream().read()).isNegative();
            }
            assertThat(server.metric("quotient_http_connections_refused_total")).isGreaterThan(refused);
            assertThat(server.get(WHOAMI, key).statusCode()).isEqualTo(200);
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    @Test
    void addressWithTooManyHandshakesIsRefusedWhileOthersAreServed() throws IOException {
        try (TestServer limited = TestServer.start(
                "http.tlsCertificateFile", first.certificate().toString(),
                "http.tlsKeyFile", first.key().toString(),
                "http.maxHandshakesPerAddress", "1")) {
            byte[] hello = clientHello(0x0303);
            List<Socket> sockets = new ArrayList<>();
            try {
                // More than one second can hold, however slow the machine is.
                eventually(PATIENCE, () -> {
                    Socket greedy = from(GREEDY, limited);
                    sockets.add(greedy);
                    greedy.getOutputStream().write(hello);
                    assertThat(limited.metric(REFUSED)).isPositive();
                });
                assertThat(sockets.get(0).getInputStream().read()).isEqualTo(HANDSHAKE);
                assertEndsSoon(sockets.get(sockets.size() - 1));
                // The first handshake of the test's own address.
                assertThat(limited.get(WHOAMI, null).statusCode()).isEqualTo(401);
            } finally {
                for (Socket socket : sockets) {
                    socket.close();
                }
            }
        }
    }

    /** Java reads the property that refuses them once, so this needs a process of its own. */
    @Test
    void clientCannotAskForOneHandshakeAfterTheOther() throws IOException {
        try (ChildServer child = ChildServer.start(
                        Main.class,
                        TestServer.freshDatabase(),
                        List.of(),
                        "QUOTIENT_HTTP_TLS_CERTIFICATE_FILE",
                        first.certificate().toString(),
                        "QUOTIENT_HTTP_TLS_KEY_FILE",
                        first.key().toString());
                SSLSocket socket = (SSLSocket) TlsSockets.context()
                        .getSocketFactory()
                        .createSocket(InetAddress.getLoopbackAddress(), child.apiPort())) {
            socket.setEnabledProtocols(new String[] {"TLSv1.2"});
            socket.startHandshake();
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.2");

            assertThatThrownBy(() -> {
                        socket.startHandshake();
                        socket.getInputStream().readAllBytes();
                    })
                    .isInstanceOf(IOException.class);
            assertThat(child.out())
                    .contains("\"apiUrl\":\"https://127.0.0.1:" + child.apiPort() + "\"")
                    .contains("\"dashboardUrl\":\"https://127.0.0.1:" + child.apiPort() + "/dashboard\"")
                    .contains("\"managementUrl\":\"http://");
        }
    }

    @Test
    void unusableFilesEndTheStartWithASentence() throws IOException {
        Path absent = directory.resolve("absent.pem");
        Path text = Files.writeString(directory.resolve("text.pem"), "no certificate");

        assertRefused(absent, first.key(), "absent.pem of http.tlsCertificateFile cannot be read");
        assertRefused(first.certificate(), absent, "absent.pem of http.tlsKeyFile cannot be read");
        assertRefused(text, first.key(), "http.tlsCertificateFile must name a PEM file with the certificate");
        assertRefused(first.certificate(), text, "http.tlsKeyFile must name a PEM file with a private key");
        assertRefused(first.certificate(), second.key(), "belongs to another certificate");
        Path reversed = Files.writeString(
                directory.resolve("reversed.pem"),
                Files.readString(issuer.certificate()) + Files.readString(underExpired.certificate()));
        assertRefused(
                reversed,
                underExpired.key(),
                "the certificate of CN=former must be followed by that of its issuer, CN=authority; put that of the"
                        + " server first");
        Path twice = Files.writeString(
                directory.resolve("twice.pem"),
                Files.readString(first.certificate())
                        + Files.readString(authority).repeat(2));
        assertRefused(twice, first.key(), "has the certificate of CN=authority twice; remove one");
    }

    private static void assertRefused(Path certificate, Path keyFile, String sentence) {
        assertThatThrownBy(() -> TestServer.start(
                        "http.tlsCertificateFile", certificate.toString(), "http.tlsKeyFile", keyFile.toString()))
                .isInstanceOf(InvalidSetting.class)
                .hasMessageContaining(sentence)
                .hasMessageEndingWith(".");
    }

    private static int status(RawClient client) {
        return client.send(RawClient.head("GET", WHOAMI, authorization)).read().status();
    }

    private static String messages(ListAppender<ILoggingEvent> lines) {
        return String.join(
                "\n",
                new ArrayList<>(lines.list)
                        .stream().map(ILoggingEvent::getFormattedMessage).toList());
    }

    private static Path certificateFile() {
        return directory.resolve("tls.crt");
    }

    private static Path keyFile() {
        return directory.resolve("tls.key");
    }

    private static void install(Pair pair) {
        install(pair.certificate(), pair.key());
    }

    private static void install(Path certificate, Path keyFile) {
        try {
            Files.copy(certificate, certificateFile(), StandardCopyOption.REPLACE_EXISTING);
            Files.copy(keyFile, keyFile(), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void remove() {
        try {
            Files.delete(keyFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void reinstallFirst() {
        install(first);
        eventually(PATIENCE, () -> assertThat(servedSerial()).isEqualTo(serial(first)));
    }

    private static String keyText(Pair pair) throws IOException {
        return Files.readAllLines(pair.key()).get(1);
    }

    private static BigInteger servedSerial() {
        try (SSLSocket socket = TlsSockets.connect(server.port())) {
            return ((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber();
        } catch (SSLPeerUnverifiedException e) {
            throw new AssertionError(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static BigInteger serial(Pair pair) {
        return TestCertificates.read(pair.certificate()).getSerialNumber();
    }

    private static double notAfterSeconds(Pair pair) {
        return TestCertificates.read(pair.certificate())
                .getNotAfter()
                .toInstant()
                .getEpochSecond();
    }

    private static Socket plain(TestServer server) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port());
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    private static Socket handshaken(Socket socket) throws IOException {
        SSLSocket encrypted = (SSLSocket)
                TlsSockets.context().getSocketFactory().createSocket(socket, "localhost", server.port(), true);
        encrypted.startHandshake();
        return encrypted;
    }

    /** Long before the deadline of a handshake and of the first request. */
    private static void assertEndsSoon(Socket socket) throws IOException {
        socket.setSoTimeout((int) PATIENCE.dividedBy(2).toMillis());
        try {
            socket.getInputStream().readAllBytes();
        } catch (SocketException reset) {
            // Bytes that the server has not read reset the connection.
        }
    }

    /** A record of a handshake that begins with these bytes. */
    private static byte[] record(int length, String begin) {
        return HexFormat.of()
                .parseHex("160301%04x".formatted(length) + begin + "00".repeat(length - begin.length() / 2));
    }

    private static Socket fromGreedyAddress() throws IOException {
        return from(GREEDY, server);
    }

    private static Socket from(String address, TestServer server) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddresses.forString(address), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        return socket;
    }

    /** The first message of a client that knows no version after this one (RFC 5246 section 7.4.1.2). */
    private static byte[] clientHello(int version) {
        String body = "%04x".formatted(version)
                + "5a".repeat(32)
                + "00" // no session
                + "0004c02bc009" // ECDHE with ECDSA: AES-GCM, and AES-CBC for TLS 1.1
                + "0100" // no compression
                + "001b"
                + "000a000400020017" // the curve P-256
                + "000b00020100" // its points, not compressed
                + "000d000400020403" // ECDSA with SHA-256
                + "ff01000100"; // not a renegotiation
        String message = "01" + "%06x".formatted(body.length() / 2) + body;
        return HexFormat.of().parseHex("160301" + "%04x".formatted(message.length() / 2) + message);
    }
}
