package com.quotient.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/**
 * The export of spans by OTLP over HTTP.
 *
 * @param endpoint the URL that takes them; empty for no tracing
 * @param sampleRatio the share of the requests that are recorded
 * @param trustCallers whether a request is recorded if its caller's span is; otherwise the ratio applies to it too
 * @param queueSize maximum number of spans that wait to be exported
 * @param batchSize maximum number of spans of one request
 * @param timeout the maximum time of one request
 */
public record TracingConfig(
        String endpoint,
        String serviceName,
        double sampleRatio,
        boolean trustCallers,
        int queueSize,
        int batchSize,
        Duration exportInterval,
        Duration timeout) {
    public TracingConfig {
        if (!endpoint.isEmpty() && !isEndpoint(endpoint)) {
            throw new InvalidSetting("tracing.endpoint must be empty or a URL such as"
                    + " http://collector:4318/v1/traces, without credentials, a query or a fragment.");
        }
        if (serviceName.isBlank()) {
            throw new InvalidSetting("tracing.serviceName must not be empty.");
        }
        if (!(sampleRatio >= 0 && sampleRatio <= 1)) {
            throw new InvalidSetting("tracing.sampleRatio must be from 0 to 1.");
        }
        Checks.range("tracing.queueSize", queueSize, 1, 1_000_000);
        Checks.range("tracing.batchSize", batchSize, 1, queueSize);
        Checks.positive("tracing.exportInterval", exportInterval);
        Checks.positive("tracing.timeout", timeout);
    }

    public boolean isEnabled() {
        return !endpoint.isEmpty();
    }

    private static boolean isEndpoint(String endpoint) {
        try {
            URI uri = new URI(endpoint);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null;
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
