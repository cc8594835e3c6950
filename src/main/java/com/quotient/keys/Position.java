package com.quotient.keys;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A position in the history of all keys. The version counts changes. After a restore to an earlier time versions
 * repeat, and the stamp distinguishes the histories.
 */
record Position(long version, @Nullable UUID stamp) {
    /** The position before the first change. */
    static final Position START = new Position(-1, null);
}
