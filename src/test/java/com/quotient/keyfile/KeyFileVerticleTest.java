package com.quotient.keyfile;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyHash;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Servers that follow a directory of key files. */
class KeyFileVerticleTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    private Path mounted;

    @Test
    void keysOfAMountedConfigMapAreAppliedAtTheStartAndWhenItsLinkIsSwapped() throws IOException {
        String key = key();
        mount("1", file(1, key));
        String url = TestServer.migratedDatabase();
        try (TestServer first = start(url);
                TestServer second = start(url)) {
            new TestKeys(first).business();
            eventually(PATIENCE, () -> assertThat(status(first, key)).isEqualTo(200));
            eventually(PATIENCE, () -> assertThat(status(second, key)).isEqualTo(200));
            assertThat(count(url, "SELECT count(*) FROM api_key")).isEqualTo(1);

            mount("2", "name: website\ngeneration: 2\nkeys: []\nprune: true\n");

            eventually(PATIENCE, () -> assertThat(status(first, key)).isEqualTo(401));
            eventually(PATIENCE, () -> assertThat(status(second, key)).isEqualTo(401));
            assertThat(count(url, "SELECT count(*) FROM key_audit WHERE action = 'revoke'"))
                    .isEqualTo(1);
        }
    }

    @Test
    void fileThatIsBrokenOrOlderOrGoneChangesNothingAndIsCounted() throws IOException {
        String key = key();
        Path file = mounted.resolve("website.yaml");
        Files.writeString(file, file(1, key));
        try (TestServer server = start(TestServer.migratedDatabase())) {
            new TestKeys(server).business();
            eventually(PATIENCE, () -> assertThat(status(server, key)).isEqualTo(200));

            Files.writeString(file, "name: website\ngeneration: 2\nkeys:\n");
            eventually(PATIENCE, () -> assertThat(refused(server)).isEqualTo(1));
            Files.delete(file);
            eventually(PATIENCE, () -> assertThat(refused(server)).isZero());
            Files.writeString(file, "name: website\ngeneration: 0\nkeys: []\nprune: true\n");
            eventually(PATIENCE, () -> assertThat(refused(server)).isEqualTo(1));
            Files.writeString(file, file(1, key));
            Path copy = Files.writeString(mounted.resolve("copy.yaml"), file(1, key));
            eventually(PATIENCE, () -> assertThat(refused(server)).isEqualTo(2));
            Files.delete(copy);
            eventually(PATIENCE, () -> assertThat(refused(server)).isZero());
            Path gone = Files.move(mounted, mounted.resolveSibling(mounted.getFileName() + "-gone"));
            eventually(PATIENCE, () -> assertThat(refused(server)).isEqualTo(1));
            Files.move(gone, mounted);

            assertThat(status(server, key)).isEqualTo(200);
        }
    }

    @Test
    void keyThatWasRevokedByHandStaysRevokedAndIsCountedAsDrift() throws IOException {
        String key = key();
        Files.writeString(mounted.resolve("website.yaml"), file(1, key));
        String url = TestServer.migratedDatabase();
        try (TestServer server = start(url)) {
            new TestKeys(server).business();
            eventually(PATIENCE, () -> assertThat(status(server, key)).isEqualTo(200));

            TestPostgres.execute(url, "UPDATE api_key SET status = 'revoked'");

            eventually(PATIENCE, () -> assertThat(server.metric("quotient_key_files_drift"))
                    .isEqualTo(1));
            assertThat(status(server, key)).isEqualTo(401);
        }
    }

    private TestServer start(String url) {
        return TestServer.on(url, "keyFiles.directory", mounted.toString(), "keyFiles.interval", "100ms");
    }

    /** Swaps the link as the kubelet does. */
    private void mount(String version, String content) throws IOException {
        Path data = Files.createDirectories(mounted.resolve(".." + version));
        Files.writeString(data.resolve("website.yaml"), content);
        Path next = Files.createSymbolicLink(mounted.resolve("..next"), data.getFileName());
        Files.move(
                next, mounted.resolve("..data"), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Path visible = mounted.resolve("website.yaml");
        if (!Files.exists(visible)) {
            Files.createSymbolicLink(visible, Path.of("..data", "website.yaml"));
        }
    }

    private static String file(int generation, String key) {
        return "name: website\ngeneration: " + generation + "\nkeys:\n  - {name: backend, type: private, hash: "
                + HexFormat.of().formatHex(KeyHash.of(key).bytes()) + "}\nprune: true\n";
    }

    private static String key() {
        return "sk_test-" + UUID.randomUUID().toString().replace("-", "");
    }

    private static int status(TestServer server, String key) {
        return server.get("/api/v0/whoami", key).statusCode();
    }

    private static double refused(TestServer server) {
        return server.metric("quotient_key_files_refused");
    }

    private static long count(String url, String sql) {
        return (Long) TestPostgres.query(url, sql).get(0).get(0);
    }
}
