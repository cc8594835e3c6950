package com.quotient.config;

import java.time.Duration;

/**
 * The event that a server sends to itself and reads back.
 *
 * @param keyFile a file with a private key that may write and read events; empty for no canary
 * @param interval the time between two of these events
 * @param timeout the maximum time of one, from reading the key until the event is back
 */
public record CanaryConfig(String keyFile, Duration interval, Duration timeout) {
    /** The alert fires after three minutes without an event. */
    private static final Duration MAX_INTERVAL = Duration.ofMinutes(1);

    public CanaryConfig {
        Checks.positive("canary.timeout", timeout);
        if (interval.compareTo(timeout) <= 0) {
            throw new InvalidSetting("canary.interval must be longer than canary.timeout, so that one canary has ended"
                    + " before the next one is sent.");
        }
        if (interval.compareTo(MAX_INTERVAL) > 0) {
            throw new InvalidSetting(
                    "canary.interval must be at most 1m, since the alert QuotientCanaryLost fires after"
                            + " three minutes without an event.");
        }
    }

    public boolean isEnabled() {
        return !keyFile.isEmpty();
    }
}
