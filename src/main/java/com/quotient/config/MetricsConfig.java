package com.quotient.config;

/** {@code keyIdLabels}: how many key ids may become metric labels; 0 for none. */
public record MetricsConfig(int keyIdLabels) {
    public MetricsConfig {
        Checks.range("metrics.keyIdLabels", keyIdLabels, 0, 10_000);
    }
}
