package com.quotient.flow;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.TestPostgres;
import com.quotient.trace.Collector;
import com.quotient.trace.Collector.Received;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The spans of webhooks. */
class WebhookTracingTest extends WebhookServer {
    private static final String TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String TRACEPARENT = "00-" + TRACE_ID + "-00f067aa0ba902b7-01";

    private final Collector collector = new Collector();

    @AfterEach
    void closeCollector() {
        collector.close();
    }

    @Test
    void everyAttemptIsASpanBelowTheTriggerAndTheParentOfWhatTheReceiverDoes() {
        startForTrustedCallers();
        receiver.behave(
                exchange -> exchange.sendResponseHeaders(receiver.received().size() == 1 ? 500 : 200, -1));
        FlowAdmin.Issued flow = flows.flow(business, receiver.step("/a?token=secret"), receiver.step("/b"));

        trigger(flow, "traceparent", TRACEPARENT);

        List<String> traces =
                received(3).stream().map(HookReceiver.Received::trace).toList();
        List<Received> attempts = spans("POST", 3);
        Received trigger = spans("POST /api/v0/flow/{flowId}/trigger", 1).get(0);
        assertThat(attempts)
                .allSatisfy(attempt -> assertThat(attempt.kind()).isEqualTo("SPAN_KIND_CLIENT"))
                .allSatisfy(attempt -> assertThat(attempt.traceId()).isEqualTo(TRACE_ID))
                .allSatisfy(attempt -> assertThat(attempt.parentId()).isEqualTo(trigger.spanId()))
                .allSatisfy(attempt -> assertThat(attempt.attributes())
                        .containsEntry("http.request.method", "POST")
                        .containsEntry("server.address", "127.0.0.1")
                        .containsEntry("server.port", Integer.toString(receiver.port()))
                        .containsEntry("quotient.business.id", business)
                        .containsEntry("quotient.flow.id", flow.details().id()));
        assertThat(attempts)
                .extracting(attempt -> attempt.attributes().get("http.response.status_code"))
                .containsExactly("500", "200", "200");
        assertThat(attempts).extracting(Received::failed).containsExactly(true, false, false);
        assertThat(attempts)
                .extracting(attempt -> "00-" + TRACE_ID + "-" + attempt.spanId() + "-01")
                .containsExactlyElementsOf(traces);
        assertThat(collector.raw()).doesNotContain("secret", "whsec_", key);
    }

    @Test
    void receiverThatDoesNotAnswerIsAFailedSpan() {
        start("tracing.endpoint", collector.endpoint(), "tracing.sampleRatio", "1", "tracing.exportInterval", "50ms");
        FlowAdmin.Issued flow = flows.flow(business, "webhook:http://127.0.0.1:1/");

        trigger(flow);

        assertThat(spans("POST", 1).get(0))
                .satisfies(attempt -> assertThat(attempt.failed()).isTrue())
                .satisfies(attempt -> assertThat(attempt.attributes()).containsEntry("error.type", "_OTHER"));
    }

    @Test
    void webhookThatAnOlderServerQueuedContinuesItsTrace() {
        startForTrustedCallers();
        FlowAdmin.Issued flow = flows.flow(business, "wait:2s", receiver.step("/"));
        trigger(flow, "traceparent", TRACEPARENT);
        TestPostgres.execute(server.databaseUrl(), "UPDATE flow_delivery SET trace_parent_id = NULL");

        assertThat(received(1).get(0).trace()).startsWith("00-" + TRACE_ID);
        assertThat(spans("POST", 1).get(0).traceId()).isEqualTo(TRACE_ID);
    }

    /** Records nothing but what a caller records. */
    private void startForTrustedCallers() {
        start(
                "tracing.endpoint", collector.endpoint(),
                "tracing.sampleRatio", "0",
                "tracing.trustCallers", "true",
                "tracing.exportInterval", "50ms");
    }

    /** The spans of this name, once there are so many. */
    private List<Received> spans(String name, int count) {
        return eventually(
                SOON,
                () -> collector.spans().stream()
                        .filter(span -> span.name().equals(name))
                        .toList(),
                found -> found.size() >= count);
    }
}
