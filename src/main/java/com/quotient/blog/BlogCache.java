package com.quotient.blog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.quotient.config.Config;
import com.quotient.http.Answer;
import io.vertx.core.Future;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Answers to reads, encoded, so that most reads cost no SQL. An answer is handed out again only
 *
 * <ul>
 *   <li>while no change of its business is known that was not there when its reading began,
 *   <li>until the next post of its business is published by itself,
 *   <li>while it is certain which changes there were: {@link #confirm} was called not longer ago than {@code
 *       blog.maxStaleness}.
 * </ul>
 *
 * <p>Bounded by the bytes of the answers, and by those of each: what is larger is made anew for each caller. Any thread
 * may use it.
 */
public final class BlogCache {
    /** Beside the bytes of an answer: the key, the entry and what the cache needs for it. */
    private static final int ENTRY_BYTES = 512;

    private static final long MAX_AGE_MILLIS = TimeUnit.DAYS.toMillis(1);

    private final Cache<Key, Entry> entries;

    /** As many as requests are waiting, at most. */
    private final Map<Asked, Reading> readings = new ConcurrentHashMap<>();

    private final int maxAnswerBytes;
    private final long maxStalenessNanos;
    private final LongSupplier nanoTime;

    /** Counts the changes that this process knows of. */
    private final AtomicLong moments = new AtomicLong();

    /** When each business changed last, as such a count; bounded by how many businesses write blogs. */
    private final Map<String, Long> changes = new ConcurrentHashMap<>();

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    private volatile long allChangedAt;
    private volatile long confirmedNanos;
    private volatile boolean confirmed;

    public BlogCache(Config.Blog config, LongSupplier nanoTime) {
        this.maxAnswerBytes = config.maxCachedAnswerBytes();
        this.maxStalenessNanos = config.maxStaleness().toNanos();
        this.nanoTime = nanoTime;
        this.entries = Caffeine.newBuilder()
                .maximumWeight(config.cacheBytes())
                .<Key, Entry>weigher((key, entry) ->
                        ENTRY_BYTES + 2 * key.target().length() + entry.kept().bytes())
                // Its upkeep is too small for another thread.
                .executor(Runnable::run)
                .build();
    }

    /** Whose question it was, and which. */
    record Key(String businessId, boolean publicTier, String target) {}

    /** A question that was put to the database, and by which thread: its future is for that one alone. */
    private record Asked(Key key, Thread thread) {}

    /**
     * What can answer a question any number of times.
     *
     * @param bytes in memory, about
     */
    record Kept(Supplier<Answer> answer, int bytes) {
        static Kept of(Answer.Json answer) {
            return new Kept(() -> answer, answer.body().length());
        }
    }

    /** What is on its way, and the changes that were known when it was asked for. */
    private record Reading(Future<Kept> kept, long moment) {}

    private record Entry(Kept kept, long moment, long validUntilNanos) {}

    /**
     * The answer that is kept if it is still right, and otherwise what is read now. A thread that is reading the same
     * already waits for that: when what many ask for changes, each thread reads it once.
     */
    Future<Answer> answer(Key key, Supplier<Future<Fresh<Kept>>> read) {
        Entry entry = entries.getIfPresent(key);
        if (entry != null && isCurrent(key, entry)) {
            hits.increment();
            return Future.succeededFuture(entry.kept().answer().get());
        }
        misses.increment();
        Asked asked = new Asked(key, Thread.currentThread());
        Reading running = readings.get(asked);
        Future<Kept> kept =
                running != null && isUnchangedSince(running.moment(), key) ? running.kept() : begin(asked, read);
        return kept.map(found -> found.answer().get());
    }

    private Future<Kept> begin(Asked asked, Supplier<Future<Fresh<Kept>>> read) {
        long moment = moments.get();
        long startedNanos = nanoTime.getAsLong();
        Future<Kept> kept = read.get().map(fresh -> keep(asked.key(), fresh, moment, startedNanos));
        Reading reading = new Reading(kept, moment);
        readings.put(asked, reading);
        kept.onComplete(done -> readings.remove(asked, reading));
        return kept;
    }

    private Kept keep(Key key, Fresh<Kept> fresh, long moment, long startedNanos) {
        Kept kept = fresh.value();
        if (kept.bytes() <= maxAnswerBytes) {
            long valid = TimeUnit.MILLISECONDS.toNanos(Math.min(fresh.validMillis(), MAX_AGE_MILLIS));
            entries.put(key, new Entry(kept, moment, startedNanos + valid));
        }
        return kept;
    }

    /** The blog of a business is not what it was. */
    void changed(String businessId) {
        changes.merge(businessId, moments.incrementAndGet(), Math::max);
    }

    /** Nobody knows what has changed. */
    void allChanged() {
        allChangedAt = moments.incrementAndGet();
        entries.invalidateAll();
    }

    /** Every change up to that time has been told. */
    void confirm(long atNanos) {
        confirmedNanos = atNanos;
        confirmed = true;
    }

    public long hits() {
        return hits.sum();
    }

    public long misses() {
        return misses.sum();
    }

    /** Bytes that are kept, about. */
    public long bytes() {
        return entries.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }

    /** Seconds since it was last certain which changes there were; infinite before the first time. */
    public double ageSeconds() {
        return confirmed ? (nanoTime.getAsLong() - confirmedNanos) / 1e9 : Double.POSITIVE_INFINITY;
    }

    private boolean isCurrent(Key key, Entry entry) {
        long now = nanoTime.getAsLong();
        return confirmed
                && now - confirmedNanos <= maxStalenessNanos
                && now - entry.validUntilNanos() < 0
                && isUnchangedSince(entry.moment(), key);
    }

    private boolean isUnchangedSince(long moment, Key key) {
        return allChangedAt <= moment && changes.getOrDefault(key.businessId(), 0L) <= moment;
    }
}
