package com.quotient.keys;

import com.quotient.bus.LocalMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What travels over the event bus about keys, and where. */
public final class KeyMessages {
    /** Request: {@link FindKey}; answer: {@link FoundKey}, or a failure when nobody can know. */
    public static final String FIND = "keys.find";

    /** Published to everybody who remembers keys: {@link KeysChanged}. */
    public static final String CHANGED = "keys.changed";

    private KeyMessages() {}

    /** Who is this? */
    public record FindKey(KeyHash hash) implements LocalMessage {}

    /** The key, or null: there is no such key. */
    public record FoundKey(@Nullable KeyRecord key) implements LocalMessage {}

    /**
     * These keys are no longer as they were; null means any may have changed. It travels the same way as the answers to
     * {@link FindKey} and therefore arrives after an answer that it makes stale.
     *
     * @param changes with this one, as {@link KeyLease#changes} counts them
     */
    public record KeysChanged(@Nullable List<KeyHash> hashes, long changes) implements LocalMessage {}
}
