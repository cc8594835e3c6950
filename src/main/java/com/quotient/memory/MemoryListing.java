package com.quotient.memory;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is in a folder.
 *
 * @param truncated true when there is more than one answer holds, otherwise null
 */
record MemoryListing(
        List<MemoryItem> items,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Boolean truncated) {}
