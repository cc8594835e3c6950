package com.quotient.config;

/** The port of metrics and health; keep it inside the cluster. */
public record ManagementConfig(String host, int port, int maxConnections) {
    public ManagementConfig {
        Checks.range("management.port", port, 0, 65535);
        Checks.range("management.maxConnections", maxConnections, 1, 100_000);
    }

    /** Resolves an empty host: loopback for development, which is with the embedded database. */
    ManagementConfig resolved(boolean development) {
        return host.isEmpty()
                ? new ManagementConfig(development ? "127.0.0.1" : "0.0.0.0", port, maxConnections)
                : this;
    }
}
