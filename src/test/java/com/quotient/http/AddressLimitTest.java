package com.quotient.http;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One client that opens more connections than its share. */
class AddressLimitTest {
    private static final int LIMIT = 10;
    private static final String GREEDY = "127.0.0.2";

    @Test
    void clientHasNoMoreConnectionsThanItsShareWhileOthersGetTheirs() throws IOException {
        try (TestServer server = TestServer.start("http.maxConnectionsPerAddress", Integer.toString(LIMIT))) {
            TestKeys keys = new TestKeys(server);
            String key = keys.secret(keys.business());
            List<Socket> sockets = new ArrayList<>();
            for (int i = 0; i < LIMIT + 5; i++) {
                sockets.add(connect(server));
            }
            assertThat(server.get("/api/v0/whoami", key).statusCode()).isEqualTo(200);
            eventually(Duration.ofSeconds(9), () -> assertThat(open(sockets)).isEqualTo(LIMIT));
            assertThat(server.metric("quotient_http_connections_refused_total")).isEqualTo(5);

            for (Socket socket : sockets) {
                socket.close();
            }
            eventually(Duration.ofSeconds(60), () -> {
                try (Socket again = connect(server)) {
                    assertThat(open(List.of(again))).isEqualTo(1);
                }
            });
        }
    }

    @Test
    void behindProxiesNoAddressIsLimitedSinceAllAreThoseOfProxies() throws IOException {
        try (TestServer server = TestServer.start("http.maxConnectionsPerAddress", "1", "http.trustedProxies", "1")) {
            try (Socket one = connect(server);
                    Socket other = connect(server)) {
                assertThat(open(List.of(one, other))).isEqualTo(2);
            }
        }
    }

    private static Socket connect(TestServer server) throws IOException {
        Socket socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddresses.forString(GREEDY), 0));
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
        return socket;
    }

    /** How many of them the server leaves open. */
    private static int open(List<Socket> sockets) throws IOException {
        int open = 0;
        for (Socket socket : sockets) {
            socket.setSoTimeout(100);
            try {
                open += socket.getInputStream().read() < 0 ? 0 : 1;
            } catch (SocketTimeoutException e) {
                open++;
            } catch (SocketException e) {
                // Reset.
            }
        }
        return open;
    }
}
