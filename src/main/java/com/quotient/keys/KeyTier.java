package com.quotient.keys;

import java.util.Locale;

/** The two tiers of keys. */
public enum KeyTier {
    /** {@code pk_}: safe to expose in browsers and apps, bound to origins, few endpoints and scopes. */
    PUBLIC("pk", "public"),
    /** {@code sk_}: for servers. */
    SECRET("sk", "private");

    private final String prefix;
    private final String wireName;

    KeyTier(String prefix, String wireName) {
        this.prefix = prefix;
        this.wireName = wireName;
    }

    /** What a key begins with, without the underscore. */
    public String prefix() {
        return prefix;
    }

    /** What {@code whoami} calls it. */
    public String wireName() {
        return wireName;
    }

    /**
     * The tier by any of its names: {@code pk} or {@code public}, {@code sk}, {@code private} or {@code secret}.
     *
     * @throws IllegalArgumentException with a sentence that lists them
     */
    public static KeyTier named(String name) {
        return switch (name.strip().toLowerCase(Locale.ROOT)) {
            case "pk", "public" -> PUBLIC;
            case "sk", "private", "secret" -> SECRET;
            default ->
                throw new IllegalArgumentException(
                        "\"" + name + "\" is not a type of key; write public (pk) or secret (sk, private).");
        };
    }

    /** The tier of a prefix that the database or a well-formed key holds. */
    static KeyTier of(String prefix) {
        for (KeyTier tier : values()) {
            if (tier.prefix.equals(prefix)) {
                return tier;
            }
        }
        throw new IllegalArgumentException("There is no tier \"" + prefix + "\"; it is pk or sk.");
    }
}
