package com.quotient.business;

/** A change that conflicts with existing data. The message is a sentence for the administrator. */
public final class BusinessConflict extends RuntimeException {
    private static final long serialVersionUID = 1L;

    BusinessConflict(String message) {
        super(message, null, false, false);
    }
}
