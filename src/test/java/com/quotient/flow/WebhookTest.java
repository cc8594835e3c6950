package com.quotient.flow;

import static com.quotient.flow.FailedWebhook.State.GIVEN_UP;
import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.flow.HookReceiver.Behaviour;
import com.quotient.flow.HookReceiver.Received;
import com.quotient.flow.WebhookClient.Result;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Webhooks, from the trigger to a receiver that is up, down, slow or hostile. */
class WebhookTest extends WebhookServer {
    @Test
    void webhookIsSignedAsStandardWebhooksSay() throws Exception {
        start();
        FlowAdmin.Issued flow = flows.flow(business, receiver.step("/hook?a=b"));
        String person = trigger(flow);

        Received hook = received(1).get(0);

        assertThat(hook.path()).isEqualTo("/hook?a=b");
        assertThat(hook.host()).isEqualTo("127.0.0.1:" + receiver.port());
        assertThat(hook.type()).isEqualTo("application/json");
        assertThat(hook.id()).startsWith("msg_");
        assertThat(Instant.ofEpochSecond(Long.parseLong(hook.timestamp())))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
        assertThat(flow.secret()).startsWith("whsec_");
        assertThat(hook.signature()).isEqualTo(signature(flow.secret(), hook));
        JsonNode body = new ObjectMapper().readTree(hook.body());
        assertThat(body.path("type").asText()).isEqualTo("flow.step.reached");
        assertThat(Instant.parse(body.path("timestamp").asText()))
                .isAfter(Instant.now().minusSeconds(60));
        JsonNode data = body.path("data");
        assertThat(data.path("businessId").asText()).isEqualTo(business);
        assertThat(data.path("flowId").asText()).isEqualTo(flow.details().id());
        assertThat(data.path("flowName").asText()).isEqualTo("Welcome");
        assertThat(data.path("personId").asText()).isEqualTo(person);
        assertThat(data.path("enrolmentId").asText()).startsWith("enr_");
        assertThat(data.path("step").asInt()).isEqualTo(1);
    }

    @Test
    void everyAttemptOfEveryStepContinuesTheTraceOfTheTriggerWithAParentOfItsOwn() {
        start();
        receiver.behave(
                exchange -> exchange.sendResponseHeaders(receiver.received().size() == 1 ? 500 : 200, -1));
        String traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
        String parent = "00f067aa0ba902b7";

        trigger(
                flows.flow(business, receiver.step("/a"), receiver.step("/b")),
                "traceparent",
                "00-" + traceId + "-" + parent + "-01");

        List<String> traces = received(3).stream().map(Received::trace).toList();
        assertThat(traces).doesNotHaveDuplicates().allSatisfy(trace -> assertThat(trace)
                .matches("00-" + traceId + "-[0-9a-f]{16}-01")
                .doesNotContain(parent));
    }

    @Test
    void webhookOfATriggerWithoutATraceHasNone() {
        start();
        trigger(flows.flow(business, receiver.step("/")), "traceparent", "00-not-a-trace");

        assertThat(received(1).get(0).trace()).isEqualTo("null");
    }

    @Test
    void stepsHappenOneAfterTheOther() {
        start();
        receiver.behave(
                exchange -> exchange.sendResponseHeaders(receiver.received().size() == 1 ? 500 : 200, -1));
        FlowAdmin.Issued flow =
                flows.flow(business, receiver.step("/a"), "wait:200ms", "wait:100ms", receiver.step("/b"));
        long start = System.nanoTime();

        trigger(flow);

        List<Received> hooks = received(3);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(300));
        assertThat(hooks).extracting(Received::path).containsExactly("/a", "/a", "/b");
        assertThat(hooks.get(1).id()).isEqualTo(hooks.get(0).id());
        assertThat(hooks.get(1).body())
                .as("a repeated message")
                .isEqualTo(hooks.get(0).body());
        assertThat(hooks.get(2).id()).isNotEqualTo(hooks.get(0).id());
        finished(flow);
        assertThat(flows.count("flow_delivery", "true")).isZero();
    }

    @Test
    void receiverThatWasDownGetsItsWebhookLater() throws IOException {
        start();
        int port = receiver.port();
        String step = receiver.step("/");
        receiver.close();
        FlowAdmin.Issued flow = flows.flow(business, step);
        trigger(flow);
        eventually(SOON, () -> assertThat(server.metric("quotient_webhook_attempts_total{outcome=\"retry\"}"))
                .isPositive());

        receiver = new HookReceiver(port);

        received(1);
        finished(flow);
    }

    @Test
    void receiverThatTakesTooLongIsAskedAgain() {
        start("webhook.timeout", "500ms", "webhook.lease", "1s");
        CountDownLatch never = new CountDownLatch(1);
        receiver.behave(exchange -> {
            if (receiver.received().size() == 1) {
                never.await(60, TimeUnit.SECONDS);
            }
            exchange.sendResponseHeaders(200, -1);
        });
        FlowAdmin.Issued flow = flows.flow(business, receiver.step("/"));

        trigger(flow);

        received(2);
        never.countDown();
        finished(flow);
    }

    @Test
    void redirectIsNotFollowed() throws IOException {
        try (HookReceiver elsewhere = new HookReceiver()) {
            start();
            receiver.behave(exchange -> {
                exchange.getResponseHeaders().set("Location", "http://127.0.0.1:" + elsewhere.port() + "/");
                // 303 turns the POST into a GET, and 307 repeats the POST. Some clients follow only one of them.
                exchange.sendResponseHeaders(receiver.received().size() == 1 ? 303 : 307, -1);
            });

            trigger(flows.flow(business, receiver.step("/")));

            received(3);
            assertThat(elsewhere.received()).isEmpty();
        }
    }

    @Test
    void webhookThatFailsForTooLongIsGivenUpAndCanBeSentAgain() {
        start("webhook.giveUpAfter", "300ms");
        receiver.behave(Behaviour.status(503));
        FlowAdmin.Issued flow = flows.flow(business, receiver.step("/"));
        trigger(flow);
        FailedWebhook dead = failures(flow, GIVEN_UP, 1).get(0);
        assertThat(dead.attempts()).isGreaterThan(1);
        assertThat(dead.fault()).contains("503");

        receiver.behave(Behaviour.status(200));
        assertThat(await(flows.outbox().resend(flow.details(), dead.id()))).isEqualTo(1);

        finished(flow);
        assertThat(receiver.received()).allSatisfy(hook -> assertThat(hook.id()).isEqualTo(dead.id()));
    }

    @Test
    void responseWithoutEndHoldsNothingUp() {
        start("webhook.maxInFlight", "1");
        receiver.behave(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] chunk = new byte[65536];
            // Ends when the other side closes.
            while (true) {
                exchange.getResponseBody().write(chunk);
            }
        });
        FlowAdmin.Issued flow = flows.flow(business, receiver.step("/1"), receiver.step("/2"), receiver.step("/3"));

        trigger(flow);

        received(3);
        finished(flow);
    }

    @Test
    void webhookOfAKilledServerIsDeliveredByAnotherAfterTheLease() {
        String url = TestServer.migratedDatabase();
        startOn(url, "webhook.pollInterval", "1h");
        FlowAdmin.Issued flow = flows.flow(business, receiver.step("/"));
        trigger(flow);
        // As a pod does that dies right after.
        OutboxStore dead = new OutboxStore(server.server().database().webhooks());
        List<Delivery> claimed = await(dead.claim(10, 10, List.of(), Duration.ofSeconds(2)));
        long claimedAt = System.nanoTime();
        assertThat(claimed).hasSize(1);
        assertThat(await(dead.claim(10, 10, List.of(), Duration.ofSeconds(2)))).isEmpty();

        try (TestServer other = TestServer.on(url, QUICK)) {
            received(1);

            assertThat(Duration.ofNanos(System.nanoTime() - claimedAt)).isGreaterThan(Duration.ofMillis(1900));
            assertThat(receiver.received().get(0).id()).isEqualTo(claimed.get(0).id());
            finished(flow);
            // What the dead one would still say is too late.
            await(dead.failed(
                    claimed.get(0), new Result("late", true, null), Duration.ofHours(1), Duration.ofHours(1)));
            await(dead.delivered(claimed.get(0), "msg_late"));
            assertThat(flows.count("flow_delivery", "true")).isZero();
            assertThat(other.port()).isPositive();
        }
    }

    @Test
    void severalServersNeverDeliverTheSameWebhookAtTheSameTime() {
        String url = TestServer.migratedDatabase();
        startOn(url);
        receiver.behave(exchange -> {
            // Long enough for the other pods to ask the outbox in between.
            new CountDownLatch(1).await(60, TimeUnit.MILLISECONDS);
            exchange.sendResponseHeaders(200, -1);
        });
        FlowAdmin.Issued flow = flows.flow(business, receiver.step("/1"), receiver.step("/2"));
        try (TestServer second = TestServer.on(url, QUICK);
                TestServer third = TestServer.on(url, QUICK)) {
            for (int i = 0; i < 40; i++) {
                trigger(flow);
            }
            eventually(SOON, () -> assertThat(
                            await(flows.admin().progress(flow.details())).finished())
                    .isEqualTo(40));
            double each = delivered(server) + delivered(second) + delivered(third);
            assertThat(each).isEqualTo(80);
        }
        assertThat(receiver.maxAtOnce()).isEqualTo(1);
        assertThat(receiver.received()).extracting(Received::id).doesNotHaveDuplicates();
    }

    @Test
    void slowReceiverDoesNotHoldUpTheOthers() {
        start("webhook.maxInFlight", "4", "webhook.maxInFlightPerFlow", "2");
        CountDownLatch never = new CountDownLatch(1);
        receiver.behave(exchange -> {
            if (exchange.getRequestURI().getPath().equals("/slow")) {
                never.await(60, TimeUnit.SECONDS);
            }
            exchange.sendResponseHeaders(200, -1);
        });
        FlowAdmin.Issued slow = flows.flow(business, receiver.step("/slow"));
        FlowAdmin.Issued quick = flows.flow(business, receiver.step("/quick"));
        for (int i = 0; i < 10; i++) {
            trigger(slow);
        }
        eventually(SOON, () -> assertThat(receiver.received()).hasSize(2));

        for (int i = 0; i < 10; i++) {
            trigger(quick);
        }

        eventually(SOON, () -> assertThat(
                        await(flows.admin().progress(quick.details())).finished())
                .isEqualTo(10));
        assertThat(receiver.received().stream().filter(hook -> hook.path().equals("/slow")))
                .hasSize(2);
        never.countDown();
    }

    @Test
    void disabledFlowHoldsItsWebhooks() {
        start();
        FlowAdmin.Issued held = flows.flow(business, receiver.step("/held"));
        FlowAdmin.Issued other = flows.flow(business, receiver.step("/other"));
        String person = flows.person(business);
        await(flows.admin().disable(held.details()));
        flows.execute("INSERT INTO flow_enrolment (business_id, flow_id, person_id, id) VALUES ('" + business + "', '"
                + held.details().id() + "', '" + person + "', 'enr_1')");
        flows.execute("INSERT INTO flow_delivery (id, business_id, flow_id, person_id, step, due_at) VALUES ('msg_1', '"
                + business + "', '" + held.details().id() + "', '" + person + "', 1, now() - interval '1 hour')");

        trigger(other);
        finished(other);
        assertThat(receiver.received()).extracting(Received::path).containsExactly("/other");

        await(flows.admin().enable(held.details()));
        finished(held);
    }

    @Test
    void nothingIsSentToAnAddressThatIsNotPublic() {
        start("webhook.allowPrivateAddresses", "false");
        List<FlowAdmin.Issued> made = new ArrayList<>();
        for (String host : List.of("127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "localhost.", "0.0.0.0")) {
            FlowAdmin.Issued flow = flows.flow(business, "webhook:http://" + host + ":" + receiver.port() + "/");
            trigger(flow);
            made.add(flow);
        }

        for (FlowAdmin.Issued flow : made) {
            eventually(SOON, () -> assertThat(fault(flow))
                    .as(flow.details().steps().toString())
                    .contains("not a public address"));
        }
        assertThat(receiver.received()).isEmpty();
    }

    @Test
    void oldDeadLettersAreForgotten() {
        start("webhook.giveUpAfter", "100ms");
        receiver.behave(Behaviour.status(500));
        FlowAdmin.Issued flow = flows.flow(business, receiver.step("/"));
        trigger(flow);
        trigger(flow);
        failures(flow, GIVEN_UP, 2);
        flows.execute(
                "UPDATE flow_delivery SET dead_at = now() - interval '2 days' WHERE id = (SELECT min(id) FROM flow_delivery)");

        OutboxStore store = new OutboxStore(server.server().database().webhooks());
        await(store.forgetDead(Duration.ofDays(1), 100));

        assertThat(failures(flow, GIVEN_UP, 1)).hasSize(1);
    }

    @Test
    void secretsAndUrlsNeverComeIntoTheLogs() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Logger ours = (Logger) LoggerFactory.getLogger("com.quotient");
        Level before = ours.getLevel();
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        root.addAppender(lines);
        ours.setLevel(Level.DEBUG);
        try {
            start("webhook.giveUpAfter", "100ms");
            receiver.behave(Behaviour.status(500));
            FlowAdmin.Issued flow = flows.flow(business, receiver.step("/token-in-the-path"));
            trigger(flow);
            failures(flow, GIVEN_UP, 1);
            assertThat(flow.toString()).doesNotContain(flow.secret());
            assertThat(new WebhookSecret(flow.secret()).toString()).doesNotContain(flow.secret());

            List<ILoggingEvent> events = new ArrayList<>(lines.list);
            assertThat(events)
                    .extracting(ILoggingEvent::getFormattedMessage)
                    .anySatisfy(line -> assertThat(line).contains("given up"))
                    .allSatisfy(line -> assertThat(line)
                            .doesNotContain(flow.secret().substring("whsec_".length()))
                            .doesNotContain("token-in-the-path"));
        } finally {
            root.detachAppender(lines);
            ours.setLevel(before);
        }
    }

    @Test
    void claimUsesTheIndexHoweverManyWait() {
        start("webhook.pollInterval", "1h");
        FlowDetails flow = flows.flow(business, receiver.step("/")).details();
        flows.execute("INSERT INTO person (business_id, id, email, domain) SELECT '" + business
                + "', 'per_' || i, 'p' || i || '@example.com', 'example.com' FROM generate_series(1, 50000) AS i");
        flows.execute("INSERT INTO flow_enrolment (business_id, flow_id, person_id, id) SELECT '" + business + "', '"
                + flow.id() + "', 'per_' || i, 'enr_' || i FROM generate_series(1, 50000) AS i");
        flows.execute(
                "INSERT INTO flow_delivery (id, business_id, flow_id, person_id, step, due_at) SELECT 'msg_' || i, '"
                        + business + "', '" + flow.id() + "', 'per_' || i, 1, now() + (i - 5) * interval '1 minute'"
                        + " FROM generate_series(1, 50000) AS i");
        flows.execute("ANALYZE person, flow, flow_step, flow_enrolment, flow_delivery");
        String claim = OutboxStore.CLAIM
                .replace("$1", "64")
                .replace("$2", "8")
                .replace("$3", "'{}'")
                .replace("$4", "1000");

        String plan =
                TestPostgres.query(server.databaseUrl(), "EXPLAIN " + claim).toString();

        assertThat(plan)
                .contains("flow_delivery_due_by_step")
                .doesNotContain("Seq Scan on flow_delivery")
                .doesNotContain("Seq Scan on flow_enrolment");
    }
}
