package com.quotient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the packaged jar is made of. */
class JarContentIT {
    private static JarFile jar;
    private static List<String> names;

    @BeforeAll
    static void open() throws IOException {
        jar = new JarFile(RunningJar.JAR.toFile());
        names = jar.stream().map(ZipEntry::getName).toList();
    }

    @AfterAll
    static void close() throws IOException {
        jar.close();
    }

    @Test
    void servicesOfAllLibrariesAreMerged() throws IOException {
        assertThat(text("META-INF/services/org.flywaydb.core.extensibility.Plugin"))
                .contains("org.flywaydb.core.api.migration.baseline.BaselineAppliedMigration")
                .contains("org.flywaydb.database.postgresql.PostgreSQLDatabaseType");
        assertThat(text("META-INF/services/io.vertx.sqlclient.spi.Driver")).contains("io.vertx.pgclient");
        assertThat(text("META-INF/services/org.slf4j.spi.SLF4JServiceProvider")).contains("ch.qos.logback");
        assertThat(text("META-INF/services/java.sql.Driver")).contains("org.postgresql.Driver");
    }

    @Test
    void licensesAndNoticesOfTheLibrariesAreKept() throws IOException {
        assertThat(text("META-INF/LICENSE")).contains("Apache License").contains("PostgreSQL Global Development Group");
        assertThat(text("META-INF/LICENSE.txt")).contains("QOS.ch");
        assertThat(text("META-INF/NOTICE")).contains("Jackson").contains("Micrometer");
        assertThat(text("META-INF/NOTICE.txt"))
                .contains("Apache Commons Compress")
                .contains("Apache Commons IO");
    }

    @Test
    void nothingIsThereTwiceOrSigned() {
        assertThat(names).doesNotHaveDuplicates();
        assertThat(names).noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)"));
    }

    @Test
    void everyPlatformHasItsPostgres() {
        assertThat(names)
                .contains(
                        "postgres-linux-x86_64.txz",
                        "postgres-linux-arm_64.txz",
                        "postgres-darwin-x86_64.txz",
                        "postgres-darwin-arm_64.txz");
    }

    @Test
    void pageOfTheApiHasItsFilesAndNoMore() {
        assertThat(names).contains("openapi.yaml", "docs/index.html", "docs/start.js");
        assertThat(names.stream()
                        .filter(name -> name.startsWith("META-INF/resources/webjars/") && !name.endsWith("/"))
                        .map(name -> name.substring(name.lastIndexOf('/') + 1)))
                .containsExactlyInAnyOrder("swagger-ui.css", "swagger-ui-bundle.js");
    }

    @Test
    void testsAreNotShipped() {
        assertThat(names).noneMatch(name -> name.contains("com/quotient/testing") || name.contains("junit"));
    }

    private static String text(String name) throws IOException {
        ZipEntry entry = jar.getEntry(name);
        assertThat(entry).as(name).isNotNull();
        return new String(jar.getInputStream(entry).readAllBytes(), UTF_8);
    }
}
