package com.quotient.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The load generator: {@code wrk} with one thread, which sends what a {@link Workload} says. */
final class Wrk {
    private static final Pattern NUMBER = Pattern.compile("=(\\d+)");
    private static final long NUMBERS_OF_A_RUN = 100_000_000;

    private final Path directory;
    private final Path script;
    private final Map<Workload, Path> files = new HashMap<>();
    private int runs;

    /** What one run saw; latencies in microseconds. */
    record Result(long requests, long micros, long p50, long p99, long refused, long broken, long timeouts) {}

    Wrk(Path directory) throws IOException {
        this.directory = directory;
        this.script = directory.resolve("load.lua");
        try (InputStream resource = Wrk.class.getResourceAsStream("/load.lua")) {
            Files.write(script, resource.readAllBytes());
        }
    }

    Result run(Workload workload, int port, int seconds) {
        List<String> command = List.of(
                "wrk",
                "--threads=1",
                "--connections=" + workload.connections(),
                "--duration=" + seconds + "s",
                "--timeout=10s",
                "--script=" + script,
                "http://127.0.0.1:" + port + "/",
                "--",
                files.computeIfAbsent(workload, this::write).toString(),
                Long.toString(++runs * NUMBERS_OF_A_RUN));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            try {
                String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                process.waitFor();
                return parse(output);
            } finally {
                process.destroy();
            }
        } catch (IOException e) {
            throw new BenchException("wrk cannot be run: " + e.getMessage() + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new BenchException("Interrupted.", e);
        }
    }

    private static Result parse(String output) {
        int start = output.indexOf("RESULT ");
        if (start < 0) {
            throw new BenchException("wrk gave no result, it said:\n" + output.strip());
        }
        List<Long> numbers = new ArrayList<>();
        Matcher matcher = NUMBER.matcher(output.substring(start));
        while (matcher.find()) {
            numbers.add(Long.parseLong(matcher.group(1)));
        }
        return new Result(
                numbers.get(0),
                numbers.get(1),
                numbers.get(2),
                numbers.get(3),
                numbers.get(4),
                numbers.get(5),
                numbers.get(6));
    }

    private Path write(Workload workload) {
        StringBuilder text = new StringBuilder();
        for (String request : workload.requests()) {
            text.append(request.getBytes(StandardCharsets.UTF_8).length)
                    .append('\n')
                    .append(request);
        }
        try {
            Path file = directory.resolve("requests-" + files.size());
            Files.writeString(file, text);
            return file;
        } catch (IOException e) {
            throw new BenchException("The requests cannot be written: " + e.getMessage() + ".", e);
        }
    }
}
