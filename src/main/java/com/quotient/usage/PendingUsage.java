package com.quotient.usage;

import com.quotient.usage.UsageBatch.Incident;
import com.quotient.usage.UsageBatch.KeyUse;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Uses that wait to be written, merged by key: the newest time, the sum of the counts. Used by one thread. */
final class PendingUsage {
    /** Sorted, so that pods lock rows in one order. */
    final TreeMap<String, Entry> byKey = new TreeMap<>();

    static final class Entry {
        final String businessId;
        long lastUsedMillis;
        final Map<LocalDate, long[]> counts = new HashMap<>();

        @Nullable
        Incident incident;

        Entry(String businessId) {
            this.businessId = businessId;
        }

        void add(LocalDate day, long[] more) {
            long[] sums = counts.computeIfAbsent(day, key -> new long[more.length]);
            for (int i = 0; i < more.length; i++) {
                sums[i] += more[i];
            }
        }
    }

    /** Whether there was room for it. */
    boolean add(KeyUse use, LocalDate day, int maxKeys) {
        Entry entry = entry(use.keyId(), use.businessId(), maxKeys);
        if (entry == null) {
            return false;
        }
        entry.lastUsedMillis = Math.max(entry.lastUsedMillis, use.lastUsedMillis());
        entry.add(day, use.counts());
        entry.incident = entry.incident == null ? use.incident() : entry.incident.plus(use.incident());
        return true;
    }

    /** Takes back what could not be written; how many keys found no room. */
    int addAll(PendingUsage other, int maxKeys) {
        int dropped = 0;
        for (Map.Entry<String, Entry> item : other.byKey.entrySet()) {
            Entry theirs = item.getValue();
            Entry ours = entry(item.getKey(), theirs.businessId, maxKeys);
            if (ours == null) {
                dropped++;
                continue;
            }
            ours.lastUsedMillis = Math.max(ours.lastUsedMillis, theirs.lastUsedMillis);
            theirs.counts.forEach(ours::add);
            ours.incident = theirs.incident == null ? ours.incident : theirs.incident.plus(ours.incident);
        }
        return dropped;
    }

    private @Nullable Entry entry(String keyId, String businessId, int maxKeys) {
        Entry entry = byKey.get(keyId);
        if (entry == null && byKey.size() < maxKeys) {
            entry = new Entry(businessId);
            byKey.put(keyId, entry);
        }
        return entry;
    }
}
