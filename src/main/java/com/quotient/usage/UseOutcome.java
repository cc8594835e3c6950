package com.quotient.usage;

import java.util.Locale;

/** The outcome of a use in the counts of a key. */
public enum UseOutcome {
    OK,
    CLIENT_ERROR,
    SERVER_ERROR,
    /** The key is known and was refused: revoked, expired, wrong origin, missing scope and the like. */
    REFUSED,
    RATE_LIMITED;

    /** The name in the database. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
