package com.quotient.testing;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The server in a process of its own, with the classes of the tests, on a database of theirs. */
public final class ChildServer implements AutoCloseable {
    private static final Duration START = Duration.ofMinutes(3);

    private final Path out;
    private final Process process;
    private final int apiPort;
    private final int managementPort;

    private ChildServer(Path out, Process process, int apiPort, int managementPort) {
        this.out = out;
        this.process = process;
        this.apiPort = apiPort;
        this.managementPort = managementPort;
    }

    /**
     * Starts one and waits until it serves.
     *
     * @param main has a {@code main} that ends in that of the server
     * @param options of the JVM
     * @param settings pairs of environment variable and value
     */
    public static ChildServer start(Class<?> main, String databaseUrl, List<String> options, String... settings) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        command.addAll(options);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName(), "--json"));
        try {
            Path out = Files.createTempFile("child-", ".log");
            ProcessBuilder builder =
                    new ProcessBuilder(command).redirectOutput(out.toFile()).redirectErrorStream(true);
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.startsWith("QUOTIENT_")
                            || name.equals("JAVA_TOOL_OPTIONS")
                            || name.equals("JDK_JAVA_OPTIONS"));
            List<String> environment = new ArrayList<>(List.of(
                    "QUOTIENT_DATABASE_URL", databaseUrl,
                    "QUOTIENT_HTTP_HOST", "127.0.0.1",
                    "QUOTIENT_HTTP_PORT", "0",
                    "QUOTIENT_HTTP_DRAIN_DEADLINE", "1s",
                    "QUOTIENT_MANAGEMENT_HOST", "127.0.0.1",
                    "QUOTIENT_MANAGEMENT_PORT", "0"));
            environment.addAll(List.of(settings));
            for (int i = 0; i < environment.size(); i += 2) {
                builder.environment().put(environment.get(i), environment.get(i + 1));
            }
            return awaitStart(out, builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ChildServer awaitStart(Path out, Process process) throws IOException {
        try {
            eventually(START, () -> !process.isAlive() || read(out).contains("managementUrl"), done -> done);
            assertThat(process.isAlive()).as(read(out)).isTrue();
            JsonNode urls = new ObjectMapper()
                    .readTree(read(out)
                            .lines()
                            .filter(line -> line.startsWith("{\"apiUrl\""))
                            .findFirst()
                            .orElseThrow());
            return new ChildServer(out, process, port(urls, "apiUrl"), port(urls, "managementUrl"));
        } catch (Throwable e) {
            process.destroyForcibly();
            throw e;
        }
    }

    public int apiPort() {
        return apiPort;
    }

    public int managementPort() {
        return managementPort;
    }

    /** Its process, to signal it and to write to its standard input. */
    public Process process() {
        return process;
    }

    /** Everything it has written. */
    public String out() {
        return read(out);
    }

    /** The sum of a metric, or of its lines with the given labels; 0 when there is none. */
    public double metric(String nameAndLabels) {
        try (RawClient client = RawClient.to(managementPort)) {
            return Scrape.values(
                            client.send(RawClient.head("GET", "/metrics"))
                                    .read()
                                    .body(),
                            nameAndLabels)
                    .sum();
        }
    }

    /** Its exit code; fails when it has none by then. */
    public int awaitExit(Duration deadline) {
        try {
            assertThat(process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS))
                    .as("It ends within %s.\n%s", deadline, out())
                    .isTrue();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        awaitExit(START);
        try {
            Files.deleteIfExists(out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int port(JsonNode urls, String member) {
        String url = urls.path(member).asText();
        return Integer.parseInt(url.substring(url.lastIndexOf(':') + 1));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
