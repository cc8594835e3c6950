package com.quotient.usage;

import com.quotient.usage.UsageBatch.KeyUse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The counters of one event loop. A use costs a few additions. Refusals of some keys are handed over every second,
 * everything else when it is collected, and only for keys that were used since.
 */
public final class UsageNotes {
    /** Maximum kinds of refusals of all keys, beside the first of each key, that wait to be handed over. */
    private static final int MAX_KINDS = 1000;

    /** Maximum keys whose refusals are handed over each second. Those of further keys wait to be collected. */
    private static final int MAX_URGENT = 100;

    /** Maximum kinds of callers of all keys, beside the first of each key, that are remembered: about a megabyte. */
    private static final int MAX_CALLERS = 10_000;

    /** Maximum keys of one batch, so that draining it does not hold the event loop. */
    private static final int MAX_KEYS = 2000;

    /**
     * Each collection takes the callers of one share of the keys, and of other keys only if a kind is new. Callers
     * change little, and those of ten thousand keys at once would fill the heap with counts that wait to be written.
     */
    private static final int SHARES = 6;

    private final AgentFamilies families = new AgentFamilies();
    private final Deque<KeyNotes> pending = new ArrayDeque<>();
    private List<KeyNotes> urgent = new ArrayList<>();
    /** The keys whose callers are remembered. */
    private final List<List<KeyNotes>> called = IntStream.range(0, SHARES)
            .<List<KeyNotes>>mapToObj(share -> new ArrayList<>())
            .toList();

    private int nextShare;
    private int dueShare;
    /** How many of the pending keys the running collection takes. */
    private int collecting;

    private int kinds;
    private int callers;

    /** The counters of a key; the caller cache holds them. */
    public KeyNotes of(String keyId, String businessId) {
        return new KeyNotes(this, keyId, businessId);
    }

    /** The uses of keys that refused a request since the last call. */
    public UsageBatch drainUrgent() {
        List<KeyNotes> drained = urgent;
        urgent = new ArrayList<>();
        List<KeyUse> uses = new ArrayList<>(drained.size());
        drained.forEach(notes -> add(uses, notes.takeUrgent()));
        return new UsageBatch(uses);
    }

    /** Begins a collection of what was counted until now, with the callers of the next share of keys. */
    public void collect() {
        dueShare = (dueShare + 1) % SHARES;
        called.get(dueShare).removeIf(notes -> !notes.callersDue());
        collecting = pending.size();
    }

    /** Begins a collection of everything. */
    public void collectAll() {
        called.forEach(share -> share.removeIf(notes -> !notes.callersDue()));
        collecting = pending.size();
    }

    /** The next part of the collection; empty at its end. */
    public UsageBatch drain() {
        List<KeyUse> uses = new ArrayList<>(Math.min(collecting, MAX_KEYS));
        for (; collecting > 0 && uses.size() < MAX_KEYS; collecting--) {
            add(uses, pending.remove().take());
        }
        return new UsageBatch(uses);
    }

    private static void add(List<KeyUse> uses, @Nullable KeyUse use) {
        if (use != null) {
            uses.add(use);
        }
    }

    boolean hasRoomForKinds() {
        return kinds < MAX_KINDS;
    }

    boolean hasRoomForCallers() {
        return callers < MAX_CALLERS;
    }

    /** The number of remembered kinds of callers, beside the first of each key, changed by so many. */
    void callersChanged(int by) {
        callers += by;
    }

    AgentFamily family(@Nullable CharSequence userAgent) {
        return families.of(userAgent);
    }

    /** The number of waiting kinds of refusals, beside the first of each key, changed by so many. */
    void kindsChanged(int by) {
        kinds += by;
    }

    /** The callers of the key are due now and then, until it has none any more. Called once until then. */
    void called(KeyNotes notes) {
        called.get(nextShare).add(notes);
        nextShare = (nextShare + 1) % SHARES;
    }

    void enlist(KeyNotes notes) {
        pending.add(notes);
    }

    boolean hasRoomForUrgent() {
        return urgent.size() < MAX_URGENT;
    }

    void enlistUrgent(KeyNotes notes) {
        urgent.add(notes);
    }
}
