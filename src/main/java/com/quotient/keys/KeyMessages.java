package com.quotient.keys;

import com.quotient.bus.LocalMessage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The event bus messages about keys and their addresses. */
public final class KeyMessages {
    /** Request: {@link FindKey}; reply: {@link FoundKey}, or a failure if that cannot be known. */
    public static final String FIND = "keys.find";

    /** Published to every cache of keys: {@link KeysChanged}. */
    public static final String CHANGED = "keys.changed";

    private KeyMessages() {}

    /** Asks for the key with a hash. */
    public record FindKey(KeyHash hash) implements LocalMessage {}

    /** The key, or null if there is none. */
    public record FoundKey(@Nullable KeyRecord key) implements LocalMessage {}

    /**
     * The keys that have changed; null means that any may have. It is delivered in order with the replies to
     * {@link FindKey}, so it arrives after a reply that it makes stale.
     *
     * @param changes the count of {@link KeyLease#changes}, this change included
     */
    public record KeysChanged(@Nullable List<KeyHash> hashes, long changes) implements LocalMessage {}
}
