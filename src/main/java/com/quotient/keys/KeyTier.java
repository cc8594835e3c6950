package com.quotient.keys;

import java.util.Locale;

/** The two tiers of keys. */
public enum KeyTier {
    /** {@code pk_}: safe to expose in browsers and apps. Bound to origins, with few endpoints and scopes. */
    PUBLIC("pk", "public"),
    /** {@code sk_}: for servers. */
    SECRET("sk", "private");

    private final String prefix;
    private final String wireName;

    KeyTier(String prefix, String wireName) {
        this.prefix = prefix;
        this.wireName = wireName;
    }

    /** The prefix of a key, without the underscore. */
    public String prefix() {
        return prefix;
    }

    /** The name in {@code whoami}. */
    public String wireName() {
        return wireName;
    }

    /**
     * Parses a name: {@code pk}, {@code public}, {@code sk}, {@code private} or {@code secret}.
     *
     * @throws IllegalArgumentException with a sentence that lists the names
     */
    public static KeyTier named(String name) {
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "pk", "public" -> PUBLIC;
            case "sk", "private", "secret" -> SECRET;
            default ->
                throw new IllegalArgumentException(
                        "\"" + name + "\" is not a type of key; write public (pk) or private (sk).");
        };
    }

    /** The tier of a prefix from the database or a well-formed key. */
    static KeyTier of(String prefix) {
        for (KeyTier tier : values()) {
            if (tier.prefix.equals(prefix)) {
                return tier;
            }
        }
        throw new IllegalArgumentException("There is no tier \"" + prefix + "\"; it is pk or sk.");
    }
}
