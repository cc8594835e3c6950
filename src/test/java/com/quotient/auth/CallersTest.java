package com.quotient.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyRecord;
import com.quotient.keys.KeyStatus;
import com.quotient.testing.TestKeys;
import com.quotient.usage.UsageNotes;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CallersTest {
    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);

    @Test
    void holdsWhatAMapWouldHoldAlsoWhenHashesCollide() {
        Callers callers = new Callers(10_000);
        Map<KeyHash, Caller> expected = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            // Few homes and many keys: they crowd, wrap around, and move up.
            KeyHash hash = new KeyHash(-4 + random.nextInt(8), 0, 0, random.nextInt(100));
            if (random.nextInt(3) > 0) {
                Caller caller = caller(hash);
                callers.put(caller);
                expected.put(hash, caller);
            } else {
                callers.remove(hash);
                expected.remove(hash);
            }
            assertThat(callers.size()).as("seed %s", seed).isEqualTo(expected.size());
            assertThat(callers.get(hash)).as("seed %s", seed).isSameAs(expected.get(hash));
        }
        expected.forEach((hash, caller) ->
                assertThat(callers.get(hash)).as("seed %s", seed).isSameAs(caller));
    }

    @Test
    void neverHoldsMoreThanItMay() {
        Callers callers = new Callers(100);
        for (int i = 0; i < 10_000; i++) {
            callers.put(caller(hash()));
            assertThat(callers.size()).as("seed %s", seed).isLessThanOrEqualTo(100);
        }
    }

    @Test
    void callerInUseStaysWhileOthersComeAndGo() {
        Callers callers = new Callers(100);
        Caller busy = caller(hash());
        callers.put(busy);
        for (int i = 0; i < 10_000; i++) {
            callers.put(caller(hash()));
            assertThat(callers.get(busy.key().hash())).as("seed %s", seed).isSameAs(busy);
        }
    }

    @Test
    void nothingIsLeftAfterClearing() {
        Callers callers = new Callers(100);
        Caller caller = caller(hash());
        callers.put(caller);
        callers.clear();
        assertThat(callers.get(Objects.requireNonNull(caller.key().hash()))).isNull();
        assertThat(callers.size()).isZero();
    }

    private KeyHash hash() {
        return new KeyHash(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }

    private static Caller caller(KeyHash hash) {
        KeyRecord key = TestKeys.record(hash, "key_" + hash.a(), KeyStatus.ACTIVE);
        return new Caller(key, new UsageNotes().of(key.id(), key.businessId()), null);
    }
}
