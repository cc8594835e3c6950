package com.quotient.auth;

import org.jspecify.annotations.Nullable;

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

    /** The tier of a prefix, or null. */
    public static @Nullable KeyTier ofPrefix(String prefix) {
        for (KeyTier tier : values()) {
            if (tier.prefix.equals(prefix)) {
                return tier;
            }
        }
        return null;
    }
}
