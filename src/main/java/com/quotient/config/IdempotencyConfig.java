package com.quotient.config;

import java.time.Duration;

/** Answers stored for retries with the same {@code Idempotency-Key}. */
public record IdempotencyConfig(Duration retention, Duration lease, int maxAnswerBytes, Duration cleaningInterval) {
    public IdempotencyConfig {
        Checks.atLeast("idempotency.retention", retention, Duration.ofHours(1));
        Checks.positive("idempotency.lease", lease);
        Checks.range("idempotency.maxAnswerBytes", maxAnswerBytes, 1, 1 << 24);
        Checks.positive("idempotency.cleaningInterval", cleaningInterval);
    }
}
