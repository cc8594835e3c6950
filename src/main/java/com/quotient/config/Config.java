package com.quotient.config;

/**
 * All settings, typed and validated. Names and defaults are in {@code conf/application.json}; {@link Settings} reads
 * them and their overrides. Durations are written {@code 500ms}, {@code 10s}, {@code 5m}, {@code 24h}, {@code 90d};
 * sizes are bytes.
 */
public record Config(
        DataConfig data,
        ServerConfig server,
        DatabaseConfig database,
        HttpConfig http,
        BudgetConfig budget,
        ManagementConfig management,
        AuthConfig auth,
        KeyFeedConfig keyFeed,
        KeyFilesConfig keyFiles,
        UsageConfig usage,
        IngestConfig ingest,
        AnalyticsConfig analytics,
        AudienceConfig audience,
        MemoryConfig memory,
        WebhookConfig webhook,
        IdempotencyConfig idempotency,
        BlogConfig blog,
        DashboardConfig dashboard,
        MetricsConfig metrics,
        CanaryConfig canary,
        TracingConfig tracing,
        ProcessConfig process,
        LogConfig log) {

    /** Validates what concerns several sections; each section validates itself. */
    public Config {
        log = log.resolved(database.isEmbedded());
        management = management.resolved(database.isEmbedded());
        if (process.stopDeadline().compareTo(http.shutdownDelay().plus(http.drainDeadline())) <= 0) {
            throw new InvalidSetting(
                    "process.stopDeadline must be longer than http.shutdownDelay and http.drainDeadline"
                            + " together, which are a part of every stop.");
        }
        if (ingest.maxQueuedEvents() * ingest.maxBusinessShare() < analytics.maxBatchEvents()
                || ingest.maxQueuedBytes().bytes() * ingest.maxBusinessShare() < analytics.maxBatchBytes()) {
            throw new InvalidSetting("The largest request that analytics.maxBatchEvents and analytics.maxBatchBytes"
                    + " allow must fit into one business's share of the queue: raise ingest.maxQueuedEvents,"
                    + " ingest.maxQueuedBytes or ingest.maxBusinessShare.");
        }
    }

    /** Whether browsers reach the dashboard by https: that of a proxy, or else that of this server. */
    public boolean isDashboardHttps() {
        return dashboard.publicUrl().isEmpty() ? http.isTls() : dashboard.isHttps();
    }
}
