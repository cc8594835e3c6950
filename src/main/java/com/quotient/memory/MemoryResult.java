package com.quotient.memory;

import java.util.List;

/**
 * A piece of a document that a search found.
 *
 * @param similarity 0 to 1; from one half when every word was found
 * @param memoryPath the path of the document
 */
record MemoryResult(double similarity, String memoryPath, List<String> headingPath, String content) {}
