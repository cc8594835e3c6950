package com.quotient.blog;

import java.util.function.Function;

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

    <R> Fresh<R> map(Function<? super T, R> mapper) {
        return new Fresh<>(mapper.apply(value), validMillis);
    }
}
