package com.quotient.cli;

import com.quotient.keys.KeyAdmin;
import com.quotient.keys.KeyDetails;
import com.quotient.keys.KeySpec;
import io.vertx.core.Future;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
        name = "update",
        description = "Changes a key. Options that are not given change nothing; lists are replaced as a whole.")
final class KeyUpdate extends KeyChange {
    @Option(names = "--name", paramLabel = "NAME", description = "Shown in lists.")
    private @Nullable String name;

    @Mixin
    private final KeyOptions options = new KeyOptions();

    @Option(names = "--clear-description", description = "Removes the description.")
    private boolean clearDescription;

    @Option(names = "--clear-scopes", description = "Removes all scopes, so that the key gets ALL.")
    private boolean clearScopes;

    @Option(names = "--clear-origins", description = "Removes all origins, so that every origin is allowed.")
    private boolean clearOrigins;

    @Option(names = "--clear-ips", description = "Removes all networks, so that every address is allowed.")
    private boolean clearIps;

    @Option(names = "--clear-rate-limit", description = "Removes the rate limit.")
    private boolean clearRateLimit;

    @Option(names = "--clear-expiry", description = "Removes the expiry.")
    private boolean clearExpiry;

    KeyUpdate() {
        super("updated");
    }

    @Override
    Future<KeyDetails> change(KeyAdmin keys, KeyDetails before) {
        if (changed(before.spec()).equals(before.spec())) {
            throw usage("Nothing of key " + before.id() + " would change.");
        }
        return keys.update(before.businessId(), before.id(), this::changed, OpenDatabase.actor());
    }

    /** Clears first, so that other options take precedence. */
    private KeySpec changed(KeySpec key) {
        KeySpec changed = name == null ? key : key.withName(name);
        changed = clearDescription ? changed.withDescription(null) : changed;
        changed = clearScopes ? changed.withScopes(List.of()) : changed;
        changed = clearOrigins ? changed.withAllowedOrigins(List.of()) : changed;
        changed = clearIps ? changed.withAllowedIps(List.of()) : changed;
        changed = clearRateLimit ? changed.withRateLimit(null) : changed;
        changed = clearExpiry ? changed.withExpiresAt(null) : changed;
        return options.applyTo(changed, Instant.now());
    }
}
