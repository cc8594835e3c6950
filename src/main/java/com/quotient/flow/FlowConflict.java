package com.quotient.flow;

/** What was asked for is not there or not possible; the message is a sentence for the administrator. */
public final class FlowConflict extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FlowConflict(String message) {
        super(message, null, false, false);
    }
}
