package com.quotient;

import static com.quotient.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.testing.Markdown;
import com.quotient.testing.TestPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code java -jar quotient-standalone.jar} in an empty directory, and again in the same one; and the production jar. */
class JarIT {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final Duration TRAINING = Duration.ofMinutes(2);
    private static final String LOG_CLASSES = "-Xlog:class+load:file=classes.log";
    private static final Path CREDENTIALS = Path.of("data", "dev-credentials.json");

    /** One for all tests of a class, since only the first start there takes long. */
    @TempDir
    private static Path directory;

    Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    @Test
    @SuppressWarnings("try") // It only has to run.
    void firstEventIsStoredAndReadBack() throws Exception {
        try (RunningJar server = serve()) {
            JsonNode tracked = sendEvent();
            JsonNode read = readEvent();

            assertThat(tracked.path("success").asBoolean()).as("%s", tracked).isTrue();
            assertThat(read.path("events")).as("%s", read).hasSize(1);
            JsonNode event = read.path("events").get(0);
            assertThat(event.path("id")).isEqualTo(tracked.path("eventId"));
            assertThat(event.path("eventType").asText()).isEqualTo("pageView");
            assertThat(event.path("url").asText()).isEqualTo("https://example.com/");
        }
    }

    @Test
    void credentialsAreThereForTheirOwnerAlone() throws Exception {
        try (RunningJar server = serve()) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(CREDENTIALS))))
                    .isEqualTo("rw-------");
            JsonNode credentials = credentials();
            assertThat(credentials.fieldNames())
                    .toIterable()
                    .containsExactlyInAnyOrder(
                            "apiUrl", "managementUrl", "businessId", "email", "password", "publicKey", "privateKey");
            assertThat(server.line("API  ")).endsWith(credentials.path("apiUrl").asText());
            assertThat(server.line("Management  "))
                    .endsWith(credentials.path("managementUrl").asText());
            assertThat(server.line("Keys, login  ")).endsWith(CREDENTIALS.toString());
            for (String secret : List.of("publicKey", "privateKey", "password")) {
                assertThat(server.out() + server.err())
                        .as("%s in a file", secret)
                        .doesNotContain(credentials.path(secret).asText());
            }
        }
    }

    @Test
    void laterStartsKeepTheKeysAndStopInTimeWithTheirPostgres() throws Exception {
        JsonNode first;
        try (RunningJar server = serve()) {
            first = credentials();
            assertThat(server.postgres()).isNotEmpty();

            server.terminate(STOP);

            // 128 and the number of the signal: the JVM's exit code after SIGTERM.
            assertThat(server.exitCode()).isIn(0, 143);
            eventually(STOP, server::isPostgresGone, gone -> gone);
        }
        try (RunningJar server = serve()) {
            assertThat(server.err()).doesNotContain("Unpacking", "Creating");
            JsonNode second = credentials();
            assertThat(List.of("businessId", "email", "password", "publicKey", "privateKey"))
                    .allSatisfy(member -> assertThat(second.path(member)).isEqualTo(first.path(member)));
        }
    }

    @Test
    void killedServerComesBackWithItsData() throws Exception {
        JsonNode tracked;
        try (RunningJar server = serve()) {
            tracked = sendEvent();
            server.kill();

            try (RunningJar next = serve()) {
                JsonNode newest = readEvent().path("events").path(0);
                assertThat(newest.path("id")).isEqualTo(tracked.path("eventId"));
                next.terminate(STOP);
                eventually(STOP, () -> server.isPostgresGone() && next.isPostgresGone(), gone -> gone);
            }
        }
    }

    @Test
    @SuppressWarnings("try") // It only has to run.
    void commandsAndASecondServerKnowOfTheRunningOne() throws Exception {
        try (RunningJar server = serve()) {
            RunningJar list = run(Map.of(), "key", "list", "--json");
            assertThat(list.exitCode()).as(list.err()).isZero();
            JsonNode keys = JSON.readTree(list.out()).path("keys");
            assertThat(keys)
                    .extracting(key -> key.path("name").asText())
                    .contains("Demo public key", "Demo private key");
            assertThat(list.out())
                    .doesNotContain(credentials().path("privateKey").asText());

            RunningJar second = run(Map.of());
            assertThat(second.exitCode()).isEqualTo(1);
            assertThat(sentences(second)).singleElement().asString().startsWith("Another Quotient is already running");
            assertThat(sendEvent().path("success").asBoolean()).isTrue();
        }
    }

    @Test
    void busyPortIsOneSentence() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 1, InetAddress.getByName("0.0.0.0"))) {
            String port = Integer.toString(busy.getLocalPort());

            RunningJar refused = run(Map.of("QUOTIENT_HTTP_PORT", port, "QUOTIENT_MANAGEMENT_PORT", "0"));

            assertThat(refused.exitCode()).isEqualTo(1);
            assertThat(sentences(refused))
                    .containsExactly("Port " + port + " is in use; set QUOTIENT_HTTP_PORT to another one, or stop"
                            + " what listens there.");
        }
    }

    @Test
    void unknownSettingIsOneSentence() {
        RunningJar refused = run(Map.of("QUOTIENT_HTTP_PROT", "8080"));

        assertThat(refused.exitCode()).isEqualTo(2);
        assertThat(sentences(refused))
                .singleElement()
                .asString()
                .contains("QUOTIENT_HTTP_PROT")
                .contains("QUOTIENT_HTTP_PORT");
    }

    @Tag("slow")
    @Test
    void laterStartFindsTheSchemaUpToDateWithoutTheToolThatMigrates() throws IOException {
        serve().close();
        try (RunningJar later = RunningJar.serve(java(), List.of(LOG_CLASSES), directory)) {
            later.terminate(STOP);
        }

        assertThat(loadedClasses(directory))
                .anyMatch(line -> line.contains(" com.quotient.db.Migrations "))
                .noneMatch(line -> line.contains(" org.flywaydb."));
    }

    @Test
    void productionJarWithoutADatabaseSaysInOneSentenceWhatToSet(@TempDir Path empty) throws IOException {
        RunningJar refused = RunningJar.run(java(), RunningJar.SERVER, empty, Map.of());

        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(sentences(refused))
                .singleElement()
                .asString()
                .startsWith("This jar contains no Postgres")
                .contains("set QUOTIENT_DATABASE_URL")
                .contains("quotient-standalone.jar");
        assertThat(empty.resolve("data")).doesNotExist();
    }

    @Tag("slow")
    @Test
    void productionJarStartsFromTheFileThatTheOperationsGuideMakes(@TempDir Path empty) throws Exception {
        List<String> commands = Markdown.read(Path.of("docs", "operations.md")).blocks().stream()
                .map(Markdown.Block::text)
                .filter(text -> text.contains(archiving()))
                .findFirst()
                .orElseThrow()
                .replace("quotient.jar", RunningJar.SERVER.toString())
                .replace("postgresql://quotient:secret@localhost:5432/training", database("training"))
                .lines()
                .toList();
        String start = commands.get(commands.size() - 1);
        assertThat(start).startsWith("java -XX:").endsWith(" -jar " + RunningJar.SERVER);

        train(empty, String.join("\n", commands.subList(0, commands.size() - 1)));
        List<String> options = List.of(start.split(" ")[1], LOG_CLASSES);
        try (RunningJar server = RunningJar.serve(java(), options, empty, database("production"))) {
            server.terminate(STOP);
        }

        assertThat(loadedClasses(empty))
                .anyMatch(
                        line -> line.contains(" com.quotient.server.Server ") && line.contains("shared objects file"));
    }

    private static String database(String name) {
        return TestPostgres.shared()
                .createDatabase(name + "_" + UUID.randomUUID().toString().replace("-", ""), null);
    }

    /** The option that makes the file in a training run. */
    String archiving() {
        return "-XX:ArchiveClassesAtExit=";
    }

    /** Runs commands as a person does who has this JDK, and ports of his own. */
    private void train(Path directory, String commands) throws IOException, InterruptedException {
        String port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = Integer.toString(free.getLocalPort());
        }
        Path output = directory.resolve("training.log");
        ProcessBuilder builder = new ProcessBuilder("bash", "-e", "-c", commands.replace("8081", port))
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        RunningJar.forgetSettings(builder);
        builder.environment()
                .putAll(Map.of(
                        "PATH",
                        java().getParent() + ":" + System.getenv("PATH"),
                        "QUOTIENT_HTTP_PORT",
                        "0",
                        "QUOTIENT_MANAGEMENT_PORT",
                        port));
        Process training = builder.start();
        try {
            assertThat(training.waitFor(TRAINING.toSeconds(), TimeUnit.SECONDS) && training.exitValue() == 0)
                    .as("%s\n%s", commands, Files.readString(output))
                    .isTrue();
        } finally {
            training.descendants().forEach(ProcessHandle::destroy);
            training.destroy();
        }
    }

    private static List<String> loadedClasses(Path directory) throws IOException {
        return Files.readAllLines(directory.resolve("classes.log"));
    }

    private RunningJar serve() {
        RunningJar server = RunningJar.serve(java(), directory);
        try {
            // Nor does the JVM say anything, of native access for instance.
            assertThat(sentences(server)).isEmpty();
            return server;
        } catch (Throwable e) {
            server.close();
            throw e;
        }
    }

    private RunningJar run(Map<String, String> settings, String... arguments) {
        return RunningJar.run(java(), RunningJar.STANDALONE, directory, settings, arguments);
    }

    /** What it printed to standard error but its progress. */
    private static List<String> sentences(RunningJar jar) {
        return jar.err().lines().filter(line -> !line.endsWith("…")).toList();
    }

    private static JsonNode credentials() throws IOException {
        return JSON.readTree(directory.resolve(CREDENTIALS).toFile());
    }

    private static JsonNode sendEvent() throws IOException, InterruptedException {
        return paste("curl -s " + credentials().path("apiUrl").asText()
                + "/api/v0/analytics -H 'Authorization: Bearer "
                + credentials().path("publicKey").asText()
                + "' -H 'Content-Type: application/json'"
                + " -d '{\"eventType\":\"pageView\",\"url\":\"https://example.com/\"}'");
    }

    private static JsonNode readEvent() throws IOException, InterruptedException {
        return paste("curl -s '" + credentials().path("apiUrl").asText()
                + "/api/v0/analytics/events?limit=1' -H 'Authorization: Bearer "
                + credentials().path("privateKey").asText() + "'");
    }

    /** Does what a person does with a command of the documents; its output. */
    private static JsonNode paste(String command) throws IOException, InterruptedException {
        Process bash = new ProcessBuilder("bash", "-c", command).start();
        String output = new String(bash.getInputStream().readAllBytes(), UTF_8);
        String complaint = new String(bash.getErrorStream().readAllBytes(), UTF_8);
        assertThat(bash.waitFor()).as("%s\n%s%s", command, output, complaint).isZero();
        return JSON.readTree(output);
    }
}
