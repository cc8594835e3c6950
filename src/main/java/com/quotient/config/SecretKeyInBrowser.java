package com.quotient.config;

import com.fasterxml.jackson.annotation.JsonCreator;

/** How a private key from a browser is handled. */
public enum SecretKeyInBrowser {
    REFUSE,
    WARN;

    @JsonCreator
    static SecretKeyInBrowser of(String name) {
        return Checks.choice("auth.secretKeyInBrowser", SecretKeyInBrowser.class, name);
    }
}
