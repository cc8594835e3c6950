package com.quotient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What the packaged jars are made of. */
@ParameterizedClass
@MethodSource("jars")
class JarContentIT {
    private static final long SERVER_LIMIT = 45L << 20;

    private final JarFile jar;
    private final List<String> names;

    JarContentIT(Path file) throws IOException {
        jar = new JarFile(file.toFile());
        names = jar.stream().map(ZipEntry::getName).toList();
    }

    static List<Path> jars() {
        return List.of(RunningJar.SERVER, RunningJar.STANDALONE);
    }

    @AfterEach
    void close() throws IOException {
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
    void noticeNamesEveryLibraryOfTheBillOfMaterials() throws IOException {
        String notice = text("META-INF/NOTICE");
        JsonNode components = new ObjectMapper()
                .readTree(Path.of("target", "quotient-sbom.json").toFile())
                .path("components");

        assertThat(components).hasSizeGreaterThan(50).allSatisfy(component -> {
            assertThat(notice).contains(component.path("group").asText());
            assertThat(component.path("licenses")).as("%s", component).isNotEmpty();
        });
    }

    @Test
    void nothingIsThereTwiceOrSigned() {
        assertThat(names).doesNotHaveDuplicates();
        assertThat(names).noneMatch(name -> name.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)"));
    }

    @Test
    void onlyTheStandaloneJarHasAPostgresForEachPlatform() {
        assertThat(names.stream().filter(name -> name.startsWith("postgres-")))
                .containsExactlyInAnyOrder(
                        isStandalone()
                                ? new String[] {
                                    "postgres-linux-x86_64.txz",
                                    "postgres-linux-arm_64.txz",
                                    "postgres-darwin-x86_64.txz",
                                    "postgres-darwin-arm_64.txz"
                                }
                                : new String[0]);
    }

    @Test
    void productionJarIsSmall() throws IOException {
        if (!isStandalone()) {
            assertThat(Files.size(Path.of(jar.getName()))).isLessThan(SERVER_LIMIT);
        }
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

    private boolean isStandalone() {
        return jar.getName().equals(RunningJar.STANDALONE.toString());
    }

    private String text(String name) throws IOException {
        ZipEntry entry = jar.getEntry(name);
        assertThat(entry).as(name).isNotNull();
        return new String(jar.getInputStream(entry).readAllBytes(), UTF_8);
    }
}
