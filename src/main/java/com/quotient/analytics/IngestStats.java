package com.quotient.analytics;

import com.quotient.analytics.Rejection.Code;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Counts of events since the start, for metrics. Thread-safe. */
public final class IngestStats {
    private final LongAdder accepted = new LongAdder();
    private final LongAdder duplicates = new LongAdder();
    private final Map<Code, LongAdder> rejected = new EnumMap<>(Code.class);
    private final LongAdder shed = new LongAdder();
    private final LongAdder unavailable = new LongAdder();
    private final LongAdder retries = new LongAdder();
    private final Distribution groupEvents = new Distribution(1, 2, 5, 10, 20, 50, 100, 200, 500);
    private final Distribution commitSeconds =
            new Distribution(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10);

    private final LongAdder lostByAge = new LongAdder();
    private final LongAdder lostByQuota = new LongAdder();
    private final LongAdder lostByRejection = new LongAdder();

    private volatile int queuedEvents;
    private volatile long queuedBytes;

    public IngestStats() {
        for (Code code : Code.values()) {
            rejected.put(code, new LongAdder());
        }
    }

    /** Events admitted but not yet answered. */
    public int queuedEvents() {
        return queuedEvents;
    }

    /** Bytes of the requests admitted but not yet answered. */
    public long queuedBytes() {
        return queuedBytes;
    }

    /** Events committed. */
    public long accepted() {
        return accepted.sum();
    }

    /** Events that were already stored, by their message id. */
    public long duplicates() {
        return duplicates.sum();
    }

    /** Events refused for their content; other events of the request may have been stored. */
    public long rejected(Code code) {
        return counter(code).sum();
    }

    /** Events turned away because the queue was full. */
    public long shed() {
        return shed.sum();
    }

    /** Events whose requests were answered with an unknown outcome. */
    public long unavailable() {
        return unavailable.sum();
    }

    /** Events that senders reported as lost because they were too old to be sent. */
    public long lostByAge() {
        return lostByAge.sum();
    }

    /** Events that senders reported as lost because their buffer was full. */
    public long lostByQuota() {
        return lostByQuota.sum();
    }

    /** Events that senders reported as lost because the server refused them. */
    public long lostByRejection() {
        return lostByRejection.sum();
    }

    /** Statements that failed for a reason other than their data and were retried. */
    public long retries() {
        return retries.sum();
    }

    /** Sizes of the committed groups, in events. Their number is the number of commits. */
    public Distribution groupEvents() {
        return groupEvents;
    }

    /** Durations of the committed statements in seconds, including the wait for a connection. */
    public Distribution commitSeconds() {
        return commitSeconds;
    }

    void queued(int events, long bytes) {
        queuedEvents = events;
        queuedBytes = bytes;
    }

    void committed(int events, int duplicatesAmong, double seconds) {
        groupEvents.record(events);
        commitSeconds.record(seconds);
        accepted.add(events - duplicatesAmong);
        duplicates.add(duplicatesAmong);
    }

    void reject(Code code) {
        counter(code).increment();
    }

    void shed(int events) {
        shed.add(events);
    }

    void unavailable(int events) {
        unavailable.add(events);
    }

    void lost(LostEvents lost) {
        lostByAge.add(lost.age());
        lostByQuota.add(lost.quota());
        lostByRejection.add(lost.rejected());
    }

    void retry() {
        retries.increment();
    }

    private LongAdder counter(Code code) {
        LongAdder counter = rejected.get(code);
        if (counter == null) {
            throw new IllegalArgumentException("No counter for " + code);
        }
        return counter;
    }

    /** A histogram: values in buckets with upper bounds; the last bucket has none. */
    public static final class Distribution {
        private final double[] bounds;
        private final LongAdder[] buckets;
        private final DoubleAdder sum = new DoubleAdder();

        Distribution(double... bounds) {
            this.bounds = bounds;
            buckets = new LongAdder[bounds.length + 1];
            for (int i = 0; i < buckets.length; i++) {
                buckets[i] = new LongAdder();
            }
        }

        /** The upper bounds, ascending and inclusive. */
        public double[] bounds() {
            return bounds.clone();
        }

        /** The number of values in each bucket, not cumulative. There is one more bucket than bounds. */
        public long[] buckets() {
            long[] counts = new long[buckets.length];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = buckets[i].sum();
            }
            return counts;
        }

        public long count() {
            long count = 0;
            for (LongAdder bucket : buckets) {
                count += bucket.sum();
            }
            return count;
        }

        public double sum() {
            return sum.sum();
        }

        void record(double value) {
            int bucket = 0;
            while (bucket < bounds.length && value > bounds[bucket]) {
                bucket++;
            }
            buckets[bucket].increment();
            sum.add(value);
        }
    }
}
