package com.quotient.blog;

import com.quotient.http.Members;
import org.jspecify.annotations.Nullable;

/** A member that may be cleared: absent means unchanged, {@code null} clears it. */
record Given<T>(boolean isGiven, @Nullable T value) {

    static <T> Given<T> of(Members members, String name, @Nullable T value) {
        return new Given<>(members.has(name), value);
    }

    @Nullable
    T or(@Nullable T current) {
        return isGiven ? value : current;
    }
}
