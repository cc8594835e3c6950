package com.quotient.memory;

/**
 * A line of a listing, without what is in it.
 *
 * @param path with a slash at its end if it is a folder's
 */
record MemoryItem(String type, String name, String path, String updatedAt) {
    static final String FOLDER = "folder";
    static final String DOCUMENT = "document";
}
