package com.quotient.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a person meets when something is wrong: one sentence that says what to do, and an exit code. */
class FailuresTest {
    @TempDir
    Path directory;

    @Test
    void unknownSettingNamesTheNearestKnownOne() throws IOException {
        assertUsage(Map.of("QUOTIENT_DATABSE_URL", "x"), "QUOTIENT_DATABASE_URL", "key", "list");
        Path file = Files.writeString(directory.resolve("settings.json"), "{\"http\":{\"prot\":1}}");
        assertUsage(Map.of(), "http.port", "serve", "--config", file.toString());
        assertUsage(Map.of(), "http.port", "--config", file.toString());
    }

    @Test
    void invalidUrlIsNamedWithoutItsPassword() {
        CommandRun run = run(Map.of("QUOTIENT_DATABASE_URL", "mysql://me:hunter2@host/db"), "key", "list");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.sentence()).contains("postgresql://").doesNotContain("hunter2");
    }

    @Test
    void unreachableDatabaseIsNamed() throws IOException {
        int port = freePort();
        for (String command : new String[] {"migrate", "key list"}) {
            CommandRun run = run(
                    Map.of("QUOTIENT_DATABASE_URL", "postgresql://me:hunter2@127.0.0.1:" + port + "/db"),
                    command.split(" "));
            assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(run.sentence())
                    .contains("127.0.0.1:" + port + "/db cannot be reached", "QUOTIENT_DATABASE_URL")
                    .doesNotContain("hunter2");
        }
    }

    @Test
    void wrongPasswordStopsEveryCommand() {
        String url = "postgresql://postgres:wrong-one@127.0.0.1:"
                + TestPostgres.shared().port() + "/quotient";
        for (String command : new String[] {"migrate", "key list", "serve"}) {
            CommandRun run = run(onFreePorts(url), command.split(" "));
            assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(run.sentence()).contains("refuses the login of postgres").doesNotContain("wrong-one");
        }
    }

    @Test
    void missingPasswordStopsEveryCommand() {
        String url = "postgresql://postgres@127.0.0.1:" + TestPostgres.shared().port() + "/quotient";
        for (String command : new String[] {"migrate", "key list", "serve"}) {
            CommandRun run = run(onFreePorts(url), command.split(" "));
            assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(run.sentence()).contains("password", "QUOTIENT_DATABASE_URL");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"require", "verify-ca", "verify-full"})
    void missingTlsStopsEveryCommandInTheModesThatDemandIt(String mode) {
        String url = TestPostgres.shared().url("quotient") + "?sslmode=" + mode;
        for (String command : new String[] {"migrate", "key list", "serve"}) {
            CommandRun run = run(onFreePorts(url), command.split(" "));
            assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(run.sentence()).contains("SSL", "sslmode");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"disable", "allow", "prefer"})
    void missingTlsIsAcceptedInTheOtherModes(String mode) {
        String url = TestServer.freshDatabase() + "?sslmode=" + mode;

        assertThat(run(Map.of("QUOTIENT_DATABASE_URL", url), "migrate").exitCode())
                .isEqualTo(ExitCodes.OK);
    }

    @Test
    void databaseThatDoesNotExistIsNamed() {
        CommandRun run =
                run(Map.of("QUOTIENT_DATABASE_URL", TestPostgres.shared().url("nowhere")), "migrate");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.sentence()).contains("no such database").contains("/nowhere");
    }

    @Test
    void missingSchemaIsCreatedByMigrateOnly() {
        Map<String, String> environment = Map.of("QUOTIENT_DATABASE_URL", TestServer.freshDatabase());

        CommandRun before = run(environment, "key", "list");
        assertThat(before.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(before.sentence()).contains("run 'quotient migrate' first");
        assertThat(run(environment, "migrate", "--json").json().get("applied").asInt())
                .isPositive();
        assertThat(run(environment, "migrate").out()).contains("is up to date");
        assertThat(run(environment, "key", "list").exitCode()).isZero();
    }

    @Test
    void databaseOfAnotherProgramIsLeftUnchanged() {
        String url = TestServer.freshDatabase();
        TestPostgres.execute(url, "CREATE VIEW event AS SELECT 1");
        TestPostgres.execute(url, "CREATE VIEW api_key AS SELECT 1");

        for (String command : new String[] {"migrate", "serve"}) {
            CommandRun run = run(onFreePorts(url), command);
            assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(run.sentence())
                    .contains("contains tables of another program", "QUOTIENT_DATABASE_URL")
                    .doesNotContain("baseline");
        }
    }

    @Test
    void directoryThatPostgresCannotBeStartedInIsNamed() {
        for (String name : new String[] {"a$HOME", "a\"b", "a`b`"}) {
            CommandRun run = run(
                    Map.of("QUOTIENT_DATA_DIRECTORY", directory.resolve(name).toString()), "key", "list");
            assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(run.sentence()).contains(name, "QUOTIENT_DATA_DIRECTORY");
        }
    }

    @Test
    void busyPortIsNamedWithTheSettingThatMovesIt() throws IOException {
        String url = TestServer.freshDatabase();
        for (String setting : new String[] {"QUOTIENT_HTTP_PORT", "QUOTIENT_MANAGEMENT_PORT"}) {
            try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                Map<String, String> environment = onFreePorts(url);
                environment.put(setting, Integer.toString(busy.getLocalPort()));
                CommandRun run = run(environment, "serve");
                assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
                assertThat(run.sentence())
                        .isEqualTo("Port " + busy.getLocalPort() + " is in use; set " + setting
                                + " to another one, or stop what listens there.");
            }
        }
    }

    private static void assertUsage(Map<String, String> environment, String nearest, String... arguments) {
        CommandRun run = run(environment, arguments);
        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.sentence()).startsWith("Unknown setting").contains("nearest known one is " + nearest);
    }

    private static Map<String, String> onFreePorts(String url) {
        return new HashMap<>(Map.of(
                "QUOTIENT_DATABASE_URL", url,
                "QUOTIENT_HTTP_HOST", "127.0.0.1",
                "QUOTIENT_HTTP_PORT", "0",
                "QUOTIENT_MANAGEMENT_HOST", "127.0.0.1",
                "QUOTIENT_MANAGEMENT_PORT", "0"));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static CommandRun run(Map<String, String> environment, String... arguments) {
        return CommandRun.of(environment, "", arguments);
    }
}
