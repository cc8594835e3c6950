package com.quotient.db;

import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgBuilder;
import io.vertx.sqlclient.Pool;
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
    private String database;
    private DatabaseUrl url;
    private Pool pool;

    @BeforeEach
    void open() {
        database = TestServer.freshDatabase();
        url = DatabaseUrl.parse(database);
        pool = PgBuilder.pool()
                .connectingTo(url.connectOptions("test"))
                .using(vertx)
                .build();
    }

    @AfterEach
    void close() {
        await(pool.close());
        await(vertx.close());
    }

    @Test
    void schemaIsUpToDateOnceMigrated() {
        assertThat(await(Migrations.isUpToDate(vertx, pool).otherwise(false))).isFalse();

        await(Migrations.migrate(vertx, pool, url));

        assertThat(await(Migrations.isUpToDate(vertx, pool))).isTrue();
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
        await(Migrations.migrate(vertx, pool, url));

        TestPostgres.execute(database, change);

        assertThat(await(Migrations.isUpToDate(vertx, pool).otherwise(false))).isFalse();
    }

    @Test
    void scriptThatWasChangedAfterItWasAppliedStopsTheStart() {
        await(Migrations.migrate(vertx, pool, url));
        TestPostgres.execute(database, "UPDATE flyway_schema_history SET checksum = 1 WHERE installed_rank = 1");

        assertThatThrownBy(() -> await(Migrations.migrate(vertx, pool, url)))
                .isInstanceOf(FlywayValidateException.class)
                .hasMessageContaining("checksum");
    }

    @Test
    void schemaOfANewerReleaseIsServed() throws IOException {
        await(Migrations.migrate(vertx, pool, url));
        TestPostgres.execute(database, """
                INSERT INTO flyway_schema_history
                SELECT 900, '900', 'later', 'SQL', 'V900__later.sql', 7, installed_by, now(), 1, true
                FROM flyway_schema_history LIMIT 1
                """);

        assertThat(await(Migrations.isUpToDate(vertx, pool))).isFalse();
        await(Migrations.migrate(vertx, pool, url));
        assertThat(TestPostgres.query(database, "SELECT count(*) FROM flyway_schema_history"))
                .isEqualTo(List.of(List.of(Migrations.scripts().size() + 1L)));
    }
}
