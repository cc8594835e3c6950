package com.quotient.usage;

import io.netty.util.AsciiString;
import org.jspecify.annotations.Nullable;

/**
 * A small cache of {@link AgentFamily#of} for one event loop: a header that was seen recently costs one comparison.
 * Direct-mapped; a header replaces the one in its slot.
 */
final class AgentFamilies {
    private static final int SLOTS = 256;

    /** Longer headers are not kept, so that strangers cannot fill the heap with them. */
    private static final int MAX_LENGTH = 256;

    /** A part of the characters is enough to spread headers over the slots. */
    private static final int STRIDE = 4;

    private final @Nullable CharSequence[] headers = new CharSequence[SLOTS];
    private final AgentFamily[] families = new AgentFamily[SLOTS];

    AgentFamily of(@Nullable CharSequence userAgent) {
        if (userAgent == null || userAgent.length() > MAX_LENGTH) {
            return AgentFamily.of(userAgent);
        }
        int slot = slot(userAgent);
        CharSequence known = headers[slot];
        if (known == null || !AsciiString.contentEquals(known, userAgent)) {
            headers[slot] = userAgent;
            families[slot] = AgentFamily.of(userAgent);
        }
        return families[slot];
    }

    private static int slot(CharSequence userAgent) {
        int hash = userAgent.length();
        for (int i = userAgent.length() - 1; i >= 0; i -= STRIDE) {
            hash = 31 * hash + userAgent.charAt(i);
        }
        return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (SLOTS - 1);
    }
}
