package com.quotient.config;

import java.time.Duration;

/** How the key table follows Postgres. */
public record KeyFeedConfig(
        Duration pollInterval, Duration answerDeadline, Duration reconnectDelay, Duration podTimeout) {
    public KeyFeedConfig {
        Checks.positive("keyFeed.pollInterval", pollInterval);
        Checks.positive("keyFeed.answerDeadline", answerDeadline);
        Checks.positive("keyFeed.reconnectDelay", reconnectDelay);
        Checks.positive("keyFeed.podTimeout", podTimeout);
    }
}
