package com.quotient.config;

/** An invalid setting. The message is a sentence for the operator. */
public final class InvalidSetting extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public InvalidSetting(String message) {
        super(message);
    }
}
