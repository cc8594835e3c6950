package com.quotient.keys;

import java.util.HashSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All keys in memory, by hash. Bounded by what Postgres holds. Used by the key store's thread. */
final class KeyTable {
    private static final Logger log = LoggerFactory.getLogger(KeyTable.class);

    private KeyHashTable<PackedKey> keys = new KeyHashTable<>();

    /** Keys whose faulty rules have been logged, which is done once per key. */
    private final Set<KeyHash> complained = new HashSet<>();

    @Nullable
    KeyRecord get(KeyHash hash) {
        PackedKey found = keys.get(hash);
        return found == null
                ? null
                : found.unpack(complaint -> {
                    if (complained.add(hash)) {
                        log.error("{}", complaint);
                    }
                });
    }

    void put(PackedKey key) {
        complained.remove(key.hash());
        keys.put(key);
    }

    void remove(KeyHash hash) {
        complained.remove(hash);
        keys.remove(hash);
    }

    /** Replaces all keys by the result of a whole read. */
    void replaceAll(KeyTable all) {
        keys = all.keys;
        complained.clear();
    }

    Stream<PackedKey> all() {
        return within(0, slots());
    }

    /** The keys in a range of slots. The end is exclusive and may lie beyond the last slot. */
    Stream<PackedKey> within(int from, int to) {
        return keys.within(from, to);
    }

    /** The number of slots, including free ones. */
    int slots() {
        return keys.slots();
    }

    int size() {
        return keys.size();
    }
}
