package com.quotient.auth;

import com.quotient.keys.KeyHash;
import org.jspecify.annotations.Nullable;

/**
 * The caller cache of one event loop, by the hash of the key, with a maximum size. Eviction is CLOCK, an approximation
 * of least recently used: a hit sets one mark on the caller, where an exact order would rewrite its neighbours. Used by
 * one thread.
 */
final class Callers {
    private static final int FIRST_PLACES = 64;

    private final int max;
    /** Open addressing with linear probing. The length is a power of two. */
    private @Nullable Caller[] places = new Caller[FIRST_PLACES];

    private int size;
    private int hand;

    /** {@code max}: the maximum number of callers, at least 1. */
    Callers(int max) {
        this.max = max;
    }

    @Nullable
    Caller get(KeyHash hash) {
        Caller found = places[find(hash)];
        if (found != null) {
            found.recentlyUsed = true;
        }
        return found;
    }

    /** Adds a caller, or replaces the one with the same key. */
    void put(Caller caller) {
        int place = find(caller.key().hash());
        if (places[place] == null) {
            if (size == max) {
                evict();
            } else if (2 * size >= places.length) {
                grow();
            }
            size++;
            place = find(caller.key().hash());
        }
        places[place] = caller;
    }

    void remove(KeyHash hash) {
        int place = find(hash);
        if (places[place] != null) {
            removeAt(place);
        }
    }

    void clear() {
        places = new Caller[FIRST_PLACES];
        size = 0;
        hand = 0;
    }

    int size() {
        return size;
    }

    /** The index of the caller of a key, or of the free place where it belongs. */
    private int find(KeyHash hash) {
        int place = home(hash);
        for (Caller there = places[place]; there != null; there = places[place]) {
            if (there.isOf(hash)) {
                return place;
            }
            place = next(place);
        }
        return place;
    }

    private void evict() {
        while (true) {
            Caller there = places[hand];
            if (there != null && !there.recentlyUsed) {
                removeAt(hand);
                return;
            }
            if (there != null) {
                there.recentlyUsed = false;
            }
            hand = next(hand);
        }
    }

    /** Frees a place and moves back the entries that were displaced by it. */
    private void removeAt(int removed) {
        int free = removed;
        int place = next(free);
        for (Caller there = places[place]; there != null; there = places[place]) {
            int home = home(there.key().hash());
            // The free place lies between its home and its place, so a lookup would stop there.
            if (((place - home) & (places.length - 1)) >= ((place - free) & (places.length - 1))) {
                places[free] = there;
                free = place;
            }
            place = next(place);
        }
        places[free] = null;
        size--;
    }

    private void grow() {
        @Nullable Caller[] old = places;
        places = new Caller[2 * old.length];
        hand = 0;
        for (Caller caller : old) {
            if (caller != null) {
                places[find(caller.key().hash())] = caller;
            }
        }
    }

    private int home(KeyHash hash) {
        return hash.hashCode() & (places.length - 1);
    }

    private int next(int place) {
        return (place + 1) & (places.length - 1);
    }
}
