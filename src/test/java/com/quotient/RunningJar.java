package com.quotient;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The packaged jar as a separate process, as users run it: in any directory, with settings in the environment. Settings
 * and Java options of the test run do not reach it.
 */
final class RunningJar implements AutoCloseable {
    /** For production: it contains no Postgres. */
    static final Path SERVER = Path.of("target", "quotient.jar").toAbsolutePath();

    /** The same with an embedded Postgres. */
    static final Path STANDALONE = Path.of("target", "quotient-standalone.jar").toAbsolutePath();

    /** A first start unpacks Postgres, and other work may keep the machine busy. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Map<String, String> ANY_PORTS =
            Map.of("QUOTIENT_HTTP_PORT", "0", "QUOTIENT_MANAGEMENT_PORT", "0");

    private final Path out;
    private final Path err;
    private final Process process;
    private List<ProcessHandle> postgres = List.of();

    private RunningJar(
            Path java,
            Path jar,
            List<String> options,
            Path directory,
            Map<String, String> settings,
            String... arguments) {
        try {
            out = Files.createTempFile(directory, "out-", null);
            err = Files.createTempFile(directory, "err-", null);
            List<String> command = new ArrayList<>(List.of(java.toString()));
            command.addAll(options);
            command.addAll(List.of("-jar", jar.toString()));
            command.addAll(List.of(arguments));
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            forgetSettings(builder);
            builder.environment().putAll(settings);
            process = builder.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What those who run the tests have set, for the tests or for servers of their own, is not for this one. */
    static void forgetSettings(ProcessBuilder builder) {
        builder.environment()
                .keySet()
                .removeIf(name -> name.startsWith("QUOTIENT_")
                        || name.equals("JAVA_TOOL_OPTIONS")
                        || name.equals("JDK_JAVA_OPTIONS"));
    }

    /** The server with its embedded Postgres, once it has said that it runs. */
    static RunningJar serve(Path java, Path directory) {
        return serve(java, List.of(), directory);
    }

    /** The same with options of the JVM. */
    static RunningJar serve(Path java, List<String> options, Path directory) {
        RunningJar server = new RunningJar(java, STANDALONE, options, directory, ANY_PORTS);
        server.awaitStart();
        server.postgres = postgres(directory);
        return server;
    }

    /** The production server on a database, once it serves. */
    static RunningJar serve(Path java, List<String> options, Path directory, String databaseUrl) {
        Map<String, String> settings = new HashMap<>(ANY_PORTS);
        settings.put("QUOTIENT_DATABASE_URL", databaseUrl);
        RunningJar server = new RunningJar(java, SERVER, options, directory, settings);
        server.awaitStart();
        return server;
    }

    private void awaitStart() {
        try {
            eventually(PATIENCE, () -> !process.isAlive() || out().contains("Stop with Ctrl-C."), done -> done);
            assertThat(process.isAlive()).as("%s\n%s", out(), err()).isTrue();
        } catch (Throwable e) {
            close();
            throw e;
        }
    }

    /** Whatever ends by itself, after its end. */
    static RunningJar run(Path java, Path jar, Path directory, Map<String, String> settings, String... arguments) {
        RunningJar command = new RunningJar(java, jar, List.of(), directory, settings, arguments);
        command.awaitExit(PATIENCE);
        return command;
    }

    String out() {
        return read(out);
    }

    String err() {
        return read(err);
    }

    /** The line with a word, stripped. */
    String line(String word) {
        return out().lines()
                .filter(line -> line.contains(word))
                .findFirst()
                .orElseThrow()
                .strip();
    }

    /** The processes of its Postgres, as they were when it had started. */
    List<ProcessHandle> postgres() {
        return postgres;
    }

    boolean isPostgresGone() {
        return postgres.stream().noneMatch(RunningJar::runs);
    }

    int exitCode() {
        return process.exitValue();
    }

    /** Asks it to stop, as a service manager does, and waits. */
    void terminate(Duration deadline) {
        process.destroy();
        awaitExit(deadline);
    }

    /** Gives it no chance to do anything more. */
    void kill() {
        process.destroyForcibly();
        awaitExit(PATIENCE);
    }

    /** Cleans up, whatever the result of the test. */
    @Override
    public void close() {
        process.destroy();
        try {
            awaitExit(Duration.ofSeconds(30));
        } finally {
            process.destroyForcibly();
            postgres.stream().filter(RunningJar::runs).forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** The postmaster, which has a session of its own so that Ctrl-C does not reach it, and its children. */
    private static List<ProcessHandle> postgres(Path directory) {
        Path file = directory.resolve("data").resolve("postgres").resolve("postmaster.pid");
        long pid = Long.parseLong(read(file).lines().findFirst().orElseThrow().strip());
        return ProcessHandle.of(pid).stream()
                .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.descendants()))
                .filter(RunningJar::runs)
                .toList();
    }

    /** A process that has ended but was not reaped has no command line any more. */
    private static boolean runs(ProcessHandle process) {
        return process.info().commandLine().isPresent();
    }

    private void awaitExit(Duration deadline) {
        try {
            assertThat(process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS))
                    .as("It ends within %s.\n%s\n%s", deadline, out(), err())
                    .isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
