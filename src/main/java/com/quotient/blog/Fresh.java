package com.quotient.blog;

/**
 * A value, and how long it stays valid without a change.
 *
 * @param validMillis milliseconds until the next scheduled post is published
 */
record Fresh<T>(T value, long validMillis) {

    /** A value that only a change invalidates. */
    static <T> Fresh<T> lasting(T value) {
        return new Fresh<>(value, Long.MAX_VALUE);
    }

    /** Another value with the same validity. */
    <R> Fresh<R> with(R other) {
        return new Fresh<>(other, validMillis);
    }
}
