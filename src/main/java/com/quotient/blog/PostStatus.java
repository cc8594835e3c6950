package com.quotient.blog;

import org.jspecify.annotations.Nullable;

/** The status of a post. A scheduled post becomes published at its publish date. */
enum PostStatus {
    DRAFT,
    SCHEDULED,
    PUBLISHED;

    static final String NAMES = "DRAFT, SCHEDULED, PUBLISHED or ACTIVE, which means PUBLISHED";

    /** Null for an unknown name. */
    static @Nullable PostStatus named(String name) {
        return switch (name) {
            case "DRAFT" -> DRAFT;
            case "SCHEDULED" -> SCHEDULED;
            case "PUBLISHED", "ACTIVE" -> PUBLISHED;
            default -> null;
        };
    }
}
