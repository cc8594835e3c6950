package com.quotient.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.quotient.testing.ManualClock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DatabaseClockTest {
    private static final Instant DATABASE_START = Instant.parse("2026-01-15T10:30:00Z");

    private final ManualClock local = new ManualClock(Instant.parse("2026-01-15T09:00:00Z"));
    private final AtomicLong nanos =
            new AtomicLong(Long.MAX_VALUE - Duration.ofSeconds(100).toNanos());
    private final long nanosAtStart = nanos.get();
    private final DatabaseClock clock = new DatabaseClock(local, nanos::get);

    private long truth() {
        return DATABASE_START.toEpochMilli() + (nanos.get() - nanosAtStart) / 1_000_000;
    }

    private void pass(Duration duration) {
        nanos.addAndGet(duration.toNanos());
        local.advance(duration);
    }

    /** The database answers at once, and the answer is under way for so long. */
    private void measure(Duration underWay) {
        long before = nanos.get();
        long said = truth();
        pass(underWay);
        clock.measured(before, said, nanos.get());
    }

    @Test
    void itIsTheLocalClockUntilTheDatabaseWasAsked() {
        assertThat(clock.millis()).isEqualTo(local.millis());
    }

    @Test
    void stepOfTheLocalClockChangesNothing() {
        measure(Duration.ofMillis(2));
        local.advance(Duration.ofMinutes(-5));
        pass(Duration.ofMillis(900));

        assertThat(clock.millis()).isCloseTo(truth(), within(2L));
        assertThat(clock.offsetMillis()).isCloseTo(Duration.ofMinutes(95).toMillis(), within(2L));
    }

    @Test
    void slowAnswersDoNotBlurWhatIsKnown() {
        measure(Duration.ofMillis(2));
        for (int i = 0; i < 100; i++) {
            measure(Duration.ofSeconds(3));
            assertThat(clock.millis()).isCloseTo(truth(), within(400L));
        }
    }

    @Test
    void stepOfTheDatabaseClockIsFollowed() {
        measure(Duration.ofMillis(2));
        long before = nanos.get();
        long said = truth() + Duration.ofMinutes(5).toMillis();
        pass(Duration.ofMillis(2));
        clock.measured(before, said, nanos.get());

        assertThat(clock.millis()).isCloseTo(said, within(4L));
    }
}
