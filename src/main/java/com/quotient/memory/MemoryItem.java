package com.quotient.memory;

/**
 * An item of a listing, without its children.
 *
 * @param path its path; a folder's ends with a slash
 */
record MemoryItem(String type, String name, String path, String updatedAt) {
    static final String FOLDER = "folder";
    static final String DOCUMENT = "document";
}
