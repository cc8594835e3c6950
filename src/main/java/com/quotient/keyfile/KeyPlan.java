package com.quotient.keyfile;

import com.quotient.keyfile.KeyFile.Entry;
import com.quotient.keys.KeyDetails;
import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyMaterial;
import com.quotient.keys.KeyPolicy;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyStatus;
import com.quotient.keys.KeyTier;
import com.quotient.keys.ManagedKeyStore.Holder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What brings the keys of a business in line with a file.
 *
 * @param steps what changes, at most one step a key; empty if everything is in line
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
     * What a file is compared with.
     *
     * @param keys those that the file manages, and those that it names by id or secret
     * @param holders the key of each secret of the file that is known already, in any business
     * @param isApplied whether this very file was applied before. It takes over and creates keys only the first time:
     *     later, somebody has released or revoked them
     */
    record State(
            String businessId,
            List<KeyDetails> keys,
            Map<KeyHash, Holder> holders,
            KeyPolicy policy,
            boolean isApplied,
            Instant now) {}

    /** Compares a file with the keys. Fails with {@link KeyFileRefused} if it would revoke too many. */
    static KeyPlan of(KeyFile file, State state) {
        return file.keys() == null ? new KeyPlan(List.of(), List.of(), 0) : new Planner(file, state).plan(file.keys());
    }

    private static final class Planner {
        private final KeyFile file;
        private final State state;
        private final Map<String, KeyDetails> byId;
        private final List<Step> steps = new ArrayList<>();
        private final List<String> drift = new ArrayList<>();
        /** Keys that an entry names by id or secret. No other entry stands for them, and they are not pruned. */
        private final Set<String> bound = new HashSet<>();

        Planner(KeyFile file, State state) {
            this.file = file;
            this.state = state;
            this.byId = state.keys().stream().collect(Collectors.toMap(KeyDetails::id, Function.identity()));
        }

        KeyPlan plan(List<Entry> entries) {
            for (Entry entry : entries) {
                Holder holder = holder(entry);
                if (holder != null) {
                    bound.add(holder.keyId());
                }
                if (entry.id() != null) {
                    bound.add(entry.id());
                }
            }
            entries.forEach(this::plan);
            return prune(entries);
        }

        private @Nullable Holder holder(Entry entry) {
            return entry.material() == null
                    ? null
                    : state.holders().get(entry.material().hash());
        }

        private void plan(Entry entry) {
            Holder holder = holder(entry);
            if (holder != null && !holder.businessId().equals(state.businessId())) {
                drifts(entry, "has the secret of a key of another business; give it one of its own");
            } else if (holder != null) {
                plan(entry, holder.keyId());
            } else if (entry.id() != null) {
                KeyDetails key = byId.get(entry.id());
                if (key == null) {
                    drifts(entry, "names " + entry.id() + ", which is no key of this business");
                } else {
                    change(entry, key, entry.material());
                }
            } else {
                KeyDetails key = current(entry.name());
                if (key == null) {
                    create(entry);
                } else {
                    change(entry, key, entry.material());
                }
            }
        }

        /** An entry whose secret is that of a key. */
        private void plan(Entry entry, String keyId) {
            KeyDetails key = Objects.requireNonNull(byId.get(keyId));
            String id = entry.id();
            boolean isNamed = id != null && (id.equals(keyId) || isSuccessor(id, keyId));
            if (id != null && !isNamed) {
                drifts(entry, "names " + id + ", but its secret is that of " + keyId);
            } else if (key.managedBy() == null && !isNamed) {
                drifts(
                        entry,
                        "has the secret of " + keyId + ", which this file does not manage; to take it over, write"
                                + " id: " + keyId);
            } else {
                change(entry, key, null);
            }
        }

        /** Whether a key was rotated to another, as this file does when it takes over a key with a new secret. */
        private boolean isSuccessor(String id, String keyId) {
            KeyDetails key = byId.get(id);
            return key != null && keyId.equals(key.rotatedTo());
        }

        private @Nullable KeyDetails current(String name) {
            for (KeyDetails key : state.keys()) {
                if (isCurrent(key)
                        && !bound.contains(key.id())
                        && key.spec().name().equals(name)) {
                    return key;
                }
            }
            return null;
        }

        /** A rotated key ends by itself. */
        private boolean isCurrent(KeyDetails key) {
            return isManagedHere(key) && key.status() != KeyStatus.REVOKED && key.rotatedTo() == null;
        }

        private boolean isManagedHere(KeyDetails key) {
            return file.name().equals(key.managedBy());
        }

        private void create(Entry entry) {
            KeySpec spec = entry.change().apply(KeySpec.of(entry.tier(), entry.name()));
            if (entry.material() == null && entry.tier() == KeyTier.SECRET) {
                drifts(entry, "is new and private and has no secret; write its hash, or keyFile");
            } else if (state.isApplied() || entry.material() == null && wasRevoked(entry.name())) {
                drifts(entry, "was released or revoked; remove it, or give it another name or a new secret");
            } else if (spec.expiresAt() != null && !spec.expiresAt().isAfter(state.now())) {
                drifts(entry, "is new and its expiry has passed");
            } else if (isAllowed(entry, spec)) {
                steps.add(new Step(Action.CREATE, null, spec, entry.material()));
            }
        }

        private boolean wasRevoked(String name) {
            return state.keys().stream()
                    .anyMatch(key -> isManagedHere(key)
                            && key.status() == KeyStatus.REVOKED
                            && key.spec().name().equals(name));
        }

        private void change(Entry entry, KeyDetails key, @Nullable KeyMaterial newSecret) {
            if (key.managedBy() != null && !isManagedHere(key)) {
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
            } else if (key.managedBy() == null && state.isApplied()) {
                drifts(
                        entry,
                        "is " + key.id() + ", which was released; remove it from the file, or change the file to"
                                + " take it over again");
            } else {
                add(entry, key, newSecret);
            }
        }

        private void add(Entry entry, KeyDetails key, @Nullable KeyMaterial newSecret) {
            KeySpec changed = entry.change().apply(key.spec()).withName(entry.name());
            boolean sameExpiry = Objects.equals(changed.expiresAt(), key.spec().expiresAt());
            if (newSecret != null) {
                // As with any rotation, an expiry that the policy does not allow any more is cut.
                KeySpec successor = sameExpiry
                        ? changed.withExpiresAt(state.policy().capped(changed.expiresAt(), state.now()))
                        : changed;
                if (successor.expiresAt() != null && !successor.expiresAt().isAfter(state.now())) {
                    drifts(entry, "has a new secret, but its expiry has passed");
                } else if (isAllowed(entry, successor)) {
                    steps.add(new Step(Action.ROTATE, key, successor, newSecret));
                }
            } else if (key.managedBy() != null && changed.equals(key.spec())) {
                return;
            } else if (sameExpiry || isAllowed(entry, changed)) {
                steps.add(new Step(key.managedBy() == null ? Action.ADOPT : Action.UPDATE, key, changed, null));
            }
        }

        private boolean isAllowed(Entry entry, KeySpec spec) {
            boolean allowed = state.policy().allows(spec.expiresAt(), state.now());
            if (!allowed) {
                drifts(
                        entry,
                        "expires later than the policy of the business allows, which is "
                                + state.policy().days() + " from now");
            }
            return allowed;
        }

        /** A key whose name is listed stays, whatever else is wrong with its entry. */
        private KeyPlan prune(List<Entry> entries) {
            Set<String> names = entries.stream().map(Entry::name).collect(Collectors.toSet());
            List<KeyDetails> unlisted = state.keys().stream()
                    .filter(this::isCurrent)
                    .filter(key -> !bound.contains(key.id())
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
