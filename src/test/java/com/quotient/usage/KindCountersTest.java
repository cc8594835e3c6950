package com.quotient.usage;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KindCountersTest {
    private static final int MAX_KINDS = 16;

    @Test
    void requestsOfOneKindAreOneCounterWhicheverObjectsNameIt() {
        KindCounters counters = new KindCounters();

        for (int i = 0; i < 1000; i++) {
            counters.count(copy("origin"), copy("https://evil.example"), copy("GET /whoami"), i, MAX_KINDS);
        }

        assertThat(counters.size()).isEqualTo(1);
        counters.forEach((kind, tally) -> {
            assertThat(kind).isEqualTo(new Kinds.Kind("origin", "https://evil.example", "GET /whoami"));
            assertThat(tally).isEqualTo(new Kinds.Tally(1000, 0, 999));
        });
    }

    @Test
    void furtherKindsThanTheMaximumAreOneCounterForEachLabel() {
        KindCounters counters = new KindCounters();

        for (int i = 0; i < 1000; i++) {
            counters.count(copy("origin"), "https://evil" + i + ".example", "GET /whoami", i, MAX_KINDS);
        }

        assertThat(counters.size()).isEqualTo(MAX_KINDS + 1);
        List<Long> together = new ArrayList<>();
        counters.forEach((kind, tally) -> {
            if (kind.subject().isEmpty()) {
                together.add(tally.count());
            }
        });
        assertThat(together).containsExactly(1000L - MAX_KINDS);
    }

    /** An equal text that is another object. */
    private static String copy(String text) {
        return String.valueOf(text.toCharArray());
    }
}
