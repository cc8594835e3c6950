package com.quotient.memory;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A document as the wire shows it.
 *
 * @param content Markdown; null in the answer to a write, which leaves it out
 */
record MemoryDocument(
        String name,
        String title,
        String path,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String content,
        List<String> tags,
        boolean pinned,
        String updatedAt) {}
