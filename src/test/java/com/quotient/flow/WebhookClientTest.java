package com.quotient.flow;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import com.quotient.config.WebhookConfig;
import com.quotient.flow.HookReceiver.Received;
import com.quotient.flow.WebhookClient.Result;
import com.quotient.testing.TestServer;
import com.quotient.trace.Tracing;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is really connected to, and whom it has to prove to be. The names here are in no DNS. */
class WebhookClientTest {
    private static final String HOST = "hooks.quotient.test";
    private static final String PASSWORD = "changeit";
    private static final String TRUST_STORE = "javax.net.ssl.trustStore";
    private static final String TRUST_STORE_PASSWORD = "javax.net.ssl.trustStorePassword";

    @TempDir
    private Path directory;

    private Vertx vertx;
    private HookReceiver receiver;
    private final AtomicInteger lookups = new AtomicInteger();

    @BeforeEach
    void open() throws IOException {
        vertx = Vertx.vertx();
        receiver = new HookReceiver();
    }

    @AfterEach
    void close() {
        receiver.close();
        TestServer.await(vertx.close());
    }

    @Test
    void addressThatWasCheckedIsTheOneThatIsConnectedTo() throws IOException {
        Result result = send(client(true, "127.0.0.1"), "http://" + HOST + ":" + receiver.port() + "/", 1);

        assertThat(result.fault()).isNull();
        assertThat(lookups).hasValue(1);
        assertThat(receiver.received()).hasSize(1);
        assertThat(receiver.received().get(0).host()).isEqualTo(HOST + ":" + receiver.port());
    }

    @Test
    void oneAddressThatIsNotPublicIsEnoughToRefuseAName() {
        for (int attempt = 1; attempt <= 3; attempt++) {
            Result result = send(
                    client(false, "93.184.216.34", "2606:4700::1111", "127.0.0.1"),
                    "http://" + HOST + ":" + receiver.port() + "/",
                    attempt);

            assertThat(result.fault()).contains("127.0.0.1, which is not a public address");
        }
        assertThat(lookups).as("one for each attempt").hasValue(3);
        assertThat(receiver.received()).isEmpty();
    }

    @Test
    void attemptsTakeTurnsAmongTheAddresses() {
        String url = "http://" + HOST + ":" + receiver.port() + "/";

        assertThat(send(client(true, "127.0.0.9", "127.0.0.1"), url, 1).fault()).isNotNull();
        assertThat(send(client(true, "127.0.0.9", "127.0.0.1"), url, 2).fault()).isNull();
    }

    @Test
    void addressOfIpv6StandsInBracketsInTheHostHeader() throws IOException {
        try (HookReceiver ipv6 = new HookReceiver(InetAddresses.forString("::1"), 0)) {
            assertThat(send(client(true), "http://[::1]:" + ipv6.port() + "/", 1)
                            .fault())
                    .isNull();

            assertThat(ipv6.received())
                    .singleElement()
                    .extracting(Received::host)
                    .isEqualTo("[::1]:" + ipv6.port());
            assertThat(lookups).as("an address needs no look-up").hasValue(0);
        }
    }

    @Test
    void nameMayHaveUnderscoresWhereNoTlsHasToProveIt() {
        String host = "a_b.quotient.test:" + receiver.port();

        assertThat(send(client(true, "127.0.0.1"), "http://" + host + "/", 1).fault())
                .isNull();
        assertThat(receiver.received())
                .singleElement()
                .extracting(Received::host)
                .isEqualTo(host);
        assertThat(send(client(true, "127.0.0.1"), "https://" + host + "/", 1).fault())
                .contains("underscore");
    }

    @Test
    void nameServersThatDoNotAnswerHoldAnAttemptNoLongerThanItsDeadline() {
        WebhookClient client = new WebhookClient(
                vertx, config(true), InstantSource.system(), Tracing.OFF, host -> Promise.<List<InetAddress>>promise()
                        .future());

        Delivery delivery = delivery("http://" + HOST + "/", 1);
        Result result = TestServer.await(client.send(delivery, System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200)));

        assertThat(result.fault()).contains("took longer");
    }

    @Test
    void headersWithoutEndAreAFault() {
        receiver.behave(exchange -> {
            for (int i = 0; i < 1000; i++) {
                exchange.getResponseHeaders().set("X-Filler-" + i, "x".repeat(100));
            }
            exchange.sendResponseHeaders(200, -1);
        });

        assertThat(send(client(true, "127.0.0.1"), "http://" + HOST + ":" + receiver.port() + "/", 1)
                        .fault())
                .contains("header");
    }

    @Test
    void urlThatIsNoneIsAFaultOfItsDeliveryOnly() {
        assertThat(send(client(true, "127.0.0.1"), "ftp://" + HOST + "/", 1).fault())
                .contains("https://");
    }

    @Test
    void receiverProvesThatItIsTheHostOfTheUrl() throws Exception {
        List<String> names = new CopyOnWriteArrayList<>();
        HttpsServer server = tls(names);
        try {
            String url = ":" + server.getAddress().getPort() + "/";
            assertThat(send(client(true, "127.0.0.1"), "https://" + HOST + url, 1)
                            .fault())
                    .contains("certification path");

            System.setProperty(TRUST_STORE, store().toString());
            System.setProperty(TRUST_STORE_PASSWORD, PASSWORD);
            assertThat(send(client(true, "127.0.0.1"), "https://" + HOST + url, 1)
                            .fault())
                    .isNull();
            assertThat(names).containsExactly(HOST);
            assertThat(send(client(true, "127.0.0.1"), "https://other.example" + url, 1)
                            .fault())
                    .isNotNull();
            assertThat(send(client(true, "127.0.0.1"), "https://127.0.0.1" + url, 1)
                            .fault())
                    .isNotNull();
            assertThat(names).hasSize(1);
        } finally {
            System.clearProperty(TRUST_STORE);
            System.clearProperty(TRUST_STORE_PASSWORD);
            server.stop(0);
        }
    }

    /** Remembers the names that its clients ask for. */
    private HttpsServer tls(List<String> names) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(keyStore(), PASSWORD.toCharArray());
        context.init(keys.getKeyManagers(), null, null);
        HttpsServer server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            ExtendedSSLSession session = (ExtendedSSLSession) ((HttpsExchange) exchange).getSSLSession();
            session.getRequestedServerNames()
                    .forEach(name ->
                            names.add(new String(name.getEncoded(), java.nio.charset.StandardCharsets.US_ASCII)));
            exchange.sendResponseHeaders(204, -1);
            exchange.close();
        });
        server.start();
        return server;
    }

    private KeyStore keyStore() throws IOException, GeneralSecurityException, InterruptedException {
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-keyalg",
                        "EC",
                        "-alias",
                        "hook",
                        "-dname",
                        "CN=" + HOST,
                        "-ext",
                        "SAN=dns:" + HOST,
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        store().toString())
                .inheritIO()
                .start();
        assertThat(keytool.waitFor(120, TimeUnit.SECONDS)).isTrue();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(store())) {
            store.load(in, PASSWORD.toCharArray());
        }
        // As a store of trusted certificates it needs them without their keys.
        KeyStore trusted = KeyStore.getInstance("PKCS12");
        trusted.load(null, null);
        trusted.setCertificateEntry("hook", store.getCertificate("hook"));
        try (var out = Files.newOutputStream(store())) {
            trusted.store(out, PASSWORD.toCharArray());
        }
        return store;
    }

    private Path store() {
        return directory.resolve("store.p12");
    }

    private WebhookClient client(boolean allowPrivate, String... addresses) {
        return new WebhookClient(vertx, config(allowPrivate), InstantSource.system(), Tracing.OFF, host -> {
            lookups.incrementAndGet();
            return Future.succeededFuture(java.util.Arrays.stream(addresses)
                    .map(WebhookClientTest::address)
                    .toList());
        });
    }

    private static WebhookConfig config(boolean allowPrivate) {
        return TestServer.config(
                        "postgresql://nobody@localhost/none",
                        "webhook.allowPrivateAddresses",
                        Boolean.toString(allowPrivate))
                .webhook();
    }

    /** As a look-up gives it, with the name. */
    private static InetAddress address(String literal) {
        try {
            return InetAddress.getByAddress(HOST, InetAddress.getByName(literal).getAddress());
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static Result send(WebhookClient client, String url, int attempt) {
        return TestServer.await(client.send(delivery(url, attempt), System.nanoTime() + TimeUnit.SECONDS.toNanos(5)));
    }

    private static Delivery delivery(String url, int attempt) {
        return new Delivery(
                "msg_1",
                "biz_1",
                "flw_1",
                "Welcome",
                "per_1",
                "enr_1",
                Instant.now(),
                1,
                url,
                attempt,
                Instant.now(),
                List.of(WebhookSecret.issue(new SecureRandom())),
                null);
    }
}
