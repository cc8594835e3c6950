package com.quotient.memory;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A line of a listing.
 *
 * @param path with a slash at its end if it is a folder's
 * @param children null when only one level was asked for, and for documents
 */
record MemoryItem(
        String type,
        String name,
        String path,
        String updatedAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<MemoryItem> children) {
    static final String FOLDER = "folder";
    static final String DOCUMENT = "document";
}
