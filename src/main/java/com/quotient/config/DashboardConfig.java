package com.quotient.config;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The dashboard: its address, sessions and limits.
 *
 * @param basePath the path below which this server serves it
 * @param publicUrl its address as browsers see it, without a slash at the end; empty without a proxy
 * @param privateKeys whether private keys can be created there
 * @param sessionIdle how long a session lives without use
 * @param signInAttempts maximum sign-in attempts per account in {@code signInWindow}
 * @param signInAttemptsPerAddress maximum sign-in attempts per network address
 * @param passwordThreads threads that compute password hashes, which is slow by design
 * @param passwordQueue maximum number of hashes that wait for them
 * @param maxWatchers maximum number of requests that wait for a key's first use
 */
public record DashboardConfig(
        boolean enabled,
        String basePath,
        String publicUrl,
        boolean privateKeys,
        Duration sessionIdle,
        Duration sessionMaxAge,
        Duration invitationMaxAge,
        Duration signInWindow,
        int signInAttempts,
        int signInAttemptsPerAddress,
        int passwordThreads,
        int passwordQueue,
        int maxBodyBytes,
        int maxWatchers) {
    private static final Pattern PATH = Pattern.compile("(/[A-Za-z0-9._~-]+)+");

    public DashboardConfig {
        if (!PATH.matcher(basePath).matches()
                || (basePath + "/").startsWith("/api/")
                || (basePath + "/").startsWith("/docs/")
                || (basePath + "/").startsWith("/problems/")
                || (basePath + "/").startsWith("/sdk/")) {
            throw new InvalidSetting(
                    "dashboard.basePath must be a path such as /dashboard or /tools/quotient, without a"
                            + " slash at the end, and not below /api, /docs, /problems or /sdk.");
        }
        if (!publicUrl.isEmpty() && !isPublicUrl(publicUrl)) {
            throw new InvalidSetting("dashboard.publicUrl must be empty or a URL such as"
                    + " https://tools.example.com/dashboard, without a slash at the end, a query or a fragment.");
        }
        Checks.positive("dashboard.sessionIdle", sessionIdle);
        Checks.positive("dashboard.sessionMaxAge", sessionMaxAge);
        if (sessionMaxAge.compareTo(sessionIdle) < 0) {
            throw new InvalidSetting("dashboard.sessionMaxAge must not be shorter than dashboard.sessionIdle.");
        }
        Checks.positive("dashboard.invitationMaxAge", invitationMaxAge);
        Checks.positive("dashboard.signInWindow", signInWindow);
        Checks.range("dashboard.signInAttempts", signInAttempts, 1, 1_000_000);
        Checks.range("dashboard.signInAttemptsPerAddress", signInAttemptsPerAddress, 1, 1_000_000);
        Checks.range("dashboard.passwordThreads", passwordThreads, 1, 64);
        Checks.range("dashboard.passwordQueue", passwordQueue, 1, 10_000);
        Checks.range("dashboard.maxBodyBytes", maxBodyBytes, 16_384, 1_048_576);
        Checks.range("dashboard.maxWatchers", maxWatchers, 1, 100_000);
    }

    /** Whether its public address is one of https. */
    boolean isHttps() {
        return publicUrl.toLowerCase(Locale.ROOT).startsWith("https://");
    }

    /** Its path as browsers see it. */
    public String publicPath() {
        return publicUrl.isEmpty() ? basePath : URI.create(publicUrl).getRawPath();
    }

    private static boolean isPublicUrl(String url) {
        try {
            URI uri = new URI(url);
            String path = uri.getRawPath();
            return ("https".equalsIgnoreCase(uri.getScheme()) || "http".equalsIgnoreCase(uri.getScheme()))
                    && uri.getHost() != null
                    && uri.getRawUserInfo() == null
                    && uri.getRawQuery() == null
                    && uri.getRawFragment() == null
                    && path != null
                    && PATH.matcher(path).matches();
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
