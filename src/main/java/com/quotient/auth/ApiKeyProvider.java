package com.quotient.auth;

import com.quotient.keys.KeyFilter;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyLease;
import com.quotient.keys.KeyMessages;
import com.quotient.keys.KeyMessages.FindKey;
import com.quotient.keys.KeyMessages.FoundKey;
import com.quotient.keys.KeyMessages.KeysChanged;
import com.quotient.keys.KeyRecord;
import com.quotient.keys.KeyTier;
import com.quotient.usage.UsageNotes;
import io.vertx.core.Future;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.MessageConsumer;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.AuthenticationProvider;
import io.vertx.ext.auth.authentication.Credentials;
import io.vertx.ext.auth.authentication.TokenCredentials;
import org.jspecify.annotations.Nullable;

/**
 * Finds the caller of a key. Each event loop has its own provider, which caches callers and asks the key store over the
 * event bus for the others. A cache entry is dropped when its key changes, and is valid only within the
 * {@link KeyLease}.
 */
public final class ApiKeyProvider implements AuthenticationProvider {
    private final EventBus bus;
    private final KeyFilter filter;
    private final KeyLease lease;
    private final RateLimits rateLimits;
    private final UsageNotes notes;
    private final ValidationStats stats;
    private final Callers callers;
    /**
     * The number of changes this event loop has received. A busy event loop may not have received all changes that are
     * in force.
     */
    private long heard;

    private @Nullable MessageConsumer<KeysChanged> changes;

    public ApiKeyProvider(
            EventBus bus,
            KeyFilter filter,
            KeyLease lease,
            RateLimits rateLimits,
            UsageNotes notes,
            ValidationStats stats,
            int cacheSize) {
        this.bus = bus;
        this.filter = filter;
        this.lease = lease;
        this.rateLimits = rateLimits;
        this.notes = notes;
        this.stats = stats;
        this.callers = new Callers(cacheSize);
    }

    /** Subscribes to changes. No key may be authenticated before this has completed. */
    public Future<Void> start() {
        changes = bus.localConsumer(KeyMessages.CHANGED, message -> hear(message.body()));
        heard = lease.changes();
        return changes.completion();
    }

    /**
     * The {@link Caller} of a key. The key may be revoked or expired: see {@link Check}.
     *
     * @param credentials {@link TokenCredentials}
     * @return fails with {@link Refused}: 401 if there is no such key, 503 if that cannot be known
     */
    @Override
    public Future<User> authenticate(Credentials credentials) {
        if (!(credentials instanceof TokenCredentials token)) {
            return Future.failedFuture(
                    new IllegalArgumentException("An API key is a token, not " + credentials.getClass()));
        }
        return find(token.getToken()).map(User.class::cast);
    }

    /** As {@link #authenticate}. The future of a cached caller is already completed. */
    Future<Caller> find(String key) {
        KeyTier tier = KeyFormat.tier(key);
        if (tier == null) {
            return refused(null, Outcome.MALFORMED);
        }
        KeyHash hash = KeyHash.of(key);
        Caller known = callers.get(hash);
        if (known != null && lease.covers(tier) && heard >= lease.changes()) {
            stats.hit();
            return Future.succeededFuture(known);
        }
        stats.miss();
        if (filter.rulesOut(hash)) {
            return refused(tier, Outcome.UNKNOWN);
        }
        return bus.<FoundKey>request(KeyMessages.FIND, new FindKey(hash)).transform(answer -> {
            if (answer.failed()) {
                return refused(tier, Outcome.UNAVAILABLE);
            }
            KeyRecord found = answer.result().body().key();
            return found == null ? refused(tier, Outcome.UNKNOWN) : Future.succeededFuture(remember(found));
        });
    }

    private Caller remember(KeyRecord key) {
        Caller known = callers.get(key.hash());
        if (known != null && known.key().equals(key)) {
            return known;
        }
        Caller caller = new Caller(
                key,
                known == null ? notes.of(key.id(), key.businessId()) : known.notes(),
                key.rateLimit() == null ? null : rateLimits.bucket(key.id()));
        callers.put(caller);
        return caller;
    }

    private void hear(KeysChanged change) {
        if (change.hashes() == null) {
            callers.clear();
        } else {
            change.hashes().forEach(callers::remove);
        }
        heard = Math.max(heard, change.changes());
    }

    private Future<Caller> refused(@Nullable KeyTier tier, Outcome outcome) {
        stats.count(tier, outcome);
        return Future.failedFuture(
                new Refused(outcome, outcome == Outcome.UNAVAILABLE ? Refusals.UNKNOWABLE : Refusals.INVALID));
    }
}
