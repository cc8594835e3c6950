package com.quotient.blog;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import org.jspecify.annotations.Nullable;

/**
 * A post in an answer. JSON text from Postgres is passed on as it is.
 *
 * @param rawHtml the HTML; left out when null
 */
record Blog(
        String id,
        String title,
        String slug,
        @JsonRawValue String content,
        @Nullable String dominantImageUrl,
        @Nullable String publishDate,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String rawHtml,
        @JsonRawValue String authors,
        @Nullable String metaDescription,
        @JsonRawValue String tags,
        int wordCount,
        PostStatus status) {}
