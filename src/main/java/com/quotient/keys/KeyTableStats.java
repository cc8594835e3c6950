package com.quotient.keys;

import com.quotient.time.DatabaseClock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The last published figures of the key table, for metrics and readiness. They are up to a poll interval old. */
public final class KeyTableStats {
    /** Counting the whole table every second would cost too much. */
    private static final long EXPIRY_COUNT_INTERVAL_MILLIS = 60_000;

    /** The slots counted in one turn, which takes a few milliseconds; lookups wait for it. */
    private static final int SLOTS_AT_ONCE = 1 << 16;

    private volatile int keys;
    private volatile long version;
    private volatile long reconnects;
    private volatile boolean inStep;
    private volatile Expiring expiring = new Expiring(0, 0, 0);
    private long countExpiringAt;
    private @Nullable ExpiryCount counting;

    /** Active keys that expire within 1, 7 and 30 days. */
    public record Expiring(int day, int week, int month) {}

    public int keys() {
        return keys;
    }

    public long version() {
        return version;
    }

    public long reconnects() {
        return reconnects;
    }

    public boolean isInStep() {
        return inStep;
    }

    public Expiring expiring() {
        return expiring;
    }

    void observe(KeyFeed feed, KeyTable table, DatabaseClock clock) {
        keys = table.size();
        version = feed.appliedVersion();
        reconnects = feed.reconnects();
        inStep = feed.isInStep();
        long now = clock.millis();
        if (inStep && (counting != null || now >= countExpiringAt)) {
            ExpiryCount count = counting == null ? new ExpiryCount(now, table.slots()) : counting;
            boolean done = count.advance(table);
            counting = done ? null : count;
            if (done) {
                expiring = count.result();
                countExpiringAt = now + EXPIRY_COUNT_INTERVAL_MILLIS;
            }
        }
    }

    /**
     * One count, a part of the table at a time. A key that moves in the meantime may be missed or counted twice; a table
     * that grows, in which all of them move, is counted from the start.
     */
    private static final class ExpiryCount {
        private final long now;
        private int slots;
        private int counted;
        private int day;
        private int week;
        private int month;

        ExpiryCount(long now, int slots) {
            this.now = now;
            this.slots = slots;
        }

        /** Returns whether this was the last part. */
        boolean advance(KeyTable table) {
            if (table.slots() != slots) {
                slots = table.slots();
                counted = day = week = month = 0;
            }
            table.within(counted, counted + SLOTS_AT_ONCE)
                    .filter(key -> key.status() == KeyStatus.ACTIVE)
                    .mapToLong(key -> key.expiresAtMillis() - now)
                    .filter(left -> left > 0)
                    .forEach(this::count);
            counted += SLOTS_AT_ONCE;
            return counted >= table.slots();
        }

        private void count(long left) {
            day += left <= Duration.ofDays(1).toMillis() ? 1 : 0;
            week += left <= Duration.ofDays(7).toMillis() ? 1 : 0;
            month += left <= Duration.ofDays(30).toMillis() ? 1 : 0;
        }

        Expiring result() {
            return new Expiring(day, week, month);
        }
    }
}
