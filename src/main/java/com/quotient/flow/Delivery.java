package com.quotient.flow;

import com.quotient.trace.TraceParent;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A webhook that this server has claimed for one attempt.
 *
 * @param id its {@code webhook-id}, the same for every attempt
 * @param attempts the number of attempts, this one included; an outcome reported under another number is too late
 * @param since when the first attempt began
 * @param secrets each signs the message; the newest first
 * @param trace of the request that triggered the flow, or null
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
        List<WebhookSecret> secrets,
        @Nullable TraceParent trace) {}
