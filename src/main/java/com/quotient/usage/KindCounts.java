package com.quotient.usage;

import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Requests of one key, counted by kind, and by label alone if there is no room for another kind. Used by one thread.
 */
final class KindCounts implements Kinds {
    private final Map<Kind, Tally> byKind = new HashMap<>();

    /** Adds to a count; returns whether the kind is new. */
    boolean add(Kind kind, Tally tally, boolean room) {
        boolean known = byKind.containsKey(kind);
        byKind.merge(known || room ? kind : kind.together(), tally, Tally::plus);
        return !known && room;
    }

    @Override
    public int size() {
        return byKind.size();
    }

    @Override
    public void forEach(BiConsumer<Kind, Tally> visitor) {
        byKind.forEach(visitor);
    }
}
