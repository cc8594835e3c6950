package com.quotient.config;

import java.time.Duration;

/** Validation of keys. */
public record AuthConfig(
        int callerCacheSize,
        int maxLookupsInFlight,
        SecretKeyInBrowser secretKeyInBrowser,
        Duration leaseSecret,
        Duration leasePublic) {
    public AuthConfig {
        Checks.range("auth.callerCacheSize", callerCacheSize, 1, 10_000_000);
        Checks.range("auth.maxLookupsInFlight", maxLookupsInFlight, 1, 100_000);
        Checks.positive("auth.leaseSecret", leaseSecret);
        Checks.positive("auth.leasePublic", leasePublic);
    }
}
