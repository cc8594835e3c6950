package com.quotient.config;

/** Folders and documents: the limits of an answer. */
public record MemoryConfig(int maxListItems, int readers) {
    public MemoryConfig {
        Checks.range("memory.readers", readers, 1, 1000);
        Checks.range("memory.maxListItems", maxListItems, 1, 100_000);
    }
}
