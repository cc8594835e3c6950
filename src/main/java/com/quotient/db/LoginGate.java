package com.quotient.db;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Prevents pools from filling up with logins that never end. After a login that was not answered in time, only one per
 * {@code pause} is allowed until one is answered. Thread-safe.
 */
final class LoginGate {
    private static final long OPEN = 0;

    private final long pauseNanos;
    private final LongSupplier nanoTime;
    private final AtomicLong closedUntil = new AtomicLong(OPEN);

    LoginGate(Duration pause, LongSupplier nanoTime) {
        this.pauseNanos = pause.toNanos();
        this.nanoTime = nanoTime;
    }

    /** Whether a login may be tried now. */
    boolean admits() {
        long until = closedUntil.get();
        return until == OPEN || nanoTime.getAsLong() - until >= 0 && closedUntil.compareAndSet(until, pauseEnd());
    }

    /** A login was not answered in time. */
    void unanswered() {
        closedUntil.set(pauseEnd());
    }

    /** A login was answered, even with a refusal. */
    void answered() {
        closedUntil.set(OPEN);
    }

    private long pauseEnd() {
        long end = nanoTime.getAsLong() + pauseNanos;
        return end == OPEN ? 1 : end;
    }
}
