package com.quotient.time;

import java.time.Instant;
import java.time.InstantSource;

/**
 * The database's time, as far as this process knows: its own clock corrected by the difference measured last. Every pod
 * then agrees on when a key expires, whatever its own clock says. One writer, any number of readers.
 */
public final class DatabaseClock implements InstantSource {
    private final InstantSource local;
    private volatile long offsetMillis;

    public DatabaseClock(InstantSource local) {
        this.local = local;
    }

    /** Takes a measurement: the database said {@code databaseMillis} between these two local times. */
    public void measured(long localMillisBefore, long databaseMillis, long localMillisAfter) {
        offsetMillis = databaseMillis - (localMillisBefore + localMillisAfter) / 2;
    }

    /** The process's own clock, for what is measured within the process. */
    public InstantSource local() {
        return local;
    }

    public long offsetMillis() {
        return offsetMillis;
    }

    @Override
    public long millis() {
        return local.millis() + offsetMillis;
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }
}
