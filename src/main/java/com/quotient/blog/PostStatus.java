package com.quotient.blog;

import org.jspecify.annotations.Nullable;

/** Where a post stands. A scheduled post is published by itself when its time has come. */
enum PostStatus {
    DRAFT,
    SCHEDULED,
    PUBLISHED;

    static final String NAMES = "DRAFT, SCHEDULED, PUBLISHED or ACTIVE, which means PUBLISHED";

    /** Null for a name that is none. */
    static @Nullable PostStatus named(String name) {
        return switch (name) {
            case "DRAFT" -> DRAFT;
            case "SCHEDULED" -> SCHEDULED;
            case "PUBLISHED", "ACTIVE" -> PUBLISHED;
            default -> null;
        };
    }
}
