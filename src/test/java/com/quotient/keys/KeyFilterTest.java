package com.quotient.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class KeyFilterTest {
    private static final int KEYS = 20_000;

    private final long seed = new Random().nextLong();
    private final Random random = new Random(seed);
    private final KeyFilter filter = new KeyFilter();
    private final KeyTable table = new KeyTable();

    @Test
    void nothingIsRuledOutUntilTheTableIsComplete() {
        filter.replaceAll(table);
        assertThat(filter.rulesOut(hash())).isFalse();

        filter.complete(true);
        assertThat(filter.rulesOut(hash())).isTrue();

        filter.complete(false);
        assertThat(filter.rulesOut(hash())).isFalse();
    }

    @Test
    void keyThatExistsIsNeverRuledOutWhetherItWasThereOrCameLater() {
        List<KeyHash> there = addToTable(table, KEYS);
        filter.replaceAll(table);
        filter.complete(true);
        for (int i = 0; i < 10; i++) {
            // Ten times more than it was made for.
            KeyTable come = new KeyTable();
            List<KeyHash> later = addToTable(come, KEYS);
            come.all().forEach(table::put);
            filter.add(come, table);
            filter.complete(true);
            assertThat(later).as("seed %s", seed).noneMatch(filter::rulesOut);
        }
        assertThat(there).as("seed %s", seed).noneMatch(filter::rulesOut);
        assertThat(ruledOut()).as("seed %s", seed).isGreaterThan(KEYS * 97L / 100);
    }

    @Test
    void nearlyAllKeysThatDoNotExistAreRuledOut() {
        addToTable(table, KEYS);
        filter.replaceAll(table);
        filter.complete(true);

        assertThat(ruledOut()).as("seed %s", seed).isGreaterThan(KEYS * 97L / 100);
    }

    /** How many of as many keys that do not exist. */
    private long ruledOut() {
        return IntStream.range(0, KEYS).filter(i -> filter.rulesOut(hash())).count();
    }

    private List<KeyHash> addToTable(KeyTable to, int count) {
        List<KeyHash> hashes = IntStream.range(0, count).mapToObj(i -> hash()).toList();
        hashes.forEach(hash -> to.put(PackedKeys.key(hash, "key_" + hash.a(), List.of())));
        return hashes;
    }

    private KeyHash hash() {
        return new KeyHash(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
    }
}
