package com.quotient.config;

import com.quotient.config.Config.InvalidSetting;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The dashboard: where it is, and how long who may be signed in.
 *
 * @param basePath below which this server serves it
 * @param publicUrl what a browser shows in front of it, or empty when there is nothing between; without a slash at the end
 * @param privateKeys whether private keys can be made there
 * @param sessionIdle after which an unused session ends
 * @param signInAttempts how often somebody may try to sign in to one account in {@code signInWindow}
 * @param signInAttemptsPerAddress how often from one network address
 * @param passwordThreads threads that compute password hashes, which is slow by design
 * @param passwordQueue how many may wait for them
 * @param maxWatchers how many requests may wait for a key to be used
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
        Config.positive("dashboard.sessionIdle", sessionIdle);
        Config.positive("dashboard.sessionMaxAge", sessionMaxAge);
        if (sessionMaxAge.compareTo(sessionIdle) < 0) {
            throw new InvalidSetting("dashboard.sessionMaxAge must not be shorter than dashboard.sessionIdle.");
        }
        Config.positive("dashboard.invitationMaxAge", invitationMaxAge);
        Config.positive("dashboard.signInWindow", signInWindow);
        Config.range("dashboard.signInAttempts", signInAttempts, 1, 1_000_000);
        Config.range("dashboard.signInAttemptsPerAddress", signInAttemptsPerAddress, 1, 1_000_000);
        Config.range("dashboard.passwordThreads", passwordThreads, 1, 64);
        Config.range("dashboard.passwordQueue", passwordQueue, 1, 10_000);
        Config.range("dashboard.maxBodyBytes", maxBodyBytes, 16_384, 1_048_576);
        Config.range("dashboard.maxWatchers", maxWatchers, 1, 100_000);
    }

    /** Whether browsers reach it by https only. */
    public boolean isHttps() {
        return publicUrl.toLowerCase(Locale.ROOT).startsWith("https://");
    }

    /** The path below which it stands for a browser. */
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
