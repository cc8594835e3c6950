package com.quotient.http;

import com.quotient.id.Base62;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Request ids: the caller's own if it is valid, otherwise a random prefix and a counter. Used by one event loop. */
final class RequestIds {
    private static final int MAX_LENGTH = 128;
    private static final int START_LENGTH = 10;
    private static final int COUNTER_LENGTH = 7;

    private final String start = Base62.random(START_LENGTH, ThreadLocalRandom.current());
    private long counter;

    String of(@Nullable String given) {
        return given != null && isSane(given) ? given : start + Base62.encode(counter++, COUNTER_LENGTH);
    }

    /**
     * Valid are visible ASCII characters without quotes and backslashes, and nothing that looks like a key, since ids
     * are logged.
     */
    private static boolean isSane(String id) {
        if (id.isEmpty() || id.length() > MAX_LENGTH || id.contains("pk_") || id.contains("sk_")) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            if (c <= ' ' || c > '~' || c == '"' || c == '\\') {
                return false;
            }
        }
        return true;
    }
}
