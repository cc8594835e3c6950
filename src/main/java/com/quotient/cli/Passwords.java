package com.quotient.cli;

import com.quotient.id.Base62;
import java.security.SecureRandom;

/** Generates passwords of 119 random bits. */
final class Passwords {
    private static final int LENGTH = 20;

    private Passwords() {}

    static String random() {
        return Base62.random(LENGTH, new SecureRandom());
    }
}
