package com.quotient.http;

/** A request head that violates HTTP. The message is a sentence for the developer of the client. */
final class BadHead extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final String sentence;

    BadHead(String sentence) {
        super(sentence);
        this.sentence = sentence;
    }

    String sentence() {
        return sentence;
    }

    /** Has no stack trace: the fault is in the input, and senders decide how often it occurs. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
