package com.quotient.keys;

import java.util.regex.Pattern;
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
    /** What is shown of a key of which only the hash is known. */
    private static final String UNKNOWN = "????";

    private static final Pattern SHA_256 = Pattern.compile("[0-9a-fA-F]{64}");

    /** The material of a well-formed key. */
    public static KeyMaterial of(String key) {
        return new KeyMaterial(
                KeyHash.of(key), key.substring(0, PREFIX_LENGTH), key.substring(key.length() - SUFFIX_LENGTH), key);
    }

    /**
     * The material of a key of which only the hash is known.
     *
     * @param hash SHA-256 of the whole key in 64 hexadecimal digits
     * @param prefix at most 8 characters that may be shown of its beginning, or null
     * @param suffix at most 4 of its end, or null
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    public static KeyMaterial ofHash(String hash, @Nullable String prefix, @Nullable String suffix) {
        if (!SHA_256.matcher(hash).matches()) {
            throw new IllegalArgumentException("A hash is the SHA-256 of a whole key in 64 hexadecimal digits.");
        }
        return new KeyMaterial(
                KeyHash.ofHex(hash),
                shown("prefix", prefix, PREFIX_LENGTH),
                shown("suffix", suffix, SUFFIX_LENGTH),
                null);
    }

    private static String shown(String name, @Nullable String value, int max) {
        if (value != null && value.length() > max) {
            throw new IllegalArgumentException("The " + name + " may show at most " + max + " characters of a key.");
        }
        return value == null ? UNKNOWN : value;
    }

    /** Leaves out the key's text. */
    @Override
    public String toString() {
        return prefix + "…" + suffix;
    }
}
