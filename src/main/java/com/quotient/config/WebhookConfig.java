package com.quotient.config;

import java.time.Duration;

/** Deliveries of webhooks. Limits are per server; {@code timeout} bounds a whole attempt. */
public record WebhookConfig(
        boolean allowPrivateAddresses,
        Duration pollInterval,
        int maxInFlight,
        int maxInFlightPerFlow,
        int lookupThreads,
        Duration timeout,
        Duration lease,
        Duration firstRetry,
        Duration maxRetryDelay,
        Duration giveUpAfter,
        int maxResponseBytes,
        Duration deadRetention) {
    public WebhookConfig {
        Checks.positive("webhook.pollInterval", pollInterval);
        Checks.range("webhook.maxInFlight", maxInFlight, 1, 1000);
        Checks.range("webhook.maxInFlightPerFlow", maxInFlightPerFlow, 1, 1000);
        Checks.range("webhook.lookupThreads", lookupThreads, 4, 256);
        Checks.positive("webhook.timeout", timeout);
        if (lease.compareTo(timeout.multipliedBy(2)) < 0) {
            // The rest of the lease after an attempt covers the statements before and after it.
            throw new InvalidSetting("webhook.lease must be at least twice webhook.timeout, so that no two servers"
                    + " deliver the same webhook at the same time.");
        }
        Checks.positive("webhook.firstRetry", firstRetry);
        Checks.positive("webhook.maxRetryDelay", maxRetryDelay);
        Checks.positive("webhook.giveUpAfter", giveUpAfter);
        Checks.range("webhook.maxResponseBytes", maxResponseBytes, 0, 1 << 24);
        Checks.positive("webhook.deadRetention", deadRetention);
    }
}
