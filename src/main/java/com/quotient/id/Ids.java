package com.quotient.id;

import java.util.concurrent.ThreadLocalRandom;

/**
 * Ids on the wire: a prefix for the kind, then 22 Base62 characters. The first 8 are the milliseconds since 1970, so
 * later ids sort later and an index grows at its end. The rest is random. Ids are not secrets: knowing one must not
 * grant access.
 */
public final class Ids {
    private static final int TIME_LENGTH = 8;
    private static final int RANDOM_LENGTH = 14;

    private Ids() {}

    /** A new id, such as {@code evt_0ULm3x0Q…}. */
    public static String next(String prefix, long epochMillis) {
        return prefix
                + Base62.encode(epochMillis, TIME_LENGTH)
                + Base62.random(RANDOM_LENGTH, ThreadLocalRandom.current());
    }
}
