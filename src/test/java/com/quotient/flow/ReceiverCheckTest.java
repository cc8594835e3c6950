package com.quotient.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.testing.TestServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said about the steps of a flow when it is made. */
@ExtendWith(VertxExtension.class)
class ReceiverCheckTest {
    private Vertx vertx;

    @BeforeEach
    void take(Vertx vertx) {
        this.vertx = vertx;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "10.1.2.3",
                "169.254.169.254",
                "[::1]",
                "[fd00::1]",
                "[::ffff:10.0.0.1]",
                "[::127.0.0.1]",
                "[64:ff9b::10.0.0.1]",
                "localhost",
                "localhost.",
                "app.localhost"
            })
    void stepToAnAddressThatIsNotPublicIsRefused(String host) {
        String[] steps = {"webhook:https://example.com/", "wait:1m", "webhook:http://" + host + ":8080/hook"};

        assertThatThrownBy(() -> warnings(false, steps))
                .isInstanceOf(FlowConflict.class)
                .hasMessageContaining("Step 3")
                .hasMessageContaining("webhook.allowPrivateAddresses");
        assertThat(warnings(true, steps)).isEmpty();
    }

    @Test
    void nameThatLeadsToSuchAnAddressIsWarnedAbout() {
        assertThat(warnings(false, "webhook:https://internal.example/", "webhook:https://example.com/"))
                .singleElement()
                .asString()
                .contains("Step 1", "internal.example", "10.0.0.7", "webhook.allowPrivateAddresses");
        assertThat(warnings(true, "webhook:https://internal.example/")).isEmpty();
    }

    @Test
    void nameThatCannotBeFoundIsWarnedAboutOnce() {
        assertThat(warnings(false, "webhook:https://unknown.example/1", "webhook:https://unknown.example/2"))
                .singleElement()
                .asString()
                .contains("Step 1", "unknown.example", "cannot be found");
    }

    @Test
    void hostThatTlsCannotProveIsWarnedAbout() {
        assertThat(warnings(false, "webhook:https://a_b.example.com/", "webhook:http://example.com/"))
                .singleElement()
                .asString()
                .contains("Step 1", "underscore");
    }

    private List<String> warnings(boolean allowPrivate, String... steps) {
        ReceiverCheck check = new ReceiverCheck(
                TestServer.config(
                                "postgresql://nobody@localhost/none",
                                "webhook.allowPrivateAddresses",
                                Boolean.toString(allowPrivate))
                        .webhook(),
                host -> vertx.executeBlocking(() -> resolve(host)));
        FlowSpec spec = new FlowSpec(
                "Welcome",
                Trigger.MANUAL,
                null,
                Arrays.stream(steps).map(Step::parse).toList());
        return TestServer.await(Future.succeededFuture().compose(start -> check.warnings(spec)));
    }

    private static List<InetAddress> resolve(String host) throws UnknownHostException {
        return switch (host) {
            case "example.com" -> List.of(InetAddress.getByName("93.184.216.34"));
            case "localhost", "app.localhost" -> List.of(InetAddress.getLoopbackAddress());
            case "internal.example" -> List.of(InetAddress.getByName("10.0.0.7"));
            default -> throw new UnknownHostException(host);
        };
    }
}
