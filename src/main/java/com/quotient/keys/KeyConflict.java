package com.quotient.keys;

/** The state of a key does not allow a change. The message is a sentence for the administrator. */
public final class KeyConflict extends RuntimeException {
    private static final long serialVersionUID = 1L;

    KeyConflict(String message) {
        super(message, null, false, false);
    }
}
