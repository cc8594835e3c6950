package com.quotient.address;

/** Says in a sentence why an address rule is refused and what to write instead; the message is meant for a person. */
public final class InvalidIpRule extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    InvalidIpRule(String message) {
        super(message);
    }
}
