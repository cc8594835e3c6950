package com.quotient.db;

/**
 * A statement had no connection: none could be opened, none was free in time, or its connection was lost before the
 * answer. In the last case it is unknown whether the statement was executed.
 */
public final class NoConnection extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean lost;

    private NoConnection(String message, Throwable cause, boolean lost) {
        super(message + ": " + cause.getMessage(), cause, false, false);
        this.lost = lost;
    }

    static NoConnection missing(String pool, Throwable cause) {
        return new NoConnection("The pool " + pool + " has no connection", cause, false);
    }

    static NoConnection lost(String pool, Throwable cause) {
        return new NoConnection("A connection of the pool " + pool + " was lost", cause, true);
    }

    boolean isLost() {
        return lost;
    }
}
