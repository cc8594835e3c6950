package com.quotient.auth;

import com.quotient.keys.KeyTier;
import com.quotient.keys.Scope;
import org.jspecify.annotations.Nullable;

/**
 * What a route requires of a key.
 *
 * @param publicKeys whether a {@code pk_} key may call the route
 * @param secretKeys whether an {@code sk_} key may call the route; it may call every route of the API
 * @param scope the scope the key must hold, or null if any valid key may call
 */
public record Access(
        boolean publicKeys, boolean secretKeys, @Nullable Scope scope) {

    /** For both tiers. */
    public static Access both(Scope scope) {
        return new Access(true, true, scope);
    }

    /** For private keys only. */
    public static Access secret(Scope scope) {
        return new Access(false, true, scope);
    }

    /** For every valid key. */
    public static Access anyKey() {
        return new Access(true, true, null);
    }

    /** For no key: the route identifies its caller by other means. */
    public static Access otherwise() {
        return new Access(false, false, null);
    }

    public boolean admits(KeyTier tier) {
        return tier == KeyTier.PUBLIC ? publicKeys : secretKeys;
    }
}
