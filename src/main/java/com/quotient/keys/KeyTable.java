package com.quotient.keys;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All keys, in memory, by hash. Bounded by what Postgres holds. Owned by the key store's thread; only the size may be
 * read from elsewhere.
 */
final class KeyTable {
    private Map<KeyHash, KeyRecord> records = new HashMap<>();
    private volatile int size;

    @Nullable
    KeyRecord get(KeyHash hash) {
        return records.get(hash);
    }

    void put(KeyRecord record) {
        records.put(record.hash(), record);
        size = records.size();
    }

    void remove(KeyHash hash) {
        records.remove(hash);
        size = records.size();
    }

    /** Takes over what a whole read of the database found. */
    void replaceAll(Map<KeyHash, KeyRecord> all) {
        records = all;
        size = all.size();
    }

    Iterable<KeyRecord> all() {
        return records.values();
    }

    int size() {
        return size;
    }
}
