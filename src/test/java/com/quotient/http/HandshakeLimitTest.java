package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.net.InetAddresses;
import com.quotient.config.HttpConfig;
import com.quotient.testing.TestServer;
import io.netty.channel.Channel;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HandshakeLimitTest {
    private static final long SECOND = 1_000_000_000;

    @Test
    void addressHasNoMoreHandshakesInASecondThanItsShare() {
        HandshakeLimit limit = limit("80", "5", "0");

        assertThat(admitted(limit, "greedy", 10, 0)).isEqualTo(5);
        assertThat(admitted(limit, "other", 10, SECOND - 1)).isEqualTo(5);
        assertThat(admitted(limit, "greedy", 10, SECOND)).isEqualTo(5);
    }

    @Test
    void lastEighthIsForAddressesWithoutAHandshake() {
        HandshakeLimit limit = limit("80", "0", "0");
        HandshakeLimit shared = limit("80", "60", "0");

        assertThat(admitted(limit, null, 100, 0)).as("no limit per address").isEqualTo(80);
        assertThat(admitted(shared, "one", 100, 0)).isEqualTo(60);
        assertThat(admitted(shared, "two", 100, 0)).isEqualTo(10);
        for (int i = 0; i < 10; i++) {
            assertThat(admitted(shared, "calm " + i, 2, 0)).isEqualTo(1);
        }
        assertThat(admitted(shared, "late", 1, 0)).isZero();
    }

    @Test
    void behindProxiesNoAddressIsLimitedSinceAllAreThoseOfProxies() {
        Channel proxy = new EmbeddedChannel() {
            @Override
            protected SocketAddress remoteAddress0() {
                return new InetSocketAddress(InetAddresses.forString("192.0.2.1"), 50_000);
            }
        };

        assertThat(admitted(limit("80", "5", "0"), proxy)).isEqualTo(5);
        assertThat(admitted(limit("80", "5", "1"), proxy)).isEqualTo(80);
    }

    @Test
    void eachSecondHasRoomForAsManyAsTheOneBefore() {
        HandshakeLimit limit = limit("80", "60", "0");
        for (int second = 0; second < 3; second++) {
            assertThat(admitted(limit, "one", 100, second * SECOND)).isEqualTo(60);
            assertThat(admitted(limit, "two", 100, second * SECOND)).isEqualTo(10);
        }
    }

    private static HandshakeLimit limit(String max, String perAddress, String proxies) {
        HttpConfig config = TestServer.config(
                        "postgresql://localhost/x",
                        "http.maxHandshakes",
                        max,
                        "http.maxHandshakesPerAddress",
                        perAddress,
                        "http.trustedProxies",
                        proxies)
                .http();
        return new HandshakeLimit(config, 0);
    }

    private static long admitted(HandshakeLimit limit, Channel channel) {
        return IntStream.range(0, 100).filter(i -> limit.admit(channel, 0)).count();
    }

    private static long admitted(HandshakeLimit limit, String network, int times, long nowNanos) {
        return IntStream.range(0, times)
                .filter(i -> limit.admit(network, nowNanos))
                .count();
    }
}
