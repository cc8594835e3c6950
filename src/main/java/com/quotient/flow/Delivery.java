package com.quotient.flow;

import java.time.Instant;
import java.util.List;

/**
 * A webhook that this pod may try once, now.
 *
 * @param id its {@code webhook-id}, the same for every attempt
 * @param attempts this one included; whoever reports an outcome under another number is too late
 * @param since when the first attempt began
 * @param secrets sign the message, each for itself; the newest first
 */
record Delivery(
        String id,
        String businessId,
        String flowId,
        String flowName,
        String personId,
        String enrolmentId,
        Instant enrolledAt,
        int step,
        String url,
        int attempts,
        Instant since,
        List<WebhookSecret> secrets) {}
