package com.quotient.keys;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All keys in memory, by hash. Bounded by what Postgres holds. Owned by the key store's thread; other threads may only
 * read the size.
 *
 * <p>A hash table with open addressing and linear probing. The nodes of a map would need as much memory as the keys.
 */
final class KeyTable {
    private static final Logger log = LoggerFactory.getLogger(KeyTable.class);

    private static final int FEWEST_PLACES = 16;

    /** At most half full. The length is a power of two. */
    private @Nullable PackedKey[] places = new PackedKey[FEWEST_PLACES];

    private volatile int size;

    /** Keys whose faulty rules have been logged, which is done once per key. */
    private final Set<KeyHash> complained = new HashSet<>();

    @Nullable
    KeyRecord get(KeyHash hash) {
        PackedKey found = places[place(hash)];
        return found == null
                ? null
                : found.unpack(complaint -> {
                    if (complained.add(hash)) {
                        log.error("{}", complaint);
                    }
                });
    }

    void put(PackedKey key) {
        KeyHash hash = key.hash();
        complained.remove(hash);
        int place = place(hash);
        if (places[place] != null) {
            places[place] = key;
            return;
        }
        places[place] = key;
        resized(size + 1);
        if (2 * size > places.length) {
            grow();
        }
    }

    void remove(KeyHash hash) {
        complained.remove(hash);
        int gap = place(hash);
        if (places[gap] == null) {
            return;
        }
        places[gap] = null;
        resized(size - 1);
        // A key that was displaced past the gap would no longer be found.
        for (int place = next(gap); places[place] != null; place = next(place)) {
            PackedKey key = Objects.requireNonNull(places[place]);
            int home = home(key.hashBits());
            if (distance(home, place) >= distance(gap, place)) {
                places[gap] = key;
                places[place] = null;
                gap = place;
            }
        }
    }

    /** Replaces all keys by the result of a whole read. */
    void replaceAll(KeyTable all) {
        places = all.places;
        complained.clear();
        resized(all.size);
    }

    Stream<PackedKey> all() {
        return within(0, places.length);
    }

    /** The keys in a range of slots; the end is exclusive and may lie beyond the last slot. */
    Stream<PackedKey> within(int from, int to) {
        return Arrays.stream(places, Math.min(from, places.length), Math.min(to, places.length))
                .filter(Objects::nonNull);
    }

    /** The number of places, including free ones. */
    int places() {
        return places.length;
    }

    int size() {
        return size;
    }

    // Only one thread writes this field; the compiler's checks cannot know that.
    private void resized(int size) {
        this.size = size;
    }

    private void grow() {
        @Nullable PackedKey[] before = places;
        places = new PackedKey[2 * before.length];
        for (PackedKey key : before) {
            if (key != null) {
                places[place(key.hash())] = key;
            }
        }
    }

    /** The slot of the key, or the free slot where it would be put. */
    private int place(KeyHash hash) {
        int place = home(hash.hashCode());
        for (PackedKey there = places[place]; there != null && !there.is(hash); there = places[place]) {
            place = next(place);
        }
        return place;
    }

    private int home(int hashBits) {
        return hashBits & (places.length - 1);
    }

    private int next(int place) {
        return (place + 1) & (places.length - 1);
    }

    private int distance(int from, int to) {
        return (to - from) & (places.length - 1);
    }
}
