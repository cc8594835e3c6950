package com.quotient.http;

/** The head of a request breaks a rule of HTTP; the message is a sentence for whoever wrote the client. */
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

    /** A stack trace tells nothing here, and whoever sends such requests decides how many of them are made. */
    @Override
    public synchronized Throwable fillInStackTrace() {
        return this;
    }
}
