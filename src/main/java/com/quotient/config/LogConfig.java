package com.quotient.config;

/**
 * {@code accessLinesPerSecond}: per event loop; -1 logs every request, 0 none. Server errors are never sampled
 * away.
 */
public record LogConfig(LogFormat format, LogLevel level, int accessLinesPerSecond, int queueSize) {
    public LogConfig {
        Checks.range("log.accessLinesPerSecond", accessLinesPerSecond, -1, Integer.MAX_VALUE);
        Checks.range("log.queueSize", queueSize, 16, 1 << 24);
    }

    LogConfig resolved(boolean development) {
        return format == LogFormat.AUTO
                ? new LogConfig(development ? LogFormat.TEXT : LogFormat.JSON, level, accessLinesPerSecond, queueSize)
                : this;
    }
}
