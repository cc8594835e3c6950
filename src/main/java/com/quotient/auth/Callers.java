package com.quotient.auth;

import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyHashTable;
import org.jspecify.annotations.Nullable;

/**
 * The caller cache of one event loop, by the hash of the key, with a maximum size. Eviction is CLOCK, an approximation
 * of least recently used: a hit sets one mark on the caller, where an exact order would rewrite its neighbours. Used by
 * one thread.
 */
final class Callers {
    private final int max;
    private KeyHashTable<Caller> table = new KeyHashTable<>();
    private int hand;

    /** {@code max}: the maximum number of callers, at least 1. */
    Callers(int max) {
        this.max = max;
    }

    @Nullable
    Caller get(KeyHash hash) {
        Caller found = table.get(hash);
        if (found != null) {
            found.recentlyUsed = true;
        }
        return found;
    }

    /** Adds a caller, or replaces the one with the same key. */
    void put(Caller caller) {
        if (table.size() == max && table.get(caller.hash()) == null) {
            evict();
        }
        table.put(caller);
    }

    void remove(KeyHash hash) {
        table.remove(hash);
    }

    void clear() {
        table = new KeyHashTable<>();
        hand = 0;
    }

    int size() {
        return table.size();
    }

    private void evict() {
        while (true) {
            Caller there = table.at(hand);
            if (there != null && !there.recentlyUsed) {
                table.removeAt(hand);
                return;
            }
            if (there != null) {
                there.recentlyUsed = false;
            }
            hand = table.next(hand);
        }
    }
}
