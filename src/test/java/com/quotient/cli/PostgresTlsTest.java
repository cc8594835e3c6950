package com.quotient.cli;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.db.Database;
import com.quotient.db.DatabaseUrl;
import com.quotient.testing.TestCertificates;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A Postgres with a certificate, asked by the JDBC driver (migrations) and by the asynchronous client. */
@Tag("faults")
@Timeout(120)
@ExtendWith(VertxExtension.class)
class PostgresTlsTest {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private static Path directory;

    private static TestPostgres postgres;
    private static Path authority;
    private static Path otherAuthority;
    private static TestCertificates.Pair valid;
    private static TestCertificates.Pair expired;
    private static TestCertificates.Pair underExpired;

    @BeforeAll
    static void start() {
        postgres = TestPostgres.own();
        TestCertificates certificates = new TestCertificates(directory);
        authority = certificates.authority("authority");
        otherAuthority = certificates.authority("other");
        valid = certificates.server("authority", "valid", "localhost", "-1d", 10);
        expired = certificates.server("authority", "expired", "localhost", "-10d", 5);
        underExpired = certificates.serverOf(
                certificates.intermediate("authority", "middle", "-10d", 5), "under", "localhost");
        show(valid);
    }

    @AfterAll
    static void stop() {
        postgres.close();
    }

    private static void show(TestCertificates.Pair pair) {
        for (String setting : List.of(
                "ssl_cert_file = '" + pair.certificate() + "'", "ssl_key_file = '" + pair.key() + "'", "ssl = on")) {
            TestPostgres.execute(postgres.url(), "ALTER SYSTEM SET " + setting);
        }
        TestPostgres.execute(postgres.url(), "SELECT pg_reload_conf()");
        eventually(SOON, () -> assertThat(TestPostgres.query(postgres.url(), "SHOW ssl_cert_file"))
                .isEqualTo(List.of(List.of(pair.certificate().toString()))));
    }

    private static String url(String host, String parameters) {
        String database = "t_" + UUID.randomUUID().toString().replace("-", "");
        DatabaseUrl url = DatabaseUrl.parse(postgres.createDatabase(database, null));
        return "postgresql://" + url.user() + ":" + url.password() + "@" + host + ":" + url.port() + "/" + database
                + "?" + parameters;
    }

    private static CommandRun run(String url, String... command) {
        return CommandRun.of(
                Map.of(
                        "QUOTIENT_DATABASE_URL", url,
                        "QUOTIENT_HTTP_PORT", "0",
                        "QUOTIENT_MANAGEMENT_HOST", "127.0.0.1",
                        "QUOTIENT_MANAGEMENT_PORT", "0"),
                "",
                command);
    }

    @ParameterizedTest
    @CsvSource({
        "disable, 127.0.0.1, false",
        "allow, 127.0.0.1, false",
        "prefer, 127.0.0.1, true",
        "require, 127.0.0.1, true",
        "verify-ca, 127.0.0.1, true",
        "verify-full, localhost, true"
    })
    void everyModeReachesAServerWithACertificate(String mode, String host, boolean encrypted) {
        String verified = mode.startsWith("verify") ? "&sslrootcert=" + authority : "";
        String url = url(host, "sslmode=" + mode + verified);

        try (TestServer server = TestServer.on(url)) {
            assertThat(TestPostgres.query(
                            postgres.url(),
                            "SELECT DISTINCT ssl FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) WHERE datname = '"
                                    + DatabaseUrl.parse(url).database() + "' AND application_name LIKE 'quotient-%'"))
                    .isEqualTo(List.of(List.of(encrypted)));
            assertThat(server.get("/api/v0/whoami", "sk_none").statusCode()).isEqualTo(401);
        }
    }

    /** The migrations run first and would hide it. */
    @ParameterizedTest
    @CsvSource({"127.0.0.1, authority", "localhost, other"})
    void asynchronousClientVerifiesTheServerByItself(String host, String trusted, Vertx vertx) {
        String text = url(host, "sslmode=verify-full&sslrootcert=" + directory.resolve(trusted + ".pem"));
        Database database = new Database(vertx, TestServer.config(text), DatabaseUrl.parse(text));

        assertThatThrownBy(() -> TestServer.await(database.connect("test")))
                .hasMessageContaining("SSL handshake failed");
        TestServer.await(database.close());
    }

    @ParameterizedTest
    @ValueSource(strings = {"migrate", "key list", "serve"})
    void certificateOfAnotherAuthorityIsExplained(String command) {
        for (String trust : List.of("&sslrootcert=" + otherAuthority, "")) {
            assertThat(refused(url("localhost", "sslmode=verify-full" + trust), command))
                    .contains("is not signed by a trusted authority", "sslrootcert");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"migrate", "key list", "serve"})
    void certificateOfAnotherHostIsExplained(String command) {
        assertThat(refused(url("127.0.0.1", "sslmode=verify-full&sslrootcert=" + authority), command))
                .contains("is issued for localhost, and not for 127.0.0.1", "database.url");
    }

    @ParameterizedTest
    @ValueSource(strings = {"migrate", "key list", "serve"})
    void certificateThatHasExpiredIsExplained(String command) {
        show(expired);
        try {
            assertThat(refused(url("localhost", "sslmode=verify-full&sslrootcert=" + authority), command))
                    .contains("The certificate of the database", "has expired", "renew it");
        } finally {
            show(valid);
        }
    }

    @Test
    void authorityThatHasExpiredIsNamed() {
        show(underExpired);
        try {
            assertThat(refused(url("localhost", "sslmode=verify-full&sslrootcert=" + authority), "migrate"))
                    .contains("that of CN=middle has expired");
        } finally {
            show(valid);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"migrate", "key list", "serve"})
    void authorityThatCannotBeReadIsExplained(String command) {
        String missing = directory.resolve("missing.pem").toString();
        for (String file : List.of(missing, valid.key().toString())) {
            CommandRun run = run(url("localhost", "sslmode=verify-full&sslrootcert=" + file), command.split(" "));

            assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
            assertThat(run.sentence()).contains(file, "sslrootcert");
        }
    }

    @Test
    void expiredCertificateIsUnavailableAndNotBrokenOnceTheServerRuns() {
        String url = url("localhost", "sslmode=verify-full&sslrootcert=" + authority);
        try (TestServer server = TestServer.on(url, "database.poolIdleTimeout", "100ms")) {
            TestKeys keys = new TestKeys(server);
            String key = keys.secret(keys.business());
            show(expired);

            eventually(SOON, () -> assertThat(
                            server.get("/api/v0/audience/lists", key).statusCode())
                    .isEqualTo(503));
        } finally {
            show(valid);
        }
    }

    private static String refused(String url, String command) {
        CommandRun run = run(url, command.split(" "));
        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        return run.sentence();
    }
}
