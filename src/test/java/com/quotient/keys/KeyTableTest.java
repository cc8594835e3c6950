package com.quotient.keys;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.lang.management.ManagementFactory;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class KeyTableTest {
    private final KeyTable table = new KeyTable();

    @Test
    void tableHoldsWhatAMapWouldHoldAlsoWhenHashesCollide() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        Map<KeyHash, String> expected = new HashMap<>();
        for (int i = 0; i < 20_000; i++) {
            // Few homes, the last places among them, and more keys than homes: they crowd, wrap around, and move up.
            KeyHash hash = new KeyHash(-4 + random.nextInt(8), 0, 0, random.nextInt(12));
            if (random.nextBoolean()) {
                table.put(PackedKeys.key(hash, "key_" + i, List.of()));
                expected.put(hash, "key_" + i);
            } else {
                table.remove(hash);
                expected.remove(hash);
            }
            assertThat(table.size()).as("seed %s", seed).isEqualTo(expected.size());
            if (i % 100 == 0) {
                assertHolds(expected, seed);
            }
        }
        assertHolds(expected, seed);
    }

    private void assertHolds(Map<KeyHash, String> expected, long seed) {
        Map<KeyHash, String> held = new HashMap<>();
        table.all()
                .forEach(key ->
                        held.put(key.hash(), key.unpack(AssertionError::new).id()));
        assertThat(held).as("seed %s", seed).isEqualTo(expected);
        for (int a = -4; a < 4; a++) {
            for (int d = 0; d < 12; d++) {
                KeyHash hash = new KeyHash(a, 0, 0, d);
                KeyRecord found = table.get(hash);
                assertThat(found == null ? null : found.id())
                        .as("%s, seed %s", hash, seed)
                        .isEqualTo(expected.get(hash));
            }
        }
    }

    @Test
    void replacedTableKnowsOnlyTheNewKeys() {
        table.put(PackedKeys.numbered(1));
        KeyTable read = new KeyTable();
        read.put(PackedKeys.numbered(2));

        table.replaceAll(read);

        assertThat(table.get(PackedKeys.numbered(1).hash())).isNull();
        assertThat(table.get(PackedKeys.numbered(2).hash())).isNotNull();
        assertThat(table.size()).isEqualTo(1);
    }

    @Test
    void rulesThatCannotBeReadAreComplainedOfOnceUntilTheKeyChanges() {
        Logger logger = (Logger) LoggerFactory.getLogger(KeyTable.class);
        ListAppender<ILoggingEvent> logged = new ListAppender<>();
        logged.start();
        logger.addAppender(logged);
        try {
            PackedKey key = PackedKeys.key(new KeyHash(1, 2, 3, 4), "key_1", List.of("co.uk"));
            table.put(key);
            for (int i = 0; i < 10; i++) {
                assertThat(Objects.requireNonNull(table.get(key.hash())).status())
                        .isEqualTo(KeyStatus.DISABLED);
            }
            assertThat(logged.list).hasSize(1);

            table.put(key);
            table.get(key.hash());
            assertThat(logged.list).hasSize(2);

            KeyTable read = new KeyTable();
            read.put(key);
            table.replaceAll(read);
            table.get(key.hash());
            assertThat(logged.list).hasSize(3);

            table.remove(key.hash());
            table.put(key);
            table.get(key.hash());
            assertThat(logged.list).hasSize(4);
        } finally {
            logger.detachAppender(logged);
        }
    }

    @Test
    void atMostHalfOfTheSlotsAreTaken() {
        for (int i = 0; i < 1000; i++) {
            table.put(PackedKeys.numbered(i));
            assertThat(table.slots()).isBetween(2 * table.size(), Math.max(16, 4 * table.size()));
        }
    }

    @Test
    void everyKeyIsInExactlyOnePartOfTheTable() {
        List<KeyHash> put = IntStream.range(0, 1000)
                .mapToObj(PackedKeys::numbered)
                .peek(table::put)
                .map(PackedKey::hash)
                .toList();

        Stream<PackedKey> parts = IntStream.iterate(0, from -> from < table.slots(), from -> from + 300)
                .boxed()
                .flatMap(from -> table.within(from, from + 300));

        assertThat(parts.map(PackedKey::hash)).containsExactlyInAnyOrderElementsOf(put);
    }

    /** What a tenth of a million keys keeps alive, ten times over. */
    @Test
    void millionKeysFitInto350Megabytes() {
        int keys = 100_000;
        long before = usedHeap();
        for (int i = 0; i < keys; i++) {
            table.put(PackedKeys.numbered(i));
        }

        long perKey = (usedHeap() - before) / keys;

        assertThat(table.size()).isEqualTo(keys);
        assertThat(perKey).as("bytes for each key").isLessThan(350);
    }

    private static long usedHeap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
