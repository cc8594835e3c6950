package com.quotient.config;

import java.time.Duration;

/** Events: the limits of one request, and retention. */
public record AnalyticsConfig(
        int maxBatchBytes,
        int maxBatchEvents,
        int maxEventBytes,
        int maxEventDepth,
        int maxEventProperties,
        ClientAddressDetail clientAddress,
        Duration retention,
        Duration dedupeRetention,
        int partitionsAhead,
        Duration maintenanceInterval,
        int maxSeriesPoints,
        int fetchEvents,
        int fetchBytes) {
    public AnalyticsConfig {
        Checks.range("analytics.maxBatchBytes", maxBatchBytes, 1, 1 << 28);
        Checks.range("analytics.maxBatchEvents", maxBatchEvents, 1, 10_000);
        Checks.range("analytics.maxEventBytes", maxEventBytes, 1, 1 << 24);
        Checks.range("analytics.maxEventDepth", maxEventDepth, 1, 500);
        Checks.range("analytics.maxEventProperties", maxEventProperties, 1, 10_000);
        Checks.atLeast("analytics.retention", retention, Duration.ofDays(8));
        Checks.atLeast("analytics.dedupeRetention", dedupeRetention, Duration.ofHours(24));
        Checks.range("analytics.partitionsAhead", partitionsAhead, 1, 60);
        Checks.positive("analytics.maintenanceInterval", maintenanceInterval);
        Checks.range("analytics.maxSeriesPoints", maxSeriesPoints, 1, 1_000_000);
        Checks.range("analytics.fetchEvents", fetchEvents, 1, 100_000);
        Checks.range("analytics.fetchBytes", fetchBytes, 1, 64 * 1024 * 1024);
    }
}
