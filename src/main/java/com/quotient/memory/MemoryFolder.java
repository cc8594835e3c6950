package com.quotient.memory;

/** The answer to the creation of a folder. */
record MemoryFolder(String name, String path, String createdAt) {}
