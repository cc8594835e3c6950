package com.quotient.keyfile;

/** A key file cannot be applied. The message is a sentence that says why; nothing was changed. */
public final class KeyFileRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public KeyFileRefused(String message) {
        super(message, null, false, false);
    }
}
