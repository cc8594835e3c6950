package com.quotient.keys;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A moment in the history of all keys. Versions count the changes; after a restore to an earlier time they are counted anew,
 * and the stamp tells one history from the other.
 */
record Position(long version, @Nullable UUID stamp) {
    /** Before everything: nothing is known. */
    static final Position START = new Position(-1, null);
}
