package com.quotient.usage;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import com.quotient.time.Times;
import com.quotient.usage.PendingUsage.Limits;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Refusals are counted by kind within bounds, whatever strangers send. */
class RefusalsTest {
    private static final int MILLION = 1_000_000;
    private static final int KEPT = 100;
    private static final Limits LIMITS = new Limits(10, 10_000, 10_000);

    @Test
    void millionOriginsGrowNeitherMemoryNorTableAndDriveNobodyOut() {
        try (TestServer server = TestServer.start()) {
            UsageStore store = new UsageStore(server.server().database().usage());
            Instant now = Instant.now();
            int batches = 20;
            PendingUsage before = new PendingUsage();
            UsageNotes first = new UsageNotes();
            KeyNotes mine = first.of("key_1", "biz_1");
            for (int i = 0; i < 3; i++) {
                mine.refused(UseOutcome.REFUSED, "origin", "https://mine.example", "GET /whoami", now.toEpochMilli());
            }
            first.drainUrgent().uses().forEach(use -> before.add(use, now, LIMITS));
            await(store.write(before, KEPT, KEPT));
            for (int batch = 0; batch < batches; batch++) {
                PendingUsage pending = new PendingUsage();
                UsageNotes notes = new UsageNotes();
                KeyNotes key = notes.of("key_1", "biz_1");
                for (int i = 0; i < MILLION / batches; i++) {
                    key.refused(
                            UseOutcome.REFUSED,
                            "origin",
                            "https://" + batch + "-" + i + ".example",
                            "GET /whoami",
                            now.toEpochMilli());
                    // Once a second.
                    if (i % 5000 == 0) {
                        UsageBatch drained = notes.drainUrgent();
                        assertThat(drained.uses().get(0).refused().size()).isLessThanOrEqualTo(17);
                        drained.uses().forEach(use -> pending.add(use, now, LIMITS));
                    }
                }
                notes.drainUrgent().uses().forEach(use -> pending.add(use, now, LIMITS));
                await(store.write(pending, KEPT, KEPT));
            }

            assertThat(TestPostgres.query(
                            server.databaseUrl(), "SELECT count(*) <= " + (KEPT + 1) + " FROM key_refusal_day"))
                    .containsExactly(List.of(true));
            assertThat(TestPostgres.query(server.databaseUrl(), "SELECT sum(count)::bigint FROM key_refusal_day"))
                    .as("nothing is lost")
                    .containsExactly(List.of(MILLION + 3L));
            assertThat(TestPostgres.query(
                            server.databaseUrl(),
                            "SELECT count FROM key_refusal_day WHERE subject = 'https://mine.example'"))
                    .as("what came several times stays")
                    .containsExactly(List.of(3L));
        }
    }

    /** One alone, and one so soon after it that the first was just written. */
    @Test
    void refusalIsWrittenSoonHoweverLongUsesWait() {
        try (TestServer server = TestServer.start("usage.flushInterval", "5m", "usage.handOverInterval", "500ms")) {
            TestKeys keys = new TestKeys(server);
            String key = keys.publicKey(keys.business(), "https://mine.example");
            for (int refusals = 1; refusals <= 3; refusals++) {
                long expected = refusals;
                assertThat(server.get("/api/v0/whoami", key, "Origin", "https://other.example")
                                .statusCode())
                        .isEqualTo(403);
                eventually(Duration.ofSeconds(60), () -> assertThat(TestPostgres.query(
                                server.databaseUrl(), "SELECT coalesce(sum(count), 0)::bigint FROM key_refusal_day"))
                        .containsExactly(List.of(expected)));
            }
        }
    }

    @Test
    void whatTrialsCountIsBoundedLikeRefusalsAndKeptApart() {
        try (TestServer server = TestServer.start()) {
            UsageStore store = new UsageStore(server.server().database().usage());
            Instant now = Instant.now();
            PendingUsage pending = new PendingUsage();
            UsageNotes notes = new UsageNotes();
            Instant since = now.truncatedTo(ChronoUnit.MILLIS);
            KeyNotes key = notes.of(keyOnTrial(server, since), "biz_1");
            for (int i = 0; i < 1000; i++) {
                key.wouldBeRefused(since, "origin", "https://" + i + ".example", "GET /whoami", now.toEpochMilli());
                if (i % 10 == 0) {
                    notes.drainUrgent().uses().forEach(use -> pending.add(use, now, LIMITS));
                }
            }
            UsageBatch last = notes.drainUrgent();
            assertThat(last.uses().get(0).refused()).isNull();
            last.uses().forEach(use -> pending.add(use, now, LIMITS));
            await(store.write(pending, KEPT, KEPT));

            assertThat(TestPostgres.query(
                            server.databaseUrl(),
                            "SELECT count(*) <= " + (KEPT + 1) + ", sum(count)::bigint FROM key_trial_day"))
                    .containsExactly(List.of(true, 1000L));
            assertThat(TestPostgres.query(server.databaseUrl(), "SELECT FROM key_refusal_day"))
                    .isEmpty();

            await(store.forget(
                    LocalDate.EPOCH,
                    Instant.EPOCH,
                    LocalDate.now(ZoneOffset.UTC).plusDays(1),
                    LocalDate.EPOCH));

            assertThat(TestPostgres.query(server.databaseUrl(), "SELECT FROM key_trial_day"))
                    .isEmpty();
        }
    }

    @Test
    void whatATrialCountedIsDroppedOnceTheKeyHasAnother() {
        try (TestServer server = TestServer.start()) {
            UsageStore store = new UsageStore(server.server().database().usage());
            Instant earlier = Instant.parse("2026-01-01T00:00:00.000Z");
            Instant since = Instant.parse("2026-01-01T00:00:00.001Z");
            String key = keyOnTrial(server, since);
            String other = keyOnTrial(server, since);
            PendingUsage pending = new PendingUsage();

            // One event loop still counts for the earlier trial when the others know the new one.
            for (Instant trial : List.of(earlier, since, since, earlier)) {
                UsageNotes notes = new UsageNotes();
                notes.of(key, "biz_1").wouldBeRefused(trial, "origin", "https://a.example", "GET /whoami", 1);
                notes.drainUrgent().uses().forEach(use -> pending.add(use, Instant.now(), LIMITS));
            }
            UsageNotes notes = new UsageNotes();
            notes.of(other, "biz_1").wouldBeRefused(earlier, "origin", "https://a.example", "GET /whoami", 1);
            notes.drainUrgent().uses().forEach(use -> pending.add(use, Instant.now(), LIMITS));
            PendingUsage failed = new PendingUsage();
            failed.addAll(pending, LIMITS);
            await(store.write(failed, KEPT, KEPT));

            assertThat(TestPostgres.query(server.databaseUrl(), "SELECT key_id, count FROM key_trial_day"))
                    .containsExactly(List.of(key, 2L));
        }
    }

    @Test
    void eventLoopForgetsWhatATrialCountedOnceTheKeyHasAnother() {
        UsageNotes notes = new UsageNotes();
        KeyNotes key = notes.of("key_1", "biz_1");
        Instant since = Instant.EPOCH.plusMillis(1);
        key.wouldBeRefused(Instant.EPOCH, "origin", "https://a.example", "GET /whoami", 1);
        key.wouldBeRefused(since, "origin", "https://b.example", "GET /whoami", 1);

        assertThat(notes.drainUrgent().uses()).singleElement().satisfies(use -> {
            assertThat(use.tried().since()).isEqualTo(since);
            assertThat(use.tried().counts().size()).isEqualTo(1);
        });
    }

    private static String keyOnTrial(TestServer server, Instant since) {
        TestKeys keys = new TestKeys(server);
        String id = keys.issue(keys.business(), KeyTier.PUBLIC).details().id();
        TestPostgres.execute(
                server.databaseUrl(),
                "UPDATE api_key SET trial = '{\"since\": \"" + Times.format(since) + "\"}' WHERE id = '" + id + "'");
        return id;
    }

    @Test
    void floodOfRefusalsOfManyKeysIsCollectedLikeUsesAndHidesNoKey() {
        UsageNotes notes = new UsageNotes();
        int keys = 1500;
        for (int i = 0; i < keys; i++) {
            KeyNotes key = notes.of("key_" + i, "biz_1");
            key.refused(UseOutcome.REFUSED, "origin", "https://" + i + ".example", "GET /whoami", 1);
        }
        List<UsageBatch.KeyUse> urgent = notes.drainUrgent().uses();
        notes.collect();
        List<UsageBatch.KeyUse> collected = notes.drain().uses();

        assertThat(urgent).hasSize(100);
        assertThat(collected).hasSize(keys - 100);
        assertThat(Stream.concat(urgent.stream(), collected.stream())).allSatisfy(use -> {
            List<String> subjects = new ArrayList<>();
            use.refused().forEach((kind, tally) -> subjects.add(kind.subject()));
            assertThat(subjects).containsExactly("https://" + use.keyId().substring(4) + ".example");
        });
    }

    @Test
    void whatTrialsOfManyKeysCountIsCollectedToo() {
        UsageNotes notes = new UsageNotes();
        int keys = 150;
        for (int i = 0; i < keys; i++) {
            notes.of("key_" + i, "biz_1").wouldBeRefused(Instant.EPOCH, "origin", "https://a.example", "GET /x", 1);
        }
        assertThat(notes.drainUrgent().uses()).hasSize(100);

        notes.collect();

        assertThat(notes.drain().uses()).hasSize(keys - 100);
    }

    @Test
    void kindsOfRefusalsAreBoundedOverAllKeysUntilTheyAreHandedOver() {
        UsageNotes notes = new UsageNotes();
        for (int round = 0; round < 2; round++) {
            int kinds = 0;
            for (int i = 0; i < 200; i++) {
                KeyNotes key = notes.of("key_" + i, "biz_1");
                for (int j = 0; j < 10; j++) {
                    key.refused(UseOutcome.REFUSED, "origin", "https://" + j + ".example", "GET /whoami", 1);
                }
            }
            notes.collect();
            for (UsageBatch.KeyUse use : notes.drain().uses()) {
                kinds += use.refused().size();
            }
            assertThat(kinds).as("round %d", round).isBetween(1000, 200 + 1000 + 200);
            notes.drainUrgent();
        }
    }

    @Test
    void pendingKindsAreBoundedOverAllKeys() {
        PendingUsage pending = new PendingUsage();
        Instant now = Instant.now();
        for (int i = 0; i < 1000; i++) {
            KindCounts refused = new KindCounts();
            for (int j = 0; j < 16; j++) {
                refused.add(
                        new Kinds.Kind("origin", "https://" + j + ".example", "GET /whoami"),
                        Kinds.Tally.once(now.toEpochMilli()),
                        true);
            }
            long[] counts = new long[UseOutcome.values().length];
            pending.add(
                    new UsageBatch.KeyUse("key_" + i, "biz_1", 0, counts, null, null, refused, null),
                    now,
                    new Limits(1000, 500, 500));
        }

        int kinds = pending.byKey.values().stream()
                .flatMap(entry -> entry.refused.values().stream())
                .mapToInt(KindCounts::size)
                .sum();
        assertThat(kinds).isLessThanOrEqualTo(500 + 1000);
    }
}
