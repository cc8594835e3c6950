package com.quotient.config;

import java.time.Duration;

/**
 * When the process ends by itself.
 *
 * @param eventLoopDeadline how long an event loop may be silent
 * @param stopDeadline how long a stop may take
 */
public record ProcessConfig(Duration eventLoopDeadline, Duration stopDeadline) {
    public ProcessConfig {
        Checks.positive("process.eventLoopDeadline", eventLoopDeadline);
        Checks.positive("process.stopDeadline", stopDeadline);
    }
}
