package com.quotient.json;

/**
 * JSON text that the server does not accept. The message is one sentence for the person who sent it; of the input it
 * shows positions and plain member names, never values.
 */
public final class InvalidJson extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What is wrong. Everything but {@link #UNREADABLE} leaves the rest of the text readable. */
    public enum Fault {
        /** The text as a whole: encoding, syntax, an early end, trailing content, more than 1000 levels. */
        UNREADABLE,
        /** A value nests deeper than its reader allows. */
        TOO_DEEP,
        /** A value is longer than its reader allows. */
        TOO_LONG,
        /** An object names a member twice. */
        DUPLICATE_MEMBER,
        /** A string or a member name holds U+0000 or half of a surrogate pair, which Postgres cannot store. */
        INVALID_CHARACTER,
        /** A number has more than {@value StrictJson#MAX_NUMBER_DIGITS} digits in plain form. */
        NUMBER_OUT_OF_RANGE
    }

    private final Fault fault;
    private final String path;
    private final String message;

    /** Carries no stack trace: the fault lies in the input, and a flood of such input should stay cheap. */
    InvalidJson(Fault fault, String path, String message) {
        super(message, null, false, false);
        this.message = message;
        this.fault = fault;
        this.path = path;
    }

    public Fault fault() {
        return fault;
    }

    /**
     * Where, as in {@code people[3].firstName}; empty for the text as a whole. A name with odd characters shows as ?.
     */
    public String path() {
        return path;
    }

    @Override
    public String getMessage() {
        return message;
    }
}
