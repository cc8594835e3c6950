package com.quotient.testing;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.Eventually.within;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class EventuallyTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(30);

    @Test
    void anAssertionIsTriedUntilItPasses() {
        AtomicInteger tries = new AtomicInteger();
        eventually(LONG, () -> assertThat(tries.incrementAndGet()).isEqualTo(3));
        assertThat(tries).hasValue(3);
    }

    @Test
    void lastFailureIsReportedAtTheDeadline() {
        assertThatThrownBy(() -> eventually(SHORT, () -> assertThat(1).isEqualTo(2)))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("2");
        assertThatThrownBy(() -> eventually(SHORT, () -> {
                    throw new IOException("no route");
                }))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("no route");
    }

    @Test
    void anAnswerIsReturnedOnceItIsAsWanted() {
        AtomicInteger number = new AtomicInteger();
        assertThat(eventually(LONG, number::incrementAndGet, value -> value > 4))
                .isEqualTo(5);
        assertThatThrownBy(() -> eventually(SHORT, () -> "no", "yes"::equals)).hasMessageContaining("no");
    }

    @Test
    void aPromiseIsKeptIfItIsKeptOnce() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        within(SHORT, () -> LONG.dividedBy(tries.incrementAndGet() < 3 ? 1 : LONG.toMillis()));
        assertThat(tries).hasValue(3);
        assertThatThrownBy(() -> within(SHORT, () -> LONG)).hasMessageContaining(LONG.toString());
    }
}
