package com.quotient.csv;

/** A file that cannot be read as a whole. The message is a sentence for the person who sent it. */
public final class UnreadableFile extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String message;

    /** Carries no stack trace: the fault lies in the file. */
    public UnreadableFile(String message) {
        super(message, null, false, false);
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
