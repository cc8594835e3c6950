package com.quotient.usage;

import com.quotient.config.UsageConfig;
import com.quotient.db.Database;
import com.quotient.time.DatabaseClock;
import com.quotient.usage.UsageBatch.KeyUse;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.Message;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the uses of keys from all event loops and writes them every few seconds. No request waits for it or costs a
 * statement. One instance. A failed flush is merged back; pending uses are written at a stop. If the answer to a flush
 * is lost, its uses may be counted twice; times are never wrong.
 */
public final class UsageVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(UsageVerticle.class);
    private static final long FORGET_INTERVAL_MILLIS = 3_600_000;
    private static final long MIN_FLUSH_MILLIS = 50;
    private static final UsageBatch TAKEN = new UsageBatch(List.of());

    private final UsageStore store;
    private final UsageConfig config;
    private final PendingUsage.Limits limits;
    private final DatabaseClock clock;
    private final UsageStats stats;
    private final KeyUseCounters counters;

    private PendingUsage pending = new PendingUsage();
    private Future<Void> flushing = Future.succeededFuture();
    private long lastFlushNanos = System.nanoTime();
    private boolean refusalsTimed;

    public UsageVerticle(
            Database database, UsageConfig config, DatabaseClock clock, UsageStats stats, KeyUseCounters counters) {
        this.store = new UsageStore(database.usage());
        this.config = config;
        this.limits = PendingUsage.Limits.of(config);
        this.clock = clock;
        this.stats = stats;
        this.counters = counters;
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(config.flushInterval().toMillis(), timer -> {
            if (flushing.isComplete()) {
                flushing = flush();
            }
        });
        vertx.setPeriodic(0, FORGET_INTERVAL_MILLIS, timer -> forget().onFailure(
                        failure -> log.warn("Old usage counts could not be deleted: {}", failure.getMessage())));
        return vertx.eventBus()
                .<UsageBatch>localConsumer(UsageBatch.ADDRESS, this::take)
                .completion();
    }

    @Override
    public Future<?> stop() {
        return flushing.transform(done -> flush());
    }

    private void take(Message<UsageBatch> message) {
        Instant now = clock.instant();
        int dropped = 0;
        for (KeyUse use : message.body().uses()) {
            counters.count(use);
            dropped += pending.add(use, now, limits) ? 0 : 1;
        }
        stats.dropped(dropped);
        stats.pendingKeys(pending.byKey.size());
        message.reply(TAKEN);
        flushRefusals();
    }

    /** Writes refusals soon, since somebody may be watching a page to see why a request is refused. */
    private void flushRefusals() {
        if (!pending.hasRefusals() || refusalsTimed) {
            return;
        }
        long wait = config.handOverInterval().toNanos() - (System.nanoTime() - lastFlushNanos);
        if (wait <= 0 && flushing.isComplete()) {
            flushing = flush();
            return;
        }
        refusalsTimed = true;
        vertx.setTimer(Math.max(MIN_FLUSH_MILLIS, TimeUnit.NANOSECONDS.toMillis(wait)), timer -> {
            refusalsTimed = false;
            flushRefusals();
        });
    }

    private Future<Void> flush() {
        if (pending.byKey.isEmpty()) {
            return Future.succeededFuture();
        }
        lastFlushNanos = System.nanoTime();
        PendingUsage writing = pending;
        pending = new PendingUsage();
        return store.write(writing, config.maxCallersPerKey(), config.maxRefusalsPerKey())
                .onSuccess(done -> stats.flushSucceeded())
                // If this fails, the next use of the successor ends the key.
                .compose(done -> store.endRotated(writing)
                        .onFailure(failure -> log.warn("Rotated keys were not ended: {}", failure.getMessage()))
                        .otherwiseEmpty())
                .recover(failure -> {
                    stats.flushFailed();
                    stats.dropped(pending.addAll(writing, limits));
                    log.warn(
                            "Usage of {} keys could not be written and is kept: {}",
                            writing.byKey.size(),
                            failure.getMessage());
                    return Future.succeededFuture();
                })
                .onComplete(done -> stats.pendingKeys(pending.byKey.size()));
    }

    private Future<Void> forget() {
        Instant now = clock.instant();
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        return store.forget(
                today.minusDays(config.retention().toDays()),
                now.minus(config.hourRetention()),
                today.minusDays(config.refusalRetention().toDays()),
                today.minusDays(config.callerRetention().toDays()));
    }
}
