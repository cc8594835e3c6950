package com.quotient.flow;

import static com.quotient.flow.FailedWebhook.State.HELD;
import static com.quotient.flow.FailedWebhook.State.RETRYING;
import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.flow.HookReceiver.Behaviour;
import com.quotient.flow.HookReceiver.Received;
import com.quotient.testing.TestServer;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a receiver asks for by its answer, and what an operator sees of it. */
class WebhookHoldTest extends WebhookServer {

    @Test
    void receiverThatIsGoneHoldsItsStepUntilAnOperatorResumesIt() {
        // A retry would come after giveUpAfter, so the webhook would be given up.
        start("webhook.firstRetry", "1s", "webhook.maxRetryDelay", "1s", "webhook.giveUpAfter", "100ms");
        receiver.behave(Behaviour.status(410));
        FlowAdmin.Issued flow = flows.flow(business, receiver.step("/"), receiver.step("/next"));
        FlowAdmin.Issued other = flows.flow(business, receiver.step("/other"));
        String person = trigger(flow);

        FailedWebhook held = failures(flow, HELD, 1).get(0);

        assertThat(held.personId()).isEqualTo(person);
        assertThat(held.step()).isEqualTo(1);
        assertThat(held.attempts()).isEqualTo(1);
        assertThat(held.fault()).contains("410");
        assertThat(await(flows.admin().find(flow.details().id())).holds())
                .containsExactly(new Hold(1, null, "the receiver answered with status 410"));
        // A server counts them at its start, and after that four times a minute.
        try (TestServer another = TestServer.on(server.databaseUrl(), QUICK)) {
            eventually(SOON, () -> assertThat(another.metric("quotient_webhook_steps_held"))
                    .isEqualTo(1));
        }

        receiver.behave(Behaviour.status(200));
        trigger(flow);
        trigger(other);
        finished(other);
        assertThat(receiver.received()).extracting(Received::path).containsExactly("/", "/other");

        assertThat(await(flows.outbox().resume(flow.details()))).containsExactly(1);
        finished(flow);
        assertThat(receiver.received().get(2).path()).isEqualTo("/");
        assertThat(await(flows.admin().find(flow.details().id())).holds()).isEmpty();
        assertThat(await(flows.outbox().resume(flow.details()))).isEmpty();
    }

    /** Two webhooks of the step are under way, and the answer that asks for less comes last. */
    @Test
    void stepStaysHeldForTheLongestThatAReceiverHasAskedFor() {
        start();
        CountDownLatch bothCame = new CountDownLatch(2);
        CountDownLatch held = new CountDownLatch(1);
        AtomicBoolean first = new AtomicBoolean(true);
        receiver.behave(exchange -> {
            boolean gone = first.getAndSet(false);
            bothCame.countDown();
            bothCame.await();
            if (!gone) {
                held.await();
                exchange.getResponseHeaders().set("Retry-After", "1");
            }
            exchange.sendResponseHeaders(gone ? 410 : 503, -1);
        });
        FlowAdmin.Issued flow = flows.flow(business, receiver.step("/"));
        trigger(flow);
        trigger(flow);
        eventually(SOON, () -> assertThat(await(flows.outbox().failures(flow.details(), 100)))
                .hasSize(1));
        held.countDown();

        eventually(SOON, () -> assertThat(await(flows.outbox().failures(flow.details(), 100)))
                .hasSize(2));

        assertThat(await(flows.admin().find(flow.details().id())).holds())
                .extracting(Hold::until)
                .containsOnlyNulls();
        assertThat(receiver.received()).hasSize(2);
    }

    @Test
    void receiverIsLeftAloneForAsLongAsItAsksBySeconds() {
        assertLeftAlone(429, "40", Duration.ofSeconds(40));
    }

    @Test
    void receiverIsLeftAloneUntilTheDateItAsksFor() {
        String date = DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.ENGLISH)
                .withZone(ZoneOffset.UTC)
                .format(Instant.now().plusSeconds(300));
        assertLeftAlone(503, date, Duration.ofMinutes(5));
    }

    @Test
    void noReceiverIsLeftAloneForLongerThanTheLongestPause() {
        assertLeftAlone(503, "999999999999", Duration.ofHours(1));
    }

    @Test
    void pauseThatWasAskedForEndsByItself() {
        start("webhook.maxRetryDelay", "10s");
        receiver.behave(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "1");
            exchange.sendResponseHeaders(receiver.received().size() == 1 ? 429 : 200, -1);
        });
        FlowAdmin.Issued flow = flows.flow(business, receiver.step("/"));
        long start = System.nanoTime();

        trigger(flow);

        received(2);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(950));
        finished(flow);
    }

    @Test
    void retryAfterOfAnotherStatusMeansNothing() {
        start();
        receiver.behave(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "3600");
            exchange.sendResponseHeaders(500, -1);
        });

        trigger(flows.flow(business, receiver.step("/")));

        received(3);
    }

    @Test
    void lastFaultAndAttemptsShowWhileTheWebhookIsTriedAgain() {
        start("webhook.maxRetryDelay", "1h", "webhook.firstRetry", "1h");
        receiver.behave(Behaviour.status(500));
        FlowAdmin.Issued flow = flows.flow(business, receiver.step("/"));
        String person = trigger(flow);

        FailedWebhook failure = failures(flow, RETRYING, 1).get(0);

        assertThat(failure.personId()).isEqualTo(person);
        assertThat(failure.attempts()).isEqualTo(1);
        assertThat(failure.fault()).contains("500");
        assertThat(failure.failedAt())
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(5));
        assertThat(failure.nextAttemptAt()).isAfter(Instant.now().plusSeconds(1800));
        assertThat(await(flows.admin().progress(flow.details()))).isEqualTo(new FlowAdmin.Progress(1, 0, 1, 0));
    }

    @Test
    void everySecretSignsUntilItsOwnEndAndNoLongerThanAllAreEnded() throws Exception {
        start();
        FlowAdmin.Issued before = flows.flow(business, receiver.step("/"));
        FlowAdmin.Issued after = await(flows.admin().rotateSecret(before.details(), Duration.ofHours(1)));
        assertThat(after.secret()).isNotEqualTo(before.secret());

        trigger(before);
        Received both = received(1).get(0);
        assertThat(both.signature())
                .isEqualTo(signature(after.secret(), both) + " " + signature(before.secret(), both));

        FlowAdmin.Issued third = await(flows.admin().rotateSecret(before.details(), Duration.ofHours(2)));
        trigger(before);
        Received three = received(2).get(1);
        assertThat(three.signature())
                .isEqualTo(String.join(
                        " ",
                        signature(third.secret(), three),
                        signature(after.secret(), three),
                        signature(before.secret(), three)));

        flows.execute("UPDATE flow_old_secret SET expires_at = now() WHERE secret = '" + before.secret() + "'");
        trigger(before);
        Received two = received(3).get(2);
        assertThat(two.signature()).isEqualTo(signature(third.secret(), two) + " " + signature(after.secret(), two));

        FlowAdmin.Issued last = await(flows.admin().rotateSecret(before.details(), Duration.ZERO));
        trigger(before);
        Received one = received(4).get(3);
        assertThat(one.signature()).isEqualTo(signature(last.secret(), one));
    }

    @Test
    void secretIsNotReplacedWhenTooManyStillSign() {
        start();
        FlowDetails flow = flows.flow(business, receiver.step("/")).details();
        for (int i = 0; i < 4; i++) {
            await(flows.admin().rotateSecret(flow, Duration.ofHours(1)));
        }

        Future<FlowAdmin.Issued> fifth = flows.admin().rotateSecret(flow, Duration.ofHours(1));

        assertThatThrownBy(() -> await(fifth)).isInstanceOf(FlowConflict.class).hasMessageContaining("--overlap 0s");
        assertThat(await(flows.admin().rotateSecret(flow, Duration.ZERO)).secret())
                .startsWith("whsec_");
        assertThat(await(flows.admin().rotateSecret(flow, Duration.ofHours(1))).secret())
                .startsWith("whsec_");
    }

    private void assertLeftAlone(int status, String retryAfter, Duration pause) {
        start("webhook.maxRetryDelay", "1h");
        receiver.behave(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", retryAfter);
            exchange.sendResponseHeaders(status, -1);
        });
        FlowAdmin.Issued flow = flows.flow(business, receiver.step("/limited"));
        FlowAdmin.Issued other = flows.flow(business, receiver.step("/"));
        trigger(flow);

        FailedWebhook failure = failures(flow, RETRYING, 1).get(0);

        assertThat(Duration.between(Instant.now(), failure.nextAttemptAt()))
                .isBetween(pause.minusSeconds(30), pause.plusSeconds(1));
        List<Hold> holds = await(flows.admin().find(flow.details().id())).holds();
        assertThat(holds).extracting(Hold::step).containsExactly(1);
        assertThat(holds.get(0).until()).isEqualTo(failure.nextAttemptAt());
        receiver.behave(Behaviour.status(200));
        trigger(flow);
        trigger(other);
        finished(other);
        assertThat(receiver.received().stream().filter(hook -> hook.path().equals("/limited")))
                .as("nobody else of the step is sent there meanwhile")
                .hasSize(1);
    }
}
