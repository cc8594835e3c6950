package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.config.HttpConfig;
import com.quotient.testing.TestServer;
import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class ConnectionsTest {
    private static final long SECOND = 1_000_000_000;
    private static final long MIB = 1 << 20;

    @Test
    void clientThatHasBegunItsHandshakeIsNotTheOneThatMakesRoom() {
        Connections connections = new Connections(config(), 2, new HttpStats());
        EmbeddedChannel shaking = new EmbeddedChannel();
        EmbeddedChannel silent = new EmbeddedChannel();
        connections.accepted(shaking, 0);
        connections.accepted(silent, 0);

        connections.heard(shaking, SECOND);
        boolean room = connections.makeRoom(SECOND + 1);
        connections.identified(silent);

        assertThat(room).isTrue();
        assertThat(shaking.isOpen()).isTrue();
        assertThat(silent.isOpen()).isFalse();
        assertThat(connections.makeRoom(SECOND + 1)).isFalse();
        assertThat(connections.makeRoom(2 * SECOND + 1)).isTrue();
        assertThat(shaking.isOpen()).isFalse();
    }

    @Test
    void connectionsOfTlsFitIntoHalfOfTheDirectMemory() {
        HttpConfig clear = config();
        HttpConfig tls = config("http.tlsCertificateFile", "a.pem", "http.tlsKeyFile", "b.pem");

        assertThat(Connections.limit(tls, 512 * MIB, 256 * MIB)).isEqualTo(4096);
        assertThat(Connections.limit(tls, 64 * MIB, 256 * MIB)).isEqualTo(1024);
        assertThat(Connections.limit(tls, 4096 * MIB, 4096 * MIB)).isEqualTo(tls.maxConnections());
        assertThat(Connections.limit(clear, 512 * MIB, MIB)).isEqualTo(clear.maxConnections());
    }

    private static HttpConfig config(String... settings) {
        return TestServer.config("postgresql://localhost/x", settings).http();
    }
}
