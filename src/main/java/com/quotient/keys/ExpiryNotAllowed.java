package com.quotient.keys;

/** An expiry lies beyond what the policy of the business allows. The message says what it allows. */
public final class ExpiryNotAllowed extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    ExpiryNotAllowed(String message) {
        super(message);
    }
}
