package com.quotient.analytics;

/** Sound JSON that cannot be taken for events as a whole. The message is one sentence for the person who sent it. */
public final class InvalidEvents extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String path;
    private final String message;

    InvalidEvents(String path, String message) {
        super(message, null, false, false);
        this.message = message;
        this.path = path;
    }

    /** The member at fault; empty for the body itself. */
    public String path() {
        return path;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
