package com.quotient.memory;

/** The answer to the making of a folder. */
record MemoryFolder(String name, String path, String createdAt) {}
