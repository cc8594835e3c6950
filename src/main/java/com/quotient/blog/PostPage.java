package com.quotient.blog;

import java.util.List;

/**
 * Which posts stand on a page of a list, before they are read.
 *
 * @param total how many are found on all pages
 * @param version different whenever any answer about the posts of the business is
 */
record PostPage(List<Entry> posts, long total, String version) {
    /** In memory, about. */
    private static final int ENTRY_BYTES = 100;

    /** One post, and how long its content is. */
    record Entry(String id, int bytes) {}

    List<String> ids() {
        return posts.stream().map(Entry::id).toList();
    }

    /** How long the contents of all are. */
    long contentBytes() {
        return posts.stream().mapToLong(Entry::bytes).sum();
    }

    /** What it takes to remember the page without its posts, about. */
    int planBytes() {
        return ENTRY_BYTES * (posts.size() + 1);
    }
}
