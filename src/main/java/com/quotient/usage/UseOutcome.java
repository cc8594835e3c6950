package com.quotient.usage;

import java.util.Locale;

/** How the uses of a key are told apart in its daily counts. */
public enum UseOutcome {
    OK,
    CLIENT_ERROR,
    SERVER_ERROR,
    /** The key is known and was turned away: revoked, expired, wrong origin, missing scope and the like. */
    REFUSED,
    RATE_LIMITED;

    /** The name in the database. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
