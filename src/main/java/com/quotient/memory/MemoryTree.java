package com.quotient.memory;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The shape of what is in a folder, without the names: whatever those weigh, thousands of places are small.
 *
 * @param places in the order in which a list shows them: what is in a folder comes behind it
 * @param truncated whether there is more than one answer holds
 */
record MemoryTree(List<Place> places, boolean truncated) {

    /**
     * A folder or a document.
     *
     * @param depth 0 for what is directly in the folder that is listed
     */
    record Place(String id, int depth, boolean isFolder) {}

    /**
     * The same, as it is read.
     *
     * @param folder stands for the path of the folder it is in
     * @param own stands for its own path
     */
    record Entry(String id, boolean isFolder, long folder, long own) {}

    /** Puts entries, those of one folder in their order, in the order of a list; {@code root} stands for its path. */
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

    /** Nests as deep as paths do. What was added is taken away, so that no two equal numbers can make a circle. */
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
