package com.quotient.db;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.spi.DatabaseMetadata;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.JarURLConnection;
import java.net.URI;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.output.MigrateResult;
import org.jspecify.annotations.Nullable;

/**
 * Migrates the schema. Several servers may do so at once: Flyway takes an advisory lock, one applies the scripts, and
 * the others wait and find nothing to do.
 */
public final class Migrations {
    private static final String DIRECTORY = "db/migration/";

    // Flyway would ignore the history of another schema in the search path.
    private static final String HISTORY = """
            SELECT script, checksum, success FROM flyway_schema_history
            WHERE 'flyway_schema_history'::regclass
                = to_regclass(quote_ident(current_schema()) || '.flyway_schema_history')
            ORDER BY installed_rank
            """;

    private Migrations() {}

    /** A row of Flyway's history, without what differs between databases. */
    private record Applied(String script, @Nullable Integer checksum, boolean success) {
        static Applied of(Row row) {
            return new Applied(row.getString(0), row.getInteger(1), row.getBoolean(2));
        }
    }

    /**
     * Fails if the database is unavailable or a migration fails, and then changes nothing. Flyway runs on a worker
     * thread, and only if the history differs from the expected one, since loading it takes longer than the rest of a
     * start.
     */
    public static Future<Void> migrate(Vertx vertx, Database database, DatabaseUrl url) {
        return needsFlyway(vertx, database, url)
                .compose(needed ->
                        needed ? vertx.executeBlocking(() -> migrate(url)).mapEmpty() : Future.succeededFuture());
    }

    /**
     * The number of pending migrations; changes nothing. Loads Flyway as {@link #migrate(Vertx, Database, DatabaseUrl)}
     * does.
     */
    public static Future<Integer> pending(Vertx vertx, Database database, DatabaseUrl url) {
        return needsFlyway(vertx, database, url)
                .compose(needed -> needed ? vertx.executeBlocking(() -> pending(url)) : Future.succeededFuture(0));
    }

    private static Future<Boolean> needsFlyway(Vertx vertx, Database database, DatabaseUrl url) {
        return requireSupported(database, url)
                .compose(supported -> isUpToDate(vertx, database))
                .map(upToDate -> !upToDate)
                // Flyway reports any other fault of the database.
                .recover(failure -> PgErrors.isUnavailable(failure) || failure instanceof UnsupportedPostgres
                        ? Future.failedFuture(failure)
                        : Future.succeededFuture(true));
    }

    /** Blocks until the schema is up to date; returns the number of applied migrations. */
    public static int migrate(DatabaseUrl url) {
        requireSupported(url);
        MigrateResult result = flyway(url).migrate();
        return result.migrationsExecuted;
    }

    /** Blocks; returns the number of pending migrations and changes nothing. */
    static int pending(DatabaseUrl url) {
        requireSupported(url);
        return flyway(url).info().pending().length;
    }

    private static Future<Void> requireSupported(Database database, DatabaseUrl url) {
        return database.connect("migrations").compose(connection -> Future.<Void>future(checked -> {
                    DatabaseMetadata server = connection.databaseMetadata();
                    UnsupportedPostgres.refuse(server.majorVersion(), server.fullVersion(), url);
                    checked.complete();
                })
                .eventually(connection::close));
    }

    private static void requireSupported(DatabaseUrl url) {
        try (Connection connection = DriverManager.getConnection(url.jdbcUrl(), url.user(), url.currentPassword())) {
            DatabaseMetaData server = connection.getMetaData();
            UnsupportedPostgres.refuse(server.getDatabaseMajorVersion(), server.getDatabaseProductVersion(), url);
        } catch (SQLException e) {
            // The caller explains the failure by its SQLSTATE. Naming an exception of Flyway would load Flyway at every
            // start.
            throw new IllegalStateException(e);
        }
    }

    /** Whether the history matches the scripts exactly. */
    static Future<Boolean> isUpToDate(Vertx vertx, Database database) {
        return vertx.executeBlocking(Migrations::expected)
                // Outside the pools, whose wait is that of a request: the first connection of a process takes longer.
                .compose(expected -> database.connect("migrations")
                        .compose(connection -> history(connection).eventually(connection::close))
                        .map(expected::equals));
    }

    private static Future<List<Applied>> history(SqlClient client) {
        return client.query(HISTORY).execute().map(rows -> {
            List<Applied> history = new ArrayList<>();
            rows.forEach(row -> history.add(Applied.of(row)));
            return history;
        });
    }

    private static List<Applied> expected() throws IOException {
        List<Applied> expected = new ArrayList<>();
        for (String script : scripts()) {
            expected.add(new Applied(script, checksum(script), true));
        }
        return expected;
    }

    /** The names of all scripts, in version order. */
    static List<String> scripts() throws IOException {
        URLConnection directory = resource("").openConnection();
        try (Stream<String> files = directory instanceof JarURLConnection jar
                ? jar.getJarFile().stream().map(ZipEntry::getName)
                : Files.list(Path.of(URI.create(directory.getURL().toString())))
                        .map(file -> DIRECTORY + file.getFileName())) {
            return files.filter(name -> name.startsWith(DIRECTORY) && name.endsWith(".sql"))
                    .map(name -> name.substring(DIRECTORY.length()))
                    .sorted()
                    .toList();
        }
    }

    /** As Flyway computes it: over the lines without their ends. */
    private static int checksum(String script) throws IOException {
        CRC32 checksum = new CRC32();
        try (BufferedReader reader =
                new BufferedReader(new InputStreamReader(resource(script).openStream(), StandardCharsets.UTF_8))) {
            reader.lines().forEach(line -> checksum.update(line.getBytes(StandardCharsets.UTF_8)));
        }
        return (int) checksum.getValue();
    }

    private static URL resource(String script) {
        return Objects.requireNonNull(Migrations.class.getResource("/" + DIRECTORY + script), script);
    }

    private static Flyway flyway(DatabaseUrl url) {
        return Flyway.configure(Migrations.class.getClassLoader())
                .dataSource(url.jdbcUrl(), url.user(), url.currentPassword())
                .locations("classpath:" + DIRECTORY)
                .validateMigrationNaming(true)
                .callbacks(new AppliedScripts())
                // Hides the notice that an extension exists already.
                .initSql("SET client_min_messages = warning")
                .load();
    }
}
