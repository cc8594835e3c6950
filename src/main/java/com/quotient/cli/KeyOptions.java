package com.quotient.cli;

import com.quotient.keys.KeySpec;
import com.quotient.keys.RateLimit;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that describe a key, for new keys and for changes. Options that are not given change nothing. */
final class KeyOptions {
    @Option(names = "--description", paramLabel = "TEXT", description = "What the key is for.")
    private @Nullable String description;

    @Option(
            names = "--scope",
            paramLabel = "SCOPE",
            split = ",",
            description = "What the key may do; repeat it for several. Without any: ALL.")
    private @Nullable List<String> scopes;

    @Option(
            names = "--origin",
            paramLabel = "ORIGIN",
            split = ",",
            description = "An origin that may use a public key, such as example.com, https://app.example.com,"
                    + " localhost:3000 or *; repeat it for several. Without any: every origin.")
    private @Nullable List<String> origins;

    @Option(
            names = "--allow-missing-origin",
            negatable = true,
            description = "Whether a public key accepts requests without an Origin header. Mobile apps send none.")
    private @Nullable Boolean allowMissingOrigin;

    @Option(
            names = "--ip",
            paramLabel = "CIDR",
            split = ",",
            description = "A network that may use a private key, such as 203.0.113.0/24; repeat it for several. Without"
                    + " any: every address.")
    private @Nullable List<String> ips;

    @Option(
            names = "--rate-limit",
            paramLabel = "N/TIME",
            description = "100/60s allows 100 requests at once, and 100 in each 60 seconds on average.")
    private @Nullable String rateLimit;

    @Option(
            names = "--expires",
            paramLabel = "WHEN",
            description = "When the key expires: 90d from now, or at a time such as 2027-01-01T00:00:00Z.")
    private @Nullable String expires;

    /**
     * Applies these options to the key.
     *
     * @throws IllegalArgumentException with a sentence, for a value that cannot be used
     */
    KeySpec applyTo(KeySpec key, Instant now) {
        KeySpec changed = key;
        if (description != null) {
            changed = changed.withDescription(description);
        }
        if (scopes != null) {
            changed = changed.withScopes(scopes);
        }
        if (origins != null) {
            changed = changed.withAllowedOrigins(origins);
        }
        if (allowMissingOrigin != null) {
            changed = changed.withAllowMissingOrigin(allowMissingOrigin);
        }
        if (ips != null) {
            changed = changed.withAllowedIps(ips);
        }
        if (rateLimit != null) {
            changed = changed.withRateLimit(RateLimit.parse(rateLimit));
        }
        if (expires != null) {
            changed = changed.withExpiresAt(Expiry.parse(expires, now));
        }
        return changed;
    }
}
