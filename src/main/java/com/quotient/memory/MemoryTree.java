package com.quotient.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The shape of a folder's contents without the names, so that thousands of items stay small in memory.
 *
 * @param places in listing order: the contents of a folder follow it
 * @param truncated whether there are more items than one answer holds
 */
record MemoryTree(List<Place> places, boolean truncated) {

    /**
     * A folder or a document.
     *
     * @param depth 0 for direct children of the listed folder
     */
    record Place(String id, int depth, boolean isFolder) {}

    /**
     * A row as read from the database.
     *
     * @param folder the hash of the parent's path
     * @param own the hash of its own path
     */
    record Entry(String id, boolean isFolder, long folder, long own) {}

    /** Brings entries into listing order; {@code root} is the hash of the listed folder's path. */
    static MemoryTree of(List<Entry> entries, long root, boolean truncated) {
        Map<Long, List<Entry>> byFolder = new HashMap<>();
        for (Entry entry : entries) {
            byFolder.computeIfAbsent(entry.folder(), unseen -> new ArrayList<>())
                    .add(entry);
        }
        List<Place> places = new ArrayList<>(entries.size());
        add(byFolder, root, 0, places);
        return new MemoryTree(places, truncated);
    }

    /** Recursion is as deep as paths are. Added entries are removed, so that equal hashes cannot form a cycle. */
    private static void add(Map<Long, List<Entry>> byFolder, long folder, int depth, List<Place> places) {
        List<Entry> entries = byFolder.remove(folder);
        if (entries == null) {
            return;
        }
        for (Entry entry : entries) {
            places.add(new Place(entry.id(), depth, entry.isFolder()));
            if (entry.isFolder()) {
                add(byFolder, entry.own(), depth + 1, places);
            }
        }
    }
}
