package com.quotient.keyfile;

import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyMaterial;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyTier;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A file that describes keys of one business.
 *
 * @param name the name under which its keys are managed; it stays when the file is moved
 * @param business an id or a name; null if there is only one
 * @param generation rises with every change; an older file is refused. Null for a file without
 * @param keys null if the file says nothing about keys, which is not the same as none
 * @param overlap how long a key with a new secret stays valid beside its successor
 * @param prune whether keys that are no longer listed are revoked
 * @param maxRevocations the maximum number of keys that one run revokes
 * @param digest SHA-256 of the file in hexadecimal
 */
public record KeyFile(
        String name,
        @Nullable String business,
        @Nullable Long generation,
        @Nullable List<Entry> keys,
        Duration overlap,
        boolean prune,
        int maxRevocations,
        String digest) {

    /**
     * One key.
     *
     * @param id an existing key to take over, or null
     * @param material its secret, or null to leave it as it is
     * @param change applies the members that are given; others stay as they are
     */
    public record Entry(
            String name,
            @Nullable String id,
            KeyTier tier,
            @Nullable KeyMaterial material,
            UnaryOperator<KeySpec> change) {}

    List<String> ids() {
        return entries().map(Entry::id).filter(Objects::nonNull).toList();
    }

    List<KeyHash> hashes() {
        return entries()
                .map(Entry::material)
                .filter(Objects::nonNull)
                .map(KeyMaterial::hash)
                .toList();
    }

    /** The names of the entries that stand for a key by name alone. */
    List<String> names() {
        return entries()
                .filter(entry -> entry.id() == null && entry.material() == null)
                .map(Entry::name)
                .toList();
    }

    private Stream<Entry> entries() {
        return keys == null ? Stream.empty() : keys.stream();
    }
}
