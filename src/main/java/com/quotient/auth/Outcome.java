package com.quotient.auth;

import java.util.Locale;

/** The outcome of a validation. Its labels are part of the metrics' contract. */
public enum Outcome {
    ACCEPTED,
    /** No key, several headers, or not the form of a key. */
    MALFORMED,
    UNKNOWN,
    REVOKED,
    DISABLED,
    EXPIRED,
    /** A private key from a browser. */
    BROWSER,
    ORIGIN,
    ADDRESS,
    TIER,
    SCOPE,
    RATE_LIMITED,
    /** Unknown: the database is unavailable and the key is not in memory, or the lease has expired. */
    UNAVAILABLE;

    private final String label = name().toLowerCase(Locale.ROOT);

    public String label() {
        return label;
    }
}
