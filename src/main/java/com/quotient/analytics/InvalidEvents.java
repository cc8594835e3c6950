package com.quotient.analytics;

/** Valid JSON that as a whole is not a valid tracking request. The message is one sentence for the sender. */
public final class InvalidEvents extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String path;
    private final String message;

    InvalidEvents(String path, String message) {
        super(message, null, false, false);
        this.message = message;
        this.path = path;
    }

    /** The invalid member; empty for the body itself. */
    public String path() {
        return path;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
