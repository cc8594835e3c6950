package com.quotient.blog;

/**
 * Something read, and how long it stays so if nobody changes it.
 *
 * @param validMillis until the next post is published by itself
 */
record Fresh<T>(T value, long validMillis) {

    /** What only a change makes different. */
    static <T> Fresh<T> lasting(T value) {
        return new Fresh<>(value, Long.MAX_VALUE);
    }

    /** Something else that stays as long. */
    <R> Fresh<R> with(R other) {
        return new Fresh<>(other, validMillis);
    }
}
