package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.quotient.Main;
import com.quotient.config.IoTransport;
import com.quotient.testing.ChildServer;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import io.vertx.core.transport.Transport;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever reads and writes the sockets, requests are answered and ports are guarded. */
class TransportTest {
    private static final String WHOAMI = "/api/v0/whoami";

    @ParameterizedTest
    @EnumSource(names = {"IO_URING", "EPOLL", "NIO"})
    void everyTransportServesAndIsGuarded(IoTransport transport) {
        String name = transport.name().toLowerCase(Locale.ROOT);
        Transport chosen = GuardedTransport.of(transport, (bootstrap, options) -> {});
        assumeTrue(chosen.name().equals(name), name + " is not available here");
        try (TestServer server =
                TestServer.start("server.transport", name, "http.headerDeadline", "300ms", "http.instances", "1")) {
            TestKeys keys = new TestKeys(server);

            assertThat(server.get(WHOAMI, keys.secret(keys.business())).statusCode())
                    .isEqualTo(200);
            try (RawClient silent = RawClient.to(server)) {
                assertThat(silent.readToEnd())
                        .as("a connection without a request is closed")
                        .isEmpty();
            }
        }
    }

    @Test
    void transportThatIsMissingIsReplacedAndTheLogSaysWhy() {
        try (ChildServer server = ChildServer.start(
                        Main.class,
                        TestServer.freshDatabase(),
                        List.of("-Dio.netty.transport.noNative=true"),
                        "QUOTIENT_SERVER_TRANSPORT",
                        "io_uring");
                RawClient client = RawClient.to(server.apiPort())) {
            assertThat(client.send(RawClient.head("GET", WHOAMI)).read().status())
                    .isEqualTo(401);
            assertThat(server.out())
                    .contains("io_uring is not available", "noNative")
                    .contains("with transport nio");
        }
    }
}
