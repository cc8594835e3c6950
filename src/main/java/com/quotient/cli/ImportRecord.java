package com.quotient.cli;

import com.quotient.keys.KeyAdmin.Import;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyMaterial;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyTier;
import com.quotient.keys.RateLimit;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One key as written in a file.
 *
 * @param line the line where the record begins, from 1
 * @param members the given members by name; white space separates several values of one member
 */
record ImportRecord(long line, Map<String, String> members) {
    /** The known names. Any other name is refused: a misspelt name might drop a restriction. */
    static final List<String> NAMES = List.of(
            "key",
            "hash",
            "prefix",
            "suffix",
            "type",
            "name",
            "description",
            "scopes",
            "origins",
            "allowMissingOrigin",
            "ips",
            "rateLimit",
            "expires");

    private static final Pattern SPACE = Pattern.compile("\\s+");

    /**
     * The key to import.
     *
     * @param type the tier of a hash whose record names none, or null
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    Import key(@Nullable KeyTier type, Instant now) {
        KeyMaterial material = material();
        return new Import(spec(tier(material, type), now), material);
    }

    private KeyMaterial material() {
        String key = member("key");
        String hash = member("hash");
        if (key != null && hash == null) {
            if (KeyFormat.tier(key) == null) {
                throw new IllegalArgumentException(
                        "The key is not of the form pk_ or sk_ and 20 to 40 letters, digits, _ or -.");
            }
            return KeyMaterial.of(key);
        }
        if (hash == null || key != null) {
            throw new IllegalArgumentException("Either key or hash is needed, not both.");
        }
        return KeyMaterial.ofHash(hash, member("prefix"), member("suffix"));
    }

    private KeyTier tier(KeyMaterial material, @Nullable KeyTier type) {
        String given = member("type");
        KeyTier named = given == null ? null : KeyTier.named(given);
        KeyTier seen = material.readable() == null ? null : KeyFormat.tier(material.readable());
        if (seen != null && named != null && seen != named) {
            throw new IllegalArgumentException(
                    "The type is " + given + ", but the key begins with " + seen.prefix() + "_.");
        }
        KeyTier tier = seen != null ? seen : named != null ? named : type;
        if (tier == null) {
            throw new IllegalArgumentException("A hash needs a type, here or by --type.");
        }
        return tier;
    }

    private KeySpec spec(KeyTier tier, Instant now) {
        String name = member("name");
        String rateLimit = member("rateLimit");
        String expires = member("expires");
        return new KeySpec(
                tier,
                name == null ? "Imported key" : name,
                member("description"),
                list("scopes"),
                list("origins"),
                flag("allowMissingOrigin"),
                list("ips"),
                rateLimit == null ? null : RateLimit.parse(rateLimit),
                expires == null ? null : Expiry.parse(expires, now));
    }

    private List<String> list(String name) {
        String value = member(name);
        return value == null ? List.of() : List.of(SPACE.split(value));
    }

    private boolean flag(String name) {
        String value = member(name);
        if (value != null && !value.equals("true") && !value.equals("false")) {
            throw new IllegalArgumentException(name + " is true or false.");
        }
        return Boolean.parseBoolean(value);
    }

    private @Nullable String member(String name) {
        String value = members.get(name);
        return value == null || value.isBlank() ? null : value.strip();
    }

    /** Leaves out the key's text. */
    @Override
    public String toString() {
        return "line " + line;
    }
}
