package com.quotient.config;

import java.time.Duration;

/** The queue of events that wait for their group commit. */
public record IngestConfig(
        int writers,
        int maxQueuedEvents,
        MemorySize maxQueuedBytes,
        double maxBusinessShare,
        int groupEvents,
        int groupBytes,
        Duration joinDelay,
        Duration maxWait) {
    public IngestConfig {
        Checks.range("ingest.writers", writers, 1, 64);
        Checks.range("ingest.maxQueuedEvents", maxQueuedEvents, 1, 10_000_000);
        Checks.share("ingest.maxBusinessShare", maxBusinessShare);
        Checks.range("ingest.groupEvents", groupEvents, 1, 10_000);
        Checks.range("ingest.groupBytes", groupBytes, 1, 1 << 28);
        Checks.positive("ingest.joinDelay", joinDelay);
        Checks.positive("ingest.maxWait", maxWait);
    }
}
