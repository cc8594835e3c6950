package com.quotient.flow;

import com.quotient.http.Answer;
import com.quotient.time.Times;
import io.vertx.core.buffer.Buffer;

/**
 * The body of a webhook. Every attempt sends the same bytes.
 *
 * @param timestamp the time of the first attempt
 */
record WebhookMessage(String type, String timestamp, Data data) {
    private static final String TYPE = "flow.step.reached";

    /** {@code step} counts from 1. */
    record Data(
            String businessId,
            String flowId,
            String flowName,
            String enrolmentId,
            String enrolledAt,
            String personId,
            int step) {}

    static Buffer of(Delivery delivery) {
        return Answer.encode(new WebhookMessage(
                TYPE,
                Times.format(delivery.since()),
                new Data(
                        delivery.businessId(),
                        delivery.flowId(),
                        delivery.flowName(),
                        delivery.enrolmentId(),
                        Times.format(delivery.enrolledAt()),
                        delivery.personId(),
                        delivery.step())));
    }
}
