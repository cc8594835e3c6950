package com.quotient.cli;

/** A command cannot go on; the message is a sentence for whoever typed it. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    CommandFailure(String message) {
        super(message, null, false, false);
    }
}
