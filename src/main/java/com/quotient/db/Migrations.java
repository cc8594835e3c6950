package com.quotient.db;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;

/**
 * Brings the schema up to date. Several pods may do so at once: Flyway takes an advisory lock, one applies, the others
 * wait and find nothing left to do.
 */
public final class Migrations {
    private Migrations() {}

    /** Runs on a worker thread; fails when the database is away or a migration fails, and then changes nothing. */
    public static Future<Integer> migrate(Vertx vertx, DatabaseUrl url) {
        return vertx.executeBlocking(() -> migrate(url));
    }

    /** Blocks until the schema is up to date; how many migrations were applied. */
    public static int migrate(DatabaseUrl url) {
        MigrateResult result = flyway(url).migrate();
        return result.migrationsExecuted;
    }

    /** Blocks until it is known how many migrations the schema lacks; changes nothing. */
    public static int pending(DatabaseUrl url) {
        return flyway(url).info().pending().length;
    }

    private static Flyway flyway(DatabaseUrl url) {
        return Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(url.jdbcUrl(), url.user(), url.password() == null ? "" : url.password())
                .locations("classpath:db/migration")
                .validateMigrationNaming(true)
                .load();
    }
}
