package com.quotient.db;

import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.util.List;
import org.flywaydb.core.api.exception.FlywayValidateException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationsTest {
    private final Vertx vertx = Vertx.vertx();
    private String databaseUrl;
    private DatabaseUrl url;
    private Database database;

    @BeforeEach
    void open() {
        databaseUrl = TestServer.freshDatabase();
        url = DatabaseUrl.parse(databaseUrl);
        database = new Database(vertx, TestServer.config(databaseUrl), url);
    }

    @AfterEach
    void close() {
        await(database.close());
        await(vertx.close());
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
