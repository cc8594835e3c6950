package com.quotient.usage;

import java.util.ArrayList;
import java.util.List;

/** The notes of one event loop: a use costs a few additions, and only keys used since the last hand-over are handed over. */
public final class UsageNotes {
    private List<KeyNotes> pending = new ArrayList<>();

    /** Notes for a key; whoever remembers the key keeps them. */
    public KeyNotes of(String keyId, String businessId) {
        return new KeyNotes(this, keyId, businessId);
    }

    /** Everything noted since the last call. */
    public UsageBatch drain() {
        List<KeyNotes> drained = pending;
        pending = new ArrayList<>();
        return new UsageBatch(drained.stream().map(KeyNotes::take).toList());
    }

    void enlist(KeyNotes notes) {
        pending.add(notes);
    }
}
