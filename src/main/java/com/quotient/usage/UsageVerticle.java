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
import java.util.Deque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the uses of keys from all event loops every few seconds and writes them. No request waits for it or costs a
 * statement. One instance, on a worker thread, since merging ten thousand keys takes longer than an event loop may be
 * held. What a failed flush has not written is merged back; pending uses are written at a stop. If the answer to a
 * statement is lost, its uses may be counted twice; times are never wrong.
 */
public final class UsageVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(UsageVerticle.class);
    private static final long FORGET_INTERVAL_MILLIS = 3_600_000;
    /** Enough for all event loops to hand over, so that a key takes one row of a flush. */
    private static final long MIN_WAIT_MILLIS = 50;

    /** A statement for so many keys takes a millisecond or two to encode, which an event loop does. */
    private static final int MAX_KEYS_PER_STATEMENT = 1000;

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
    private boolean flushTimed;

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
            vertx.eventBus().publish(UsageBatch.COLLECT, null);
            flushSoon();
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
        flushSoon();
    }

    /** Soon, since somebody may be watching a page to see why a request is refused, but no more often than batches come. */
    private void flushSoon() {
        if (pending.isEmpty() || flushTimed) {
            return;
        }
        flushTimed = true;
        long wait = config.handOverInterval().toNanos() - (System.nanoTime() - lastFlushNanos);
        vertx.setTimer(Math.max(MIN_WAIT_MILLIS, TimeUnit.NANOSECONDS.toMillis(wait)), timer -> {
            flushTimed = false;
            if (flushing.isComplete()) {
                flushing = flush();
            } else {
                flushSoon();
            }
        });
    }

    private Future<Void> flush() {
        if (pending.isEmpty()) {
            return Future.succeededFuture();
        }
        lastFlushNanos = System.nanoTime();
        Deque<PendingUsage> parts = pending.parts(MAX_KEYS_PER_STATEMENT);
        pending = new PendingUsage();
        return write(parts)
                .onSuccess(done -> stats.flushSucceeded())
                .recover(failure -> {
                    stats.flushFailed();
                    parts.forEach(part -> stats.dropped(pending.addAll(part, limits)));
                    log.warn(
                            "Usage of keys could not be written and is kept: {}; {} keys are waiting",
                            failure.getMessage(),
                            pending.byKey.size());
                    return Future.succeededFuture();
                })
                .onComplete(done -> stats.pendingKeys(pending.byKey.size()));
    }

    /** Writes the parts one after the other. Those that are written are removed. */
    private Future<Void> write(Deque<PendingUsage> parts) {
        PendingUsage part = parts.peek();
        return part == null
                ? Future.succeededFuture()
                : store.write(part, config.maxCallersPerKey(), config.maxRefusalsPerKey())
                        .onSuccess(done -> parts.remove())
                        // If this fails, the next use of the successor ends the key.
                        .compose(done -> store.endRotated(part)
                                .onFailure(failure -> log.warn("Rotated keys were not ended: {}", failure.getMessage()))
                                .otherwiseEmpty())
                        .compose(done -> write(parts));
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
