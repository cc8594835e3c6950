package com.quotient.config;

import java.time.Duration;

/**
 * The API's port and its limits.
 *
 * @param instances 0 means one event loop per core
 * @param maxHandshakes of TLS, in each second
 * @param tlsCertificateFile the PEM file of the certificate, empty without TLS, and so is {@code tlsKeyFile}
 * @param tlsReloadInterval how often these files are read
 * @param hstsMaxAge how long browsers use TLS only (RFC 6797); 0 leaves that to them
 */
public record HttpConfig(
        String host,
        int port,
        int instances,
        int workers,
        int maxConnections,
        int maxConnectionsPerAddress,
        int maxHandshakes,
        int maxHandshakesPerAddress,
        int maxStreams,
        Duration headerDeadline,
        Duration bodyDeadline,
        Duration writeDeadline,
        Duration keepAlive,
        int maxLineBytes,
        int maxHeaderBytes,
        int maxHeaders,
        int trustedProxies,
        Duration shutdownDelay,
        Duration drainDeadline,
        int maxPublicBodyBytes,
        int maxSecretBodyBytes,
        int maxCompressedStreams,
        String scriptAlias,
        String ingestAlias,
        String tlsCertificateFile,
        String tlsKeyFile,
        Duration tlsReloadInterval,
        Duration hstsMaxAge) {
    public HttpConfig {
        Checks.range("http.port", port, 0, 65535);
        Checks.range("http.instances", instances, 0, 1024);
        Checks.range("http.workers", workers, 1, 256);
        Checks.range("http.maxConnections", maxConnections, 1, 10_000_000);
        Checks.range("http.maxConnectionsPerAddress", maxConnectionsPerAddress, 0, 10_000_000);
        Checks.range("http.maxHandshakes", maxHandshakes, 1, 1_000_000);
        Checks.range("http.maxHandshakesPerAddress", maxHandshakesPerAddress, 0, 1_000_000);
        Checks.range("http.maxStreams", maxStreams, 1, 100_000);
        Checks.positive("http.headerDeadline", headerDeadline);
        Checks.positive("http.bodyDeadline", bodyDeadline);
        Checks.positive("http.writeDeadline", writeDeadline);
        Checks.positive("http.keepAlive", keepAlive);
        Checks.range("http.maxLineBytes", maxLineBytes, 256, 1 << 20);
        Checks.range("http.maxHeaderBytes", maxHeaderBytes, 256, 1 << 20);
        Checks.range("http.maxHeaders", maxHeaders, 16, 10_000);
        Checks.range("http.trustedProxies", trustedProxies, 0, 16);
        Checks.range("http.maxPublicBodyBytes", maxPublicBodyBytes, 1, 1 << 30);
        Checks.range("http.maxSecretBodyBytes", maxSecretBodyBytes, 1, 1 << 30);
        Checks.range("http.maxCompressedStreams", maxCompressedStreams, 1, 100_000);
        alias("http.scriptAlias", scriptAlias);
        alias("http.ingestAlias", ingestAlias);
        if (!scriptAlias.isEmpty() && scriptAlias.equals(ingestAlias)) {
            throw new InvalidSetting("http.scriptAlias and http.ingestAlias must be different paths.");
        }
        if (tlsCertificateFile.isEmpty() != tlsKeyFile.isEmpty()) {
            throw new InvalidSetting(
                    "http.tlsCertificateFile and http.tlsKeyFile belong together: set both for TLS, or none of them.");
        }
        Checks.positive("http.tlsReloadInterval", tlsReloadInterval);
    }

    /** Whether the port speaks TLS. */
    public boolean isTls() {
        return !tlsCertificateFile.isEmpty();
    }

    private static void alias(String name, String path) {
        if (!path.isEmpty() && !path.matches("(/[A-Za-z0-9._-]+)+")
                || path.matches("/(api|docs|sdk|problems|dashboard)(/.*)?")) {
            throw new InvalidSetting(name + " must be a path of letters, digits, dots, hyphens and slashes, such as /e,"
                    + " outside of /api, /docs, /sdk, /problems and /dashboard.");
        }
    }
}
