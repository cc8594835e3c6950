package com.quotient.usage;

import com.quotient.usage.UsageBatch.Incident;
import com.quotient.usage.UsageBatch.KeyUse;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Uses to be written, merged by key: the newest time and the sums of the counts. Used by one thread. */
final class PendingUsage {
    /** Sorted, so that all servers lock rows in the same order. */
    final TreeMap<String, Entry> byKey = new TreeMap<>();

    private int kinds;
    private boolean refusals;

    static final class Entry {
        final String businessId;
        long lastUsedMillis;
        /** By the beginning of the hour. */
        final Map<Instant, long[]> counts = new HashMap<>();

        /** By day. */
        final Map<LocalDate, RefusedUses> refused = new HashMap<>();

        @Nullable
        Incident incident;

        Entry(String businessId) {
            this.businessId = businessId;
        }

        void add(Instant hour, long[] more) {
            long[] sums = counts.computeIfAbsent(hour, key -> new long[more.length]);
            for (int i = 0; i < more.length; i++) {
                sums[i] += more[i];
            }
        }
    }

    /** Returns whether there was room. */
    boolean add(KeyUse use, Instant now, int maxKeys, int maxKinds) {
        Entry entry = entry(use.keyId(), use.businessId(), maxKeys);
        if (entry == null) {
            return false;
        }
        entry.lastUsedMillis = Math.max(entry.lastUsedMillis, use.lastUsedMillis());
        entry.add(now.truncatedTo(ChronoUnit.HOURS), use.counts());
        if (use.refused() != null) {
            refuse(entry, LocalDate.ofInstant(now, ZoneOffset.UTC), use.refused(), maxKinds);
        }
        entry.incident = entry.incident == null ? use.incident() : entry.incident.plus(use.incident());
        return true;
    }

    /** Merges back a failed write. Returns the number of keys without room. */
    int addAll(PendingUsage other, int maxKeys, int maxKinds) {
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
            theirs.refused.forEach((day, uses) -> refuse(ours, day, uses, maxKinds));
            ours.incident = theirs.incident == null ? ours.incident : theirs.incident.plus(ours.incident);
        }
        return dropped;
    }

    /** Whether refusals are waiting to be written. */
    boolean hasRefusals() {
        return refusals;
    }

    private void refuse(Entry entry, LocalDate day, RefusedUses uses, int maxKinds) {
        refusals = true;
        RefusedUses ours = entry.refused.computeIfAbsent(day, key -> new RefusedUses());
        uses.forEach((kind, tally) -> kinds += ours.add(kind, tally, kinds < maxKinds) ? 1 : 0);
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
