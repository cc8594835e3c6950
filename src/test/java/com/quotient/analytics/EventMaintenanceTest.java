package com.quotient.analytics;

import static com.quotient.analytics.AnalyticsDatabase.await;
import static com.quotient.analytics.AnalyticsDatabase.config;
import static com.quotient.analytics.AnalyticsDatabase.event;
import static com.quotient.analytics.AnalyticsDatabase.ofType;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.config.Config;
import com.quotient.db.Database;
import com.quotient.testing.ManualClock;
import com.quotient.testing.TestPostgres;
import com.quotient.time.DatabaseClock;
import io.vertx.core.Future;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventMaintenanceTest {
    private static final Instant NOW = Instant.parse("2026-03-10T15:00:00Z");

    private final AnalyticsDatabase database = new AnalyticsDatabase(TestPostgres.shared());
    private final Config config =
            config("analytics.retention", "30d", "analytics.dedupeRetention", "48h", "analytics.partitionsAhead", "3");
    private final Database pools = database.connect(config);
    private final String business = database.business();
    private final ManualClock clock = new ManualClock(NOW);
    private final EventMaintenance maintenance = maintenance();

    @AfterEach
    void dropDatabase() {
        await(maintenance.stop());
        await(pools.close());
        database.close();
    }

    @Test
    void everyDayThatAnEventMayHaveHasAPartitionBeforeTheServerIsReady() {
        await(maintenance.start());
        assertThat(days()).hasSize(11).startsWith("2026-03-03").endsWith("2026-03-13");
        store(NOW.minus(EventTime.MAX_AGE), NOW.plus(EventTime.MAX_LEAD), NOW.plus(Duration.ofDays(3)));
        assertThat(database.count("event_default")).isZero();
        assertThat(database.count("event_20260310")).isEqualTo(1);
    }

    @Test
    void severalServersMayMaintainAtOnce() {
        await(Future.all(
                IntStream.range(0, 5).mapToObj(i -> maintenance().run()).toList()));
        assertThat(days()).hasSize(11);
    }

    @Test
    void eventsThatCameBeforeTheirPartitionMoveIntoIt() {
        store(NOW, NOW.minus(Duration.ofDays(20)));
        assertThat(database.count("event_default")).isEqualTo(2);
        await(maintenance.run());
        assertThat(database.count("event_default")).isZero();
        assertThat(database.count("event_20260310")).isEqualTo(1);
        assertThat(database.count("event_20260218")).isEqualTo(1);
        assertThat(maintenance.defaultRows()).isZero();
    }

    @Test
    void eventsThatCannotMoveAreCounted() throws SQLException {
        store(NOW);
        try (Connection reader = TestPostgres.connect(database.url());
                Statement statement = reader.createStatement()) {
            reader.setAutoCommit(false);
            // Whoever reads the default partition keeps it from being changed.
            statement.execute("SELECT count(*) FROM event_default");
            assertThatThrownBy(() -> await(maintenance.run())).hasMessageContaining("lock timeout");
            assertThat(maintenance.defaultRows()).isEqualTo(1);
        }
        await(maintenance.run());
        assertThat(maintenance.defaultRows()).isZero();
    }

    @Test
    void eventsOlderThanTheirRetentionAreDroppedByTheDay() {
        await(maintenance.run());
        store(NOW, NOW.minus(Duration.ofDays(7)));
        clock.advance(Duration.ofDays(24));
        await(maintenance.run());
        assertThat(database.query("SELECT occurred_at AT TIME ZONE 'UTC' < '2026-03-10' FROM event"))
                .containsExactly(List.of(false));
        assertThat(days()).doesNotContain("2026-03-03").contains("2026-03-04");
    }

    @Test
    void oldEventsWithoutAPartitionAreDeleted() {
        store(NOW.minus(Duration.ofDays(31)));
        await(maintenance.run());
        assertThat(database.count("event")).isZero();
        assertThat(days()).hasSize(11);
    }

    @Test
    void messageIdsAreForgottenAfterTheirRetentionAndNotBefore() {
        database.execute("INSERT INTO event_message SELECT '" + business + "', 'old-' || n, 'evt_' || n, '"
                + NOW.minus(Duration.ofHours(49)) + "' FROM generate_series(1, 12000) AS n");
        database.execute("INSERT INTO event_message VALUES ('" + business + "', 'young', 'evt_x', '"
                + NOW.minus(Duration.ofHours(47)) + "')");
        await(maintenance.run());
        assertThat(database.query("SELECT message_id FROM event_message")).containsExactly(List.of("young"));
    }

    @Test
    void onlyOneAtATimeDeletes() throws SQLException {
        database.execute("INSERT INTO event_message VALUES ('" + business + "', 'old', 'evt_x', '"
                + NOW.minus(Duration.ofDays(3)) + "')");
        try (Connection other = TestPostgres.connect(database.url());
                Statement statement = other.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(hashtextextended('event_maintenance', 0))");
            await(maintenance.run());
            assertThat(database.count("event_message")).isEqualTo(1);
            assertThat(days()).hasSize(11);
            statement.execute("SELECT pg_advisory_unlock_all()");
        }
        await(maintenance.run());
        assertThat(database.count("event_message")).isZero();
        await(maintenance.run());
    }

    private EventMaintenance maintenance() {
        return new EventMaintenance(
                database.vertx, pools.maintenance(), config.analytics(), new DatabaseClock(clock, System::nanoTime));
    }

    private void store(Instant... times) {
        for (Instant time : times) {
            AnalyticsDatabase.insert(pools, List.of(event(business, time, ofType("t" + UUID.randomUUID()))));
        }
    }

    private List<String> days() {
        return database.query("SELECT day FROM event_day ORDER BY day").stream()
                .map(row -> LocalDate.parse(String.valueOf(row.get(0))).toString())
                .toList();
    }
}
