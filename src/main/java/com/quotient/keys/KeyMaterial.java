package com.quotient.keys;

import org.jspecify.annotations.Nullable;

/**
 * The stored part of a key's text.
 *
 * @param prefix its first 8 characters
 * @param suffix its last 4
 * @param readable the whole text, for public keys only
 */
public record KeyMaterial(
        KeyHash hash,
        String prefix,
        String suffix,
        @Nullable String readable) {
    private static final int PREFIX_LENGTH = 8;
    private static final int SUFFIX_LENGTH = 4;

    /** The material of a well-formed key. */
    public static KeyMaterial of(String key) {
        return new KeyMaterial(
                KeyHash.of(key), key.substring(0, PREFIX_LENGTH), key.substring(key.length() - SUFFIX_LENGTH), key);
    }

    /** Leaves out the key's text. */
    @Override
    public String toString() {
        return prefix + "…" + suffix;
    }
}
