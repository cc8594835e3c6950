package com.quotient.keys;

import com.quotient.config.Config;
import com.quotient.db.Database;
import com.quotient.keys.KeyMessages.FindKey;
import com.quotient.keys.KeyMessages.FoundKey;
import com.quotient.keys.KeyMessages.KeysChanged;
import com.quotient.time.DatabaseClock;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Owns the table of keys and answers lookups. One instance. Answers come from memory, including negative ones. Postgres
 * is queried only while the table is not in step with it, and then once per key in flight.
 */
public final class KeyStoreVerticle extends VerticleBase {
    private static final int CANNOT_KNOW = 503;

    private final Database database;
    private final Config config;
    private final String podId;
    private final KeyFilter filter;
    private final KeyLease lease;
    private final DatabaseClock clock;
    private final Pods pods;
    private final KeyStore store = new KeyStore();
    private final KeyTable table = new KeyTable();
    private final Map<KeyHash, Future<@Nullable KeyRecord>> lookups = new HashMap<>();
    private final KeyTableStats stats;

    private @Nullable KeyFeed feed;

    public KeyStoreVerticle(
            Database database,
            Config config,
            String podId,
            KeyFilter filter,
            KeyLease lease,
            DatabaseClock clock,
            Pods pods,
            KeyTableStats stats) {
        this.database = database;
        this.config = config;
        this.podId = podId;
        this.filter = filter;
        this.lease = lease;
        this.clock = clock;
        this.pods = pods;
        this.stats = stats;
    }

    @Override
    public Future<?> start() {
        KeyFeed feed = new KeyFeed(
                vertx, database, config.keyFeed(), podId, table, filter, lease, clock, pods, hashes -> vertx.eventBus()
                        .publish(KeyMessages.CHANGED, new KeysChanged(hashes, lease.changed())));
        this.feed = feed;
        feed.start();
        vertx.setPeriodic(0, config.keyFeed().pollInterval().toMillis(), timer -> stats.observe(feed, table, clock));
        return vertx.eventBus()
                .<FindKey>localConsumer(KeyMessages.FIND, message -> find(feed, message))
                .completion();
    }

    @Override
    public Future<?> stop() {
        return feed == null ? Future.succeededFuture() : feed.stop();
    }

    private void find(KeyFeed feed, Message<FindKey> message) {
        KeyHash hash = message.body().hash();
        KeyRecord known = table.get(hash);
        if (feed.isInStep() || (known != null && lease.covers(known.tier()))) {
            message.reply(new FoundKey(known));
            return;
        }
        lookUp(hash)
                // The table may have caught up in the meantime, and is then more recent.
                .onSuccess(found -> message.reply(new FoundKey(feed.isInStep() ? table.get(hash) : found)))
                .onFailure(failure -> message.fail(CANNOT_KNOW, String.valueOf(failure.getMessage())));
    }

    private Future<@Nullable KeyRecord> lookUp(KeyHash hash) {
        Future<@Nullable KeyRecord> underWay = lookups.get(hash);
        if (underWay != null) {
            return underWay;
        }
        if (lookups.size() >= config.auth().maxLookupsInFlight()) {
            return Future.failedFuture("too many keys are being looked up");
        }
        Future<@Nullable KeyRecord> lookup = store.find(database.lookups(), hash);
        lookups.put(hash, lookup);
        return lookup.onComplete(done -> lookups.remove(hash));
    }
}
