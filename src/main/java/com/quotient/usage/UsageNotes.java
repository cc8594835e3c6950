package com.quotient.usage;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The counters of one event loop. A use costs a few additions, and only keys used since the last hand-over are handed
 * over.
 */
public final class UsageNotes {
    /** Maximum kinds of refusals and callers of all keys that are counted separately until the next hand-over. */
    private static final int MAX_KINDS = 1000;

    private final AgentFamilies families = new AgentFamilies();
    private List<KeyNotes> pending = new ArrayList<>();
    private int kinds;

    /** The counters of a key; the caller cache holds them. */
    public KeyNotes of(String keyId, String businessId) {
        return new KeyNotes(this, keyId, businessId);
    }

    /** Everything counted since the last call. */
    public UsageBatch drain() {
        List<KeyNotes> drained = pending;
        pending = new ArrayList<>();
        kinds = 0;
        return new UsageBatch(drained.stream().map(KeyNotes::take).toList());
    }

    boolean hasRoomForKinds() {
        return kinds < MAX_KINDS;
    }

    AgentFamily family(@Nullable CharSequence userAgent) {
        return families.of(userAgent);
    }

    void kindMade() {
        kinds++;
    }

    void enlist(KeyNotes notes) {
        pending.add(notes);
    }
}
