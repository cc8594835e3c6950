package com.quotient.blog;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.quotient.config.BlogConfig;
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
 * Caches encoded answers, so that most reads cost no SQL. An answer is reused only
 *
 * <ul> <li>while no change of its business is known that is newer than the start of its read, <li>until the next
 * scheduled post of its business is published, <li>while the changes are known to be complete: {@link #confirm} was
 * called within {@code blog.maxStaleness}. </ul>
 *
 * <p>Bounded by the bytes of all answers and of each one; a larger answer is not cached. Thread-safe.
 */
public final class BlogCache {
    /** Bytes of an entry beside its answer: the key, the entry and the cache's bookkeeping. */
    private static final int ENTRY_BYTES = 512;

    private static final long MAX_AGE_MILLIS = TimeUnit.DAYS.toMillis(1);

    private final Cache<Key, Entry> entries;

    /** At most one per waiting request. */
    private final Map<Asked, Reading> readings = new ConcurrentHashMap<>();

    private final int maxAnswerBytes;
    private final long maxStalenessNanos;
    private final LongSupplier nanoTime;

    /** Counts the changes known to this process. */
    private final AtomicLong moments = new AtomicLong();

    /** The last change of each business, as that count; bounded by the number of businesses with a blog. */
    private final Map<String, Long> changes = new ConcurrentHashMap<>();

    private final LongAdder hits = new LongAdder();
    private final LongAdder misses = new LongAdder();

    private volatile long allChangedAt;
    private volatile long confirmedNanos;
    private volatile boolean confirmed;

    public BlogCache(BlogConfig config, LongSupplier nanoTime) {
        this.maxAnswerBytes = config.maxCachedAnswerBytes();
        this.maxStalenessNanos = config.maxStaleness().toNanos();
        this.nanoTime = nanoTime;
        this.entries = Caffeine.newBuilder()
                .maximumWeight(config.cacheBytes().bytes())
                .<Key, Entry>weigher((key, entry) ->
                        ENTRY_BYTES + 2 * key.target().length() + entry.kept().bytes())
                // The cache's maintenance is too cheap to need another thread.
                .executor(Runnable::run)
                .build();
    }

    /** The business, and the question. */
    record Key(String businessId, boolean publicTier, String target) {}

    /** A running question and its thread; only that thread may share its future. */
    private record Asked(Key key, Thread thread) {}

    /**
     * An answer that can be reused.
     *
     * @param bytes approximate size in memory
     */
    record Kept(Supplier<Answer> answer, int bytes) {
        static Kept of(Answer.Json answer) {
            return new Kept(() -> answer, answer.body().length());
        }
    }

    /** A running read, and the changes known at its start. */
    private record Reading(Future<Kept> kept, long moment) {}

    private record Entry(Kept kept, long moment, long validUntilNanos) {}

    /**
     * The cached answer while it is valid, otherwise a new read. Requests of one thread share a running read, so that
     * after a change each thread reads once.
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

    /** Records a change of a business's blog. */
    void changed(String businessId) {
        changes.merge(businessId, moments.incrementAndGet(), Math::max);
    }

    /** Invalidates everything, because changes may have been missed. */
    void allChanged() {
        allChangedAt = moments.incrementAndGet();
        entries.invalidateAll();
    }

    /** Confirms that every change up to that time has been reported. */
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

    /** Approximate bytes in the cache. */
    public long bytes() {
        return entries.policy()
                .eviction()
                .map(eviction -> eviction.weightedSize().orElse(0))
                .orElse(0L);
    }

    /** Seconds since the last {@link #confirm}; infinite before the first one. */
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
