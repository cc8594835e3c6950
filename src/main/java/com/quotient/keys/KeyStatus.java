package com.quotient.keys;

import java.util.Locale;

/** What an administrator decided about a key. Expiry is not a status, since it needs no decision. */
public enum KeyStatus {
    ACTIVE,
    /** Refused until it is enabled again. */
    DISABLED,
    /** Refused for good. */
    REVOKED;

    /** The name in the database and on the wire. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static KeyStatus of(String wireName) {
        return valueOf(wireName.toUpperCase(Locale.ROOT));
    }
}
