package com.quotient.blog;

import org.jspecify.annotations.Nullable;

/** An author in an answer. The address has two names, for clients that know either. */
record Author(
        String id,
        String name,
        @Nullable String email,
        @Nullable String emailAddress,
        @Nullable String avatarUrl) {}
