package com.quotient.flow;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.flow.HookReceiver.Received;
import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A server that sends webhooks quickly, and a receiver. */
abstract class WebhookServer {
    static final Duration SOON = Duration.ofSeconds(60);
    static final String[] QUICK = {
        "webhook.allowPrivateAddresses", "true",
        "webhook.pollInterval", "20ms",
        // Long enough for a receiver on a machine that stands still for a moment.
        "webhook.timeout", "10s",
        "webhook.lease", "20s",
        "webhook.firstRetry", "50ms",
        "webhook.maxRetryDelay", "100ms"
    };

    HookReceiver receiver;
    TestServer server;
    FlowDatabase flows;
    String business;
    String key;

    @BeforeEach
    void openReceiver() throws IOException {
        receiver = new HookReceiver();
    }

    @AfterEach
    void stop() {
        receiver.close();
        if (server != null) {
            server.close();
        }
    }

    void start(String... settings) {
        startOn(TestServer.migratedDatabase(), settings);
    }

    void startOn(String url, String... settings) {
        List<String> all = new ArrayList<>(List.of(QUICK));
        all.addAll(List.of(settings));
        server = TestServer.on(url, all.toArray(String[]::new));
        TestKeys keys = new TestKeys(server);
        flows = new FlowDatabase(server);
        business = keys.business();
        key = keys.issue(business, KeyTier.SECRET).key();
    }

    /** A new person enters; their id. */
    String trigger(FlowAdmin.Issued flow, String... headers) {
        String person = flows.person(business);
        var response = server.post(
                "/api/v0/flow/" + flow.details().id() + "/trigger", key, "{\"personId\":\"" + person + "\"}", headers);
        assertThat(response.body()).isEqualTo("{\"success\":true}");
        return person;
    }

    List<Received> received(int count) {
        eventually(SOON, () -> assertThat(receiver.received()).hasSizeGreaterThanOrEqualTo(count));
        return receiver.received();
    }

    void finished(FlowAdmin.Issued flow) {
        eventually(SOON, () -> {
            FlowAdmin.Progress progress = await(flows.admin().progress(flow.details()));
            assertThat(progress.finished()).isEqualTo(progress.enrolled()).isPositive();
        });
    }

    /** The failures of a flow, once exactly this many are in this state. */
    List<FailedWebhook> failures(FlowAdmin.Issued flow, FailedWebhook.State state, int count) {
        return eventually(
                SOON,
                () -> await(flows.outbox().failures(flow.details(), 100)),
                found -> found.size() == count && found.stream().allMatch(failure -> failure.state() == state));
    }

    String fault(FlowAdmin.Issued flow) {
        return String.valueOf(TestPostgres.query(
                        server.databaseUrl(),
                        "SELECT fault FROM flow_delivery WHERE flow_id = '"
                                + flow.details().id() + "'")
                .get(0)
                .get(0));
    }

    static double delivered(TestServer pod) {
        return pod.metric("quotient_webhook_attempts_total{outcome=\"delivered\"}");
    }

    /** By the specification, apart from the code that signs. */
    static String signature(String secret, Received hook) throws GeneralSecurityException {
        byte[] key = Base64.getDecoder().decode(secret.replaceFirst("^whsec_", ""));
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        String signed = String.join(".", hook.id(), hook.timestamp(), hook.body());
        return "v1," + Base64.getEncoder().encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
    }
}
