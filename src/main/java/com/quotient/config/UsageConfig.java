package com.quotient.config;

import java.time.Duration;

/** Batching of last-used times and counts. */
public record UsageConfig(
        Duration handOverInterval,
        Duration flushInterval,
        int maxPendingKeys,
        int maxPendingRefusals,
        int maxRefusalsPerKey,
        int maxPendingCallers,
        int maxCallersPerKey,
        Duration retention,
        Duration hourRetention,
        Duration refusalRetention,
        Duration callerRetention) {
    public UsageConfig {
        Checks.positive("usage.handOverInterval", handOverInterval);
        Checks.positive("usage.flushInterval", flushInterval);
        Checks.range("usage.maxPendingKeys", maxPendingKeys, 1, 100_000_000);
        Checks.range("usage.maxPendingRefusals", maxPendingRefusals, 1, 1_000_000);
        Checks.range("usage.maxRefusalsPerKey", maxRefusalsPerKey, 1, 10_000);
        Checks.range("usage.maxPendingCallers", maxPendingCallers, 1, 1_000_000);
        Checks.range("usage.maxCallersPerKey", maxCallersPerKey, 1, 10_000);
        Checks.positive("usage.retention", retention);
        Checks.atLeast("usage.hourRetention", hourRetention, Duration.ofDays(3));
        Checks.atLeast("usage.refusalRetention", refusalRetention, Duration.ofDays(1));
        Checks.atLeast("usage.callerRetention", callerRetention, Duration.ofDays(7));
    }
}
