package com.quotient.auth;

import com.quotient.keys.KeyTier;
import com.quotient.keys.Scope;
import org.jspecify.annotations.Nullable;

/**
 * What a route asks of a key.
 *
 * @param publicKeys whether {@code pk_} may call it
 * @param secretKeys whether {@code sk_} may call it, which may call every route of the API
 * @param scope the scope the key must hold, or null where any valid key will do
 */
public record Access(
        boolean publicKeys, boolean secretKeys, @Nullable Scope scope) {

    /** For both tiers. */
    public static Access both(Scope scope) {
        return new Access(true, true, scope);
    }

    /** For secret keys only. */
    public static Access secret(Scope scope) {
        return new Access(false, true, scope);
    }

    /** For every valid key. */
    public static Access anyKey() {
        return new Access(true, true, null);
    }

    /** For no key: whoever calls is known by something else, which the route asks for itself. */
    public static Access otherwise() {
        return new Access(false, false, null);
    }

    public boolean admits(KeyTier tier) {
        return tier == KeyTier.PUBLIC ? publicKeys : secretKeys;
    }
}
