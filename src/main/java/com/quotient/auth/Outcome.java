package com.quotient.auth;

import java.util.Locale;

/** How a validation ended, for counting. The labels are part of the metrics' contract. */
public enum Outcome {
    ACCEPTED,
    /** No key, several headers, or not the form of a key. */
    MALFORMED,
    UNKNOWN,
    REVOKED,
    DISABLED,
    EXPIRED,
    /** A secret key from a browser. */
    BROWSER,
    ORIGIN,
    ADDRESS,
    TIER,
    SCOPE,
    RATE_LIMITED,
    /** Nobody could know: the database is away and the key is not in memory, or the lease ran out. */
    UNAVAILABLE;

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
