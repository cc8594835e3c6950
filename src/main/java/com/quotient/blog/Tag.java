package com.quotient.blog;

import org.jspecify.annotations.Nullable;

/** A tag as it is handed out. */
record Tag(String id, String name, @Nullable String description) {}
