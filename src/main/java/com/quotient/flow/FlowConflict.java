package com.quotient.flow;

/**
 * The target does not exist, or its state does not allow the change. The message is a sentence for the administrator.
 */
public final class FlowConflict extends RuntimeException {
    private static final long serialVersionUID = 1L;

    FlowConflict(String message) {
        super(message, null, false, false);
    }
}
