package com.quotient.db;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(VertxExtension.class)
class MigrationsTest {
    /** Stops whoever creates the table business, until the connection that holds the lock is closed. */
    private static final String GATE = """
            CREATE SCHEMA gate;
            CREATE FUNCTION gate.wait() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
                IF to_regclass('public.business') IS NOT NULL THEN
                    PERFORM pg_advisory_xact_lock_shared(4711);
                END IF;
            END $$;
            CREATE EVENT TRIGGER gate ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION gate.wait();
            SELECT pg_advisory_lock(4711)
            """;

    private static final String HISTORY = """
            SELECT installed_rank, version, description, type, script, checksum, success FROM flyway_schema_history
            ORDER BY installed_rank
            """;

    private Vertx vertx;
    private String databaseUrl;
    private DatabaseUrl url;
    private Database database;

    @BeforeEach
    void open(Vertx vertx) {
        this.vertx = vertx;
        databaseUrl = TestServer.freshDatabase();
        url = DatabaseUrl.parse(databaseUrl);
        database = new Database(vertx, TestServer.config(databaseUrl), url);
    }

    @AfterEach
    void close() {
        await(database.close());
    }

    @Test
    void schemaIsUpToDateOnceMigrated() {
        assertThat(await(Migrations.isUpToDate(vertx, database).otherwise(false)))
                .isFalse();

        await(Migrations.migrate(vertx, database, url));

        assertThat(await(Migrations.isUpToDate(vertx, database))).isTrue();
        assertThat(Migrations.pending(url)).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "UPDATE flyway_schema_history SET checksum = checksum + 1 WHERE installed_rank = 2",
                "UPDATE flyway_schema_history SET success = false WHERE installed_rank = 2",
                "DELETE FROM flyway_schema_history WHERE installed_rank = 1",
                "ALTER TABLE flyway_schema_history RENAME TO gone",
                "CREATE SCHEMA postgres"
            })
    void historyThatIsNotOursIsLeftToFlyway(String change) {
        await(Migrations.migrate(vertx, database, url));

        TestPostgres.execute(databaseUrl, change);

        assertThat(await(Migrations.isUpToDate(vertx, database).otherwise(false)))
                .isFalse();
    }

    @Test
    void scriptThatWasChangedAfterItWasAppliedStopsTheStart() {
        await(Migrations.migrate(vertx, database, url));
        TestPostgres.execute(databaseUrl, "UPDATE flyway_schema_history SET checksum = 1 WHERE installed_rank = 1");

        assertThatThrownBy(() -> await(Migrations.migrate(vertx, database, url)))
                .isInstanceOf(FlywayValidateException.class)
                .hasMessageContaining("checksum");
    }

    /** As a server leaves it that dies between the commit of a script and that of Flyway's history. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void scriptsThatTheHistoryLacksAreNotAppliedAgain(int lacking) throws IOException {
        Migrations.migrate(url);
        List<List<Object>> history = TestPostgres.query(databaseUrl, HISTORY);
        TestPostgres.execute(
                databaseUrl,
                "DELETE FROM flyway_schema_history WHERE installed_rank > "
                        + (Migrations.scripts().size() - lacking));

        assertThat(Migrations.migrate(url)).isZero();

        assertThat(TestPostgres.query(databaseUrl, HISTORY)).isEqualTo(history);
        assertThat(await(Migrations.isUpToDate(vertx, database))).isTrue();
    }

    /** Four rounds of five servers each; in every second round the one that migrates is killed within a script. */
    @Tag("slow")
    @Test
    void fiveServersThatStartAtOnceMigrateAnEmptyDatabaseOnce() throws Exception {
        for (int round = 0; round < 4; round++) {
            boolean kill = round % 2 == 1;
            String fresh = TestServer.freshDatabase();
            DatabaseUrl target = DatabaseUrl.parse(fresh);
            List<Future<Integer>> starts = new ArrayList<>();
            try (Connection gate = TestPostgres.connect(fresh);
                    java.sql.Statement statement = gate.createStatement()) {
                if (kill) {
                    statement.execute(GATE);
                }
                for (int i = 0; i < 5; i++) {
                    starts.add(vertx.executeBlocking(() -> Migrations.migrate(target), false));
                }
                if (kill) {
                    eventually(Duration.ofSeconds(60), () -> killAtTheGate(fresh), killed -> killed);
                }
            }
            await(Future.join(starts).otherwiseEmpty());

            assertThat(starts.stream().filter(Future::failed).map(Future::cause))
                    .as("round %d", round)
                    .hasSize(kill ? 1 : 0);
            assertThat(Migrations.pending(target)).as("round %d", round).isZero();
            assertThat(TestPostgres.query(
                            fresh, "SELECT count(*), count(DISTINCT version) FROM flyway_schema_history WHERE success"))
                    .isEqualTo(List.of(List.of((long) Migrations.scripts().size(), (long)
                            Migrations.scripts().size())));
        }
    }

    /** Ends the connection that waits at the gate, if there is one. */
    private static boolean killAtTheGate(String url) {
        return !TestPostgres.query(url, """
                        SELECT pg_terminate_backend(pid) FROM pg_locks
                        WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted
                            AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                        """).isEmpty();
    }

    @Test
    void schemaOfANewerReleaseIsServed() throws IOException {
        await(Migrations.migrate(vertx, database, url));
        TestPostgres.execute(databaseUrl, """
                INSERT INTO flyway_schema_history
                SELECT 900, '900', 'later', 'SQL', 'V900__later.sql', 7, installed_by, now(), 1, true
                FROM flyway_schema_history LIMIT 1
                """);

        assertThat(await(Migrations.isUpToDate(vertx, database))).isFalse();
        await(Migrations.migrate(vertx, database, url));
        assertThat(TestPostgres.query(databaseUrl, "SELECT count(*) FROM flyway_schema_history"))
                .isEqualTo(List.of(List.of(Migrations.scripts().size() + 1L)));
    }
}
