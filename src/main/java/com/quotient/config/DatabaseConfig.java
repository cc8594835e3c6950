package com.quotient.config;

import java.time.Duration;

/** The database and the pools on it. An empty {@code url} means the embedded Postgres. */
public record DatabaseConfig(
        String url,
        String passwordFile,
        Duration connectTimeout,
        Duration statementTimeout,
        Duration lockTimeout,
        Duration socketIdleTimeout,
        Duration poolWait,
        int poolQueue,
        Duration poolIdleTimeout,
        Duration maxLifetime,
        int lookupConnections,
        double maxBusinessShare,
        int featureConnections,
        int searchConnections,
        Duration searchTimeout,
        int bulkConnections,
        Duration bulkWait,
        int usageConnections,
        int webhookConnections,
        int maintenanceConnections,
        int dashboardConnections) {
    public DatabaseConfig {
        Checks.positive("database.connectTimeout", connectTimeout);
        Checks.positive("database.statementTimeout", statementTimeout);
        Checks.positive("database.lockTimeout", lockTimeout);
        Checks.positive("database.socketIdleTimeout", socketIdleTimeout);
        Checks.positive("database.poolWait", poolWait);
        Checks.range("database.poolQueue", poolQueue, 1, 1_000_000);
        Checks.positive("database.poolIdleTimeout", poolIdleTimeout);
        Checks.positive("database.maxLifetime", maxLifetime);
        if (poolIdleTimeout.multipliedBy(5).compareTo(socketIdleTimeout.multipliedBy(4)) > 0) {
            throw new InvalidSetting("database.poolIdleTimeout must be at most four fifths of"
                    + " database.socketIdleTimeout, so that no connection is closed while it is taken into use.");
        }
        Checks.range("database.lookupConnections", lookupConnections, 1, 1000);
        Checks.share("database.maxBusinessShare", maxBusinessShare);
        Checks.range("database.featureConnections", featureConnections, 1, 1000);
        Checks.range("database.searchConnections", searchConnections, 1, 1000);
        Checks.positive("database.searchTimeout", searchTimeout);
        Checks.range("database.bulkConnections", bulkConnections, 1, 1000);
        Checks.positive("database.bulkWait", bulkWait);
        Checks.range("database.usageConnections", usageConnections, 1, 1000);
        Checks.range("database.webhookConnections", webhookConnections, 1, 1000);
        Checks.range("database.maintenanceConnections", maintenanceConnections, 1, 1000);
        Checks.range("database.dashboardConnections", dashboardConnections, 1, 1000);
    }

    public boolean isEmbedded() {
        return url.isEmpty();
    }
}
