package com.quotient.keys;

import com.quotient.DatabaseClock;
import java.time.Duration;

/** What the key store's thread last said about its table, for metrics and readiness. Values are a poll interval old. */
public final class KeyTableStats {
    /** A count over the whole table is too dear to repeat every second. */
    private static final long EXPIRY_COUNT_INTERVAL_MILLIS = 60_000;

    private volatile int keys;
    private volatile long version;
    private volatile long reconnects;
    private volatile boolean inStep;
    private volatile Expiring expiring = new Expiring(0, 0, 0);
    private long countExpiringAt;

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
        if (inStep && now >= countExpiringAt) {
            countExpiringAt = now + EXPIRY_COUNT_INTERVAL_MILLIS;
            expiring = count(table, now);
        }
    }

    private static Expiring count(KeyTable table, long now) {
        int day = 0;
        int week = 0;
        int month = 0;
        for (PackedKey key : (Iterable<PackedKey>) table.all()::iterator) {
            long left = key.expiresAtMillis() - now;
            if (key.status() == KeyStatus.ACTIVE && left > 0) {
                day += left <= Duration.ofDays(1).toMillis() ? 1 : 0;
                week += left <= Duration.ofDays(7).toMillis() ? 1 : 0;
                month += left <= Duration.ofDays(30).toMillis() ? 1 : 0;
            }
        }
        return new Expiring(day, week, month);
    }
}
