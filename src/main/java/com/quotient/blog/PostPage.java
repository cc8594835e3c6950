package com.quotient.blog;

import java.util.List;

/**
 * The ids and sizes of the posts on a page.
 *
 * @param total the number of posts on all pages
 * @param version changes whenever any answer about the posts of the business changes
 */
record PostPage(List<Entry> posts, long total, String version) {
    /** Approximate size in memory. */
    private static final int ENTRY_BYTES = 100;

    /** A post's id, and the size of its content. */
    record Entry(String id, int bytes) {}

    List<String> ids() {
        return posts.stream().map(Entry::id).toList();
    }

    /** The total size of the contents. */
    long contentBytes() {
        return posts.stream().mapToLong(Entry::bytes).sum();
    }

    /** The approximate size of the page without its posts. */
    int planBytes() {
        return ENTRY_BYTES * (posts.size() + 1);
    }
}
