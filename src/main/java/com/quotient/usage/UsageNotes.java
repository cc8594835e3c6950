package com.quotient.usage;

import com.quotient.usage.UsageBatch.KeyUse;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The counters of one event loop. A use costs a few additions, and only keys used since the last hand-over are handed
 * over.
 */
public final class UsageNotes {
    /** Maximum kinds of refusals of all keys that are counted separately until the next hand-over. */
    private static final int MAX_KINDS = 1000;

    /** Maximum kinds of callers of all keys, beside the first of each key, that are remembered: about a megabyte. */
    private static final int MAX_CALLERS = 10_000;

    /**
     * Callers are handed over with every so many hand-overs, and at once only those of a new kind. They change little,
     * and ten thousand keys in use would fill the heap with counts that wait to be written.
     */
    private static final int HAND_OVERS_OF_CALLERS = 30;

    private final AgentFamilies families = new AgentFamilies();
    private List<KeyNotes> pending = new ArrayList<>();
    private List<KeyNotes> called = new ArrayList<>();
    private int kinds;
    private int callers;
    private int handOvers;

    /** The counters of a key; the caller cache holds them. */
    public KeyNotes of(String keyId, String businessId) {
        return new KeyNotes(this, keyId, businessId);
    }

    /** What was counted since the last call; callers of known kinds only now and then. */
    public UsageBatch drain() {
        return ++handOvers % HAND_OVERS_OF_CALLERS == 0 ? drainAll() : new UsageBatch(drainUses());
    }

    /** Everything counted since the last call. */
    public UsageBatch drainAll() {
        List<KeyUse> uses = new ArrayList<>();
        List<KeyNotes> drained = called;
        called = new ArrayList<>(drained.size());
        callers = 0;
        for (KeyNotes notes : drained) {
            KeyUse use = notes.takeCallers();
            if (use != null) {
                uses.add(use);
                called.add(notes);
                callers += notes.furtherCallers();
            }
        }
        uses.addAll(drainUses());
        return new UsageBatch(uses);
    }

    private List<KeyUse> drainUses() {
        List<KeyUse> uses = new ArrayList<>(pending.size());
        pending.forEach(notes -> uses.add(notes.take()));
        pending = new ArrayList<>();
        kinds = 0;
        return uses;
    }

    boolean hasRoomForKinds() {
        return kinds < MAX_KINDS;
    }

    boolean hasRoomForCallers() {
        return callers < MAX_CALLERS;
    }

    void callerMade() {
        callers++;
    }

    AgentFamily family(@Nullable CharSequence userAgent) {
        return families.of(userAgent);
    }

    void kindMade() {
        kinds++;
    }

    /** The callers of the key are taken now and then, until it has none any more. Called once until then. */
    void called(KeyNotes notes) {
        called.add(notes);
    }

    void enlist(KeyNotes notes) {
        pending.add(notes);
    }
}
