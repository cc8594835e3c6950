package com.quotient.blog;

import org.jspecify.annotations.Nullable;

/** A tag in an answer. */
record Tag(String id, String name, @Nullable String description) {}
