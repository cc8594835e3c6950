package com.quotient.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.config.Config;
import com.quotient.config.InvalidSetting;
import com.quotient.testing.Eventually;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordFileTest {
    private static final long PATIENCE_SECONDS = 60;

    @TempDir
    private Path directory;

    private Vertx vertx;
    private String superuser;
    private String role;
    private Path file;

    @BeforeEach
    void makeRole() throws Exception {
        vertx = Vertx.vertx();
        superuser = TestPostgres.shared().url("postgres");
        role = "r_" + UUID.randomUUID().toString().replace("-", "");
        TestPostgres.execute(superuser, "CREATE ROLE " + role + " LOGIN PASSWORD 'first'");
        file = Files.writeString(directory.resolve("password"), "first\n");
    }

    @AfterEach
    void dropRole() throws Exception {
        vertx.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        TestPostgres.execute(superuser, "DROP ROLE " + role);
    }

    @Test
    void aPasswordIsRotatedWithoutARestart() throws Exception {
        Config config =
                TestServer.config(url(), "database.passwordFile", file.toString(), "database.poolIdleTimeout", "100ms");
        DatabaseUrl url = DatabaseUrl.of(config.database());
        Database database = new Database(vertx, config, url);
        try {
            assertThat(userOf(database.maintenance())).isEqualTo(role);

            TestPostgres.execute(superuser, "ALTER ROLE " + role + " PASSWORD 'second'");
            Files.writeString(file, "second");
            // The idle connection ends, and the next one logs in anew.
            Eventually.eventually(
                    Duration.ofSeconds(PATIENCE_SECONDS),
                    () -> TestPostgres.query(superuser, "SELECT 1 FROM pg_stat_activity WHERE usename = '" + role + "'")
                            .isEmpty(),
                    gone -> gone);

            assertThat(userOf(database.maintenance())).isEqualTo(role);
            assertThat(database.connect("test").await(PATIENCE_SECONDS, TimeUnit.SECONDS))
                    .isNotNull();
            assertThat(url.currentPassword()).isEqualTo("second");
        } finally {
            database.close().await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Test
    void aFileThatCannotBeReadIsNamed() {
        Config config = TestServer.config(url(), "database.passwordFile", "/nowhere/password");

        assertThatThrownBy(() -> DatabaseUrl.of(config.database()).currentPassword())
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("database.passwordFile /nowhere/password cannot be read");
    }

    @Test
    void twoPasswordsAreRefused() {
        Config config =
                TestServer.config("postgresql://joe:hunter2@localhost/app", "database.passwordFile", file.toString());

        assertThatThrownBy(() -> DatabaseUrl.of(config.database()))
                .isInstanceOf(InvalidSetting.class)
                .hasMessage("database.url holds a password and database.passwordFile is set; remove one.");
    }

    private String url() {
        DatabaseUrl shared = DatabaseUrl.parse(superuser);
        return "postgresql://" + role + "@" + shared.host() + ":" + shared.port() + "/postgres";
    }

    private static String userOf(Pool pool) throws Exception {
        return pool.query("SELECT current_user::text")
                .execute()
                .await(PATIENCE_SECONDS, TimeUnit.SECONDS)
                .iterator()
                .next()
                .getString(0);
    }
}
