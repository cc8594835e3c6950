package com.quotient.keys;

import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A hash table of entries that contain the hash of a key: open addressing with linear probing, at most half full. The
 * nodes of a {@link java.util.HashMap} would need as much memory as the keys, and one more cache miss for each lookup.
 * Used by one thread.
 */
public final class KeyHashTable<E extends KeyHashTable.Entry> {
    private static final int MIN_SLOTS = 16;

    /** The length is a power of two. */
    private @Nullable Entry[] slots = new Entry[MIN_SLOTS];

    private int size;

    /** What a table holds. */
    public interface Entry {
        KeyHash hash();

        /** Whether {@link #hash} equals this hash. */
        boolean isOf(KeyHash hash);

        /** The {@link KeyHash#hashCode} of the hash. */
        int hashBits();
    }

    public @Nullable E get(KeyHash hash) {
        return at(find(hash));
    }

    /** Adds an entry, or replaces the one with the same hash. */
    public void put(E entry) {
        KeyHash hash = entry.hash();
        int slot = find(hash);
        if (slots[slot] == null) {
            if (2 * size >= slots.length) {
                grow();
                slot = find(hash);
            }
            size++;
        }
        slots[slot] = entry;
    }

    public void remove(KeyHash hash) {
        int slot = find(hash);
        if (slots[slot] != null) {
            removeAt(slot);
        }
    }

    public int size() {
        return size;
    }

    /** The number of slots, including free ones. */
    public int slots() {
        return slots.length;
    }

    /** The entry in a slot, or null if it is free. */
    // put() takes nothing but an E.
    @SuppressWarnings("unchecked")
    public @Nullable E at(int slot) {
        return (E) slots[slot];
    }

    /** Frees a slot that is taken. The entries that were displaced by it move back. */
    public void removeAt(int removed) {
        int free = removed;
        int slot = next(free);
        for (Entry there = slots[slot]; there != null; there = slots[slot]) {
            // If the free slot lies between its home and its slot, a lookup would stop there.
            if (distance(home(there.hashBits()), slot) >= distance(free, slot)) {
                slots[free] = there;
                free = slot;
            }
            slot = next(slot);
        }
        slots[free] = null;
        size--;
    }

    /** The slot after this one; the first follows the last. */
    public int next(int slot) {
        return (slot + 1) & (slots.length - 1);
    }

    /** The entries in a range of slots. The end is exclusive and may lie beyond the last slot. */
    public Stream<E> within(int from, int to) {
        int last = Math.min(to, slots.length);
        return Arrays.stream(slots, Math.min(from, last), last)
                .filter(Objects::nonNull)
                .map(this::known);
    }

    @SuppressWarnings("unchecked")
    private E known(@Nullable Entry entry) {
        return (E) Objects.requireNonNull(entry);
    }

    private void grow() {
        @Nullable Entry[] before = slots;
        slots = new Entry[2 * before.length];
        for (Entry entry : before) {
            if (entry != null) {
                slots[find(entry.hash())] = entry;
            }
        }
    }

    /** The slot of the entry with this hash, or the free slot where it belongs. */
    private int find(KeyHash hash) {
        int slot = home(hash.hashCode());
        for (Entry there = slots[slot]; there != null && !there.isOf(hash); there = slots[slot]) {
            slot = next(slot);
        }
        return slot;
    }

    private int home(int hashBits) {
        return hashBits & (slots.length - 1);
    }

    private int distance(int from, int to) {
        return (to - from) & (slots.length - 1);
    }
}
