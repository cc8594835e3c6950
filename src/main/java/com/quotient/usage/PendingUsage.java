package com.quotient.usage;

import com.quotient.config.UsageConfig;
import com.quotient.usage.UsageBatch.Incident;
import com.quotient.usage.UsageBatch.KeyUse;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Uses to be written, merged by key: the newest time and the sums of the counts. Used by one thread. */
final class PendingUsage {
    final Map<String, Entry> byKey = new LinkedHashMap<>();

    private int refusedKinds;
    private int callerKinds;
    private boolean refusals;

    /** The maximum number of keys, and of kinds that are counted separately. */
    record Limits(int keys, int refusedKinds, int callerKinds) {
        static Limits of(UsageConfig config) {
            return new Limits(config.maxPendingKeys(), config.maxPendingRefusals(), config.maxPendingCallers());
        }
    }

    static final class Entry {
        final String businessId;
        long lastUsedMillis;
        /** By the beginning of the hour. */
        final Map<Instant, long[]> counts = new HashMap<>();

        /** By day. */
        final Map<LocalDate, KindCounts> callers = new HashMap<>();

        /** By day. */
        final Map<LocalDate, KindCounts> refused = new HashMap<>();

        /** Of the trial that began last, by day. */
        final Map<LocalDate, KindCounts> tried = new HashMap<>();

        /** When that trial began. */
        Instant triedSince = Instant.MIN;

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

    boolean isEmpty() {
        return byKey.isEmpty();
    }

    /** The same in parts of at most so many keys, sorted, so that all servers lock rows in the same order. */
    Deque<PendingUsage> parts(int maxKeys) {
        Deque<PendingUsage> parts = new ArrayDeque<>();
        byKey.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry -> {
            if (parts.isEmpty() || parts.getLast().byKey.size() == maxKeys) {
                PendingUsage part = new PendingUsage();
                part.refusals = refusals;
                parts.add(part);
            }
            parts.getLast().byKey.put(entry.getKey(), entry.getValue());
        });
        return parts;
    }

    /** Returns whether there was room. */
    boolean add(KeyUse use, Instant now, Limits limits) {
        Entry entry = entry(use.keyId(), use.businessId(), limits.keys);
        if (entry == null) {
            return false;
        }
        entry.lastUsedMillis = Math.max(entry.lastUsedMillis, use.lastUsedMillis());
        entry.add(now.truncatedTo(ChronoUnit.HOURS), use.counts());
        LocalDate day = LocalDate.ofInstant(now, ZoneOffset.UTC);
        if (use.callers() != null) {
            call(entry, day, use.callers(), limits);
        }
        if (use.refused() != null) {
            refuse(entry, day, use.refused(), limits);
        }
        if (use.tried() != null) {
            tryOn(entry, use.tried().since(), day, use.tried().counts(), limits);
        }
        entry.incident = entry.incident == null ? use.incident() : entry.incident.plus(use.incident());
        return true;
    }

    /** Merges back a failed write. Returns the number of keys without room. */
    int addAll(PendingUsage other, Limits limits) {
        int dropped = 0;
        for (Map.Entry<String, Entry> item : other.byKey.entrySet()) {
            Entry theirs = item.getValue();
            Entry ours = entry(item.getKey(), theirs.businessId, limits.keys);
            if (ours == null) {
                dropped++;
                continue;
            }
            ours.lastUsedMillis = Math.max(ours.lastUsedMillis, theirs.lastUsedMillis);
            theirs.counts.forEach(ours::add);
            theirs.callers.forEach((day, kinds) -> call(ours, day, kinds, limits));
            theirs.refused.forEach((day, kinds) -> refuse(ours, day, kinds, limits));
            theirs.tried.forEach((day, kinds) -> tryOn(ours, theirs.triedSince, day, kinds, limits));
            ours.incident = theirs.incident == null ? ours.incident : theirs.incident.plus(ours.incident);
        }
        return dropped;
    }

    /** Whether refusals are waiting to be written. */
    boolean hasRefusals() {
        return refusals;
    }

    private void refuse(Entry entry, LocalDate day, Kinds kinds, Limits limits) {
        refusals = true;
        add(entry.refused, day, kinds, limits);
    }

    /** What a trial counted before another replaced it is nobody's concern any more. */
    private void tryOn(Entry entry, Instant since, LocalDate day, Kinds kinds, Limits limits) {
        if (since.isAfter(entry.triedSince)) {
            entry.tried.clear();
            entry.triedSince = since;
        }
        if (since.equals(entry.triedSince)) {
            add(entry.tried, day, kinds, limits);
        }
    }

    private void add(Map<LocalDate, KindCounts> days, LocalDate day, Kinds kinds, Limits limits) {
        KindCounts ours = days.computeIfAbsent(day, key -> new KindCounts());
        kinds.forEach(
                (kind, tally) -> refusedKinds += ours.add(kind, tally, refusedKinds < limits.refusedKinds) ? 1 : 0);
    }

    private void call(Entry entry, LocalDate day, Kinds kinds, Limits limits) {
        KindCounts ours = entry.callers.computeIfAbsent(day, key -> new KindCounts());
        // The first kind of each key has room anyway: their number is that of the keys.
        kinds.forEach((kind, tally) ->
                callerKinds += ours.add(kind, tally, ours.size() == 0 || callerKinds < limits.callerKinds) ? 1 : 0);
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
