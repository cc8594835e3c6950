package com.quotient.memory;

import java.util.List;

/**
 * A chunk found by a search.
 *
 * @param similarity 0 to 1; at least one half when every word was found
 * @param memoryPath the path of the document
 */
record MemoryResult(double similarity, String memoryPath, List<String> headingPath, String content) {}
