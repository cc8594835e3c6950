package com.quotient.keys;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A permission of a key. {@code WRITE} does not imply {@code READ}. */
public enum Scope {
    ANALYTICS_READ,
    ANALYTICS_WRITE,
    AUDIENCE_READ,
    AUDIENCE_WRITE,
    BLOG_READ,
    BLOG_WRITE,
    FLOW_TRIGGER,
    MEMORY_READ,
    MEMORY_WRITE;

    /** The name that stands for every scope the key's tier can hold. */
    public static final String ALL = "ALL";

    private static final List<Scope> PUBLIC_SCOPES = List.of(ANALYTICS_WRITE, AUDIENCE_WRITE, BLOG_READ, FLOW_TRIGGER);

    /** The scopes that a tier can hold, which is what {@code ALL} means for it. */
    public static List<Scope> of(KeyTier tier) {
        return tier == KeyTier.PUBLIC ? PUBLIC_SCOPES : List.of(values());
    }

    /** The scopes that the stored names grant to a key of that tier. */
    public static List<Scope> effective(KeyTier tier, List<String> names) {
        if (names.contains(ALL)) {
            return of(tier);
        }
        List<Scope> scopes = new ArrayList<>();
        for (Scope scope : of(tier)) {
            if (names.contains(scope.name())) {
                scopes.add(scope);
            }
        }
        return List.copyOf(scopes);
    }

    /**
     * The canonical names of the scopes asked for at creation. An empty list means {@code ALL}.
     *
     * @throws IllegalArgumentException for an unknown scope or one that the tier cannot hold; the message is a sentence
     */
    public static List<String> canonical(KeyTier tier, List<String> asked) {
        List<String> names = new ArrayList<>();
        for (String given : asked) {
            String name = given.strip().toUpperCase(Locale.ROOT).replace(':', '_');
            Scope scope = named(name);
            if (scope == null && !name.equals(ALL)) {
                throw new IllegalArgumentException("Unknown scope \"" + given + "\"; known are ALL, "
                        + String.join(", ", names(List.of(values()))) + ".");
            }
            if (scope != null && !of(tier).contains(scope)) {
                throw new IllegalArgumentException("A " + tier.prefix() + "_ key cannot hold the scope " + name
                        + "; it can hold ALL or any of " + String.join(", ", names(of(tier))) + ".");
            }
            if (!names.contains(name)) {
                names.add(name);
            }
        }
        return names.isEmpty() ? List.of(ALL) : List.copyOf(names);
    }

    /** The names of scopes, in order. */
    public static List<String> names(List<Scope> scopes) {
        return scopes.stream().map(Scope::name).toList();
    }

    /** This scope as one bit of a set. */
    public int bit() {
        return 1 << ordinal();
    }

    /** A set of scopes as bits. */
    public static int bits(List<Scope> scopes) {
        int bits = 0;
        for (Scope scope : scopes) {
            bits |= scope.bit();
        }
        return bits;
    }

    private static @Nullable Scope named(String name) {
        for (Scope scope : values()) {
            if (scope.name().equals(name)) {
                return scope;
            }
        }
        return null;
    }
}
