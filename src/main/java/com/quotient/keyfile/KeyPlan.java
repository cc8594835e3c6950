package com.quotient.keyfile;

import com.quotient.keyfile.KeyFile.Entry;
import com.quotient.keys.KeyDetails;
import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyMaterial;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyStatus;
import com.quotient.keys.KeyTier;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What brings the keys of a business in line with a file.
 *
 * @param steps what changes; empty if everything is in line
 * @param drift for each key that cannot be brought in line, a sentence that says why
 * @param unlisted how many keys are managed by the file, are no longer listed, and stay
 */
public record KeyPlan(List<Step> steps, List<String> drift, int unlisted) {
    /** The kinds of changes. */
    public enum Action {
        CREATE,
        /** An existing key is managed by the file from now on. */
        ADOPT,
        UPDATE,
        /** A successor with another secret; the old key stays valid for a while. */
        ROTATE,
        REVOKE
    }

    /**
     * One change.
     *
     * @param key the key as it is; null for a new one
     * @param spec the key as it will be
     * @param material the secret of a new key; null to make one
     */
    public record Step(
            Action action,
            @Nullable KeyDetails key,
            KeySpec spec,
            @Nullable KeyMaterial material) {}

    /**
     * Compares a file with the keys.
     *
     * @param keys those that the file manages, and those that it names by id
     * @param ids the key of each secret that is known already, in any business
     */
    static KeyPlan of(KeyFile file, List<KeyDetails> keys, Map<KeyHash, String> ids, Instant now) {
        if (file.keys() == null) {
            return new KeyPlan(List.of(), List.of(), 0);
        }
        Planner planner = new Planner(file, keys, ids, now);
        file.keys().forEach(planner::plan);
        return planner.end(file.keys());
    }

    private static final class Planner {
        private final KeyFile file;
        private final List<KeyDetails> keys;
        private final Map<String, KeyDetails> byId;
        private final Map<KeyHash, String> ids;
        private final Instant now;
        private final List<Step> steps = new ArrayList<>();
        private final List<String> drift = new ArrayList<>();
        private final Set<String> listed = new HashSet<>();

        Planner(KeyFile file, List<KeyDetails> keys, Map<KeyHash, String> ids, Instant now) {
            this.file = file;
            this.keys = keys;
            this.byId = keys.stream().collect(Collectors.toMap(KeyDetails::id, Function.identity()));
            this.ids = ids;
            this.now = now;
        }

        void plan(Entry entry) {
            KeyMaterial material = entry.material();
            String sameSecret = material == null ? null : ids.get(material.hash());
            KeyDetails key;
            if (entry.id() != null) {
                key = byId.get(entry.id());
                if (key == null) {
                    drifts(entry, "names " + entry.id() + ", which is no key of this business");
                    return;
                }
                if (sameSecret != null && !sameSecret.equals(key.id())) {
                    drifts(entry, "names " + entry.id() + ", but its secret is that of " + sameSecret);
                    return;
                }
            } else if (sameSecret != null) {
                key = byId.get(sameSecret);
                if (key == null) {
                    drifts(
                            entry,
                            "has the secret of " + sameSecret + ", which this file does not manage; to take it"
                                    + " over, write id: " + sameSecret);
                    return;
                }
            } else {
                key = current(entry.name());
            }
            if (key == null) {
                create(entry);
            } else {
                listed.add(key.id());
                change(entry, key, sameSecret == null ? material : null);
            }
        }

        private @Nullable KeyDetails current(String name) {
            for (KeyDetails key : keys) {
                if (isCurrent(key) && key.spec().name().equals(name)) {
                    return key;
                }
            }
            return null;
        }

        /** A rotated key ends by itself. */
        private boolean isCurrent(KeyDetails key) {
            return file.name().equals(key.managedBy()) && key.status() != KeyStatus.REVOKED && key.rotatedTo() == null;
        }

        private void create(Entry entry) {
            KeySpec spec = entry.change().apply(KeySpec.of(entry.tier(), entry.name()));
            if (entry.material() == null && entry.tier() == KeyTier.SECRET) {
                drifts(entry, "is new and private and has no secret; write its hash, or keyFile");
            } else if (spec.expiresAt() != null && !spec.expiresAt().isAfter(now)) {
                drifts(entry, "is new and its expiry has passed");
            } else {
                steps.add(new Step(Action.CREATE, null, spec, entry.material()));
            }
        }

        private void change(Entry entry, KeyDetails key, @Nullable KeyMaterial newSecret) {
            if (key.managedBy() != null && !key.managedBy().equals(file.name())) {
                drifts(entry, "is " + key.id() + ", which the key file \"" + key.managedBy() + "\" describes");
            } else if (key.status() == KeyStatus.REVOKED) {
                drifts(entry, "is " + key.id() + ", which is revoked for good; give it a new secret, or remove it");
            } else if (key.rotatedTo() != null) {
                drifts(
                        entry,
                        "is " + key.id() + ", which was rotated to " + key.rotatedTo()
                                + "; write the secret of that one");
            } else if (key.spec().tier() != entry.tier()) {
                drifts(
                        entry,
                        "is " + key.id() + ", which is " + key.spec().tier().wireName()
                                + "; the type of a key cannot change");
            } else {
                add(entry, key, newSecret);
            }
        }

        private void add(Entry entry, KeyDetails key, @Nullable KeyMaterial newSecret) {
            KeySpec changed = entry.change().apply(key.spec());
            if (newSecret != null
                    && changed.expiresAt() != null
                    && !changed.expiresAt().isAfter(now)) {
                drifts(entry, "has a new secret, but its expiry has passed");
            } else if (newSecret != null) {
                steps.add(new Step(Action.ROTATE, key, changed, newSecret));
            } else if (key.managedBy() == null) {
                steps.add(new Step(Action.ADOPT, key, changed, null));
            } else if (!changed.equals(key.spec())) {
                steps.add(new Step(Action.UPDATE, key, changed, null));
            }
        }

        /** A key whose name is listed stays, whatever else is wrong with its entry. */
        KeyPlan end(List<Entry> entries) {
            Set<String> names = entries.stream().map(Entry::name).collect(Collectors.toSet());
            List<KeyDetails> unlisted = keys.stream()
                    .filter(this::isCurrent)
                    .filter(key -> !listed.contains(key.id())
                            && !names.contains(key.spec().name()))
                    .toList();
            if (!file.prune()) {
                return new KeyPlan(steps, drift, unlisted.size());
            }
            if (unlisted.size() > file.maxRevocations()) {
                throw new KeyFileRefused("The file would revoke " + unlisted.size() + " keys that it no longer lists,"
                        + " more than maxRevocations (" + file.maxRevocations()
                        + "); nothing was changed. Raise it if that is meant.");
            }
            unlisted.forEach(key -> steps.add(new Step(Action.REVOKE, key, key.spec(), null)));
            return new KeyPlan(steps, drift, 0);
        }

        private void drifts(Entry entry, String what) {
            drift.add("Key \"" + entry.name() + "\" " + what + ".");
        }
    }
}
