package com.quotient.keys;

/** At most {@code limit} requests in any window of {@code windowSeconds}, with a burst of at most {@code limit}. */
public record RateLimit(int limit, int windowSeconds) {
    public RateLimit {
        if (limit < 1 || windowSeconds < 1) {
            throw new IllegalArgumentException(
                    "A rate limit needs at least 1 request and a window of at least 1 second.");
        }
    }
}
