package com.quotient.auth;

import com.quotient.keys.KeyTier;
import com.quotient.keys.Scope;
import org.jspecify.annotations.Nullable;

/**
 * What a route asks of a key.
 *
 * @param publicKeys whether {@code pk_} may call it; {@code sk_} may call everything
 * @param scope the scope the key must hold, or null where any valid key will do
 */
public record Access(boolean publicKeys, @Nullable Scope scope) {

    /** For both tiers. */
    public static Access both(Scope scope) {
        return new Access(true, scope);
    }

    /** For secret keys only. */
    public static Access secret(Scope scope) {
        return new Access(false, scope);
    }

    /** For every valid key. */
    public static Access anyKey() {
        return new Access(true, null);
    }

    public boolean admits(KeyTier tier) {
        return publicKeys || tier == KeyTier.SECRET;
    }
}
