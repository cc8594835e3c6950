package com.quotient.bench.contender;

import com.quotient.bench.BenchException;
import com.quotient.bench.Database;
import com.quotient.bench.Lab;
import com.quotient.bench.Sample;
import com.quotient.bench.Turn;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** What Postgres does with one transaction for each statement, sent by {@code pgbench} over many connections. */
public final class Pgbench {
    public static final String NAME = "pgbench";

    private static final String LOG = "pgbench-latency";

    /** In a line of its log: client, transaction, microseconds, script, seconds and microseconds since 1970. */
    private static final int MICROS = 2;

    private static final int EPOCH = 4;

    /** Until each of its connections has read the catalog and planned its statements. */
    private static final int WARM_SECONDS = 6;

    private Pgbench() {}

    /** A turn that runs a script of pgbench, whose statements are prepared once. */
    public static Turn turn(Lab lab, Database database, int clients, String script) {
        Path file = lab.directory().resolve("pgbench.sql");
        return new Turn(NAME, seconds -> {
            try {
                Files.writeString(file, script);
                return run(lab, database, clients, file, seconds);
            } catch (IOException e) {
                throw new BenchException("The files of pgbench are not usable: " + e.getMessage() + ".", e);
            }
        });
    }

    /** Runs longer than a turn and counts only what comes once all connections have planned their statements. */
    private static Sample run(Lab lab, Database database, int clients, Path script, int seconds) throws IOException {
        deleteLogs(lab);
        CompletableFuture<Start> start = CompletableFuture.supplyAsync(
                () -> new Start(System.currentTimeMillis() * 1000, lab.postgresMicros()),
                CompletableFuture.delayedExecutor(WARM_SECONDS, TimeUnit.SECONDS));
        lab.output(
                List.of(
                        "pgbench",
                        "--no-vacuum",
                        "--protocol=prepared",
                        "--client=" + clients,
                        "--jobs=1",
                        "--time=" + (WARM_SECONDS + seconds),
                        "--file=" + script,
                        "--log",
                        "--log-prefix=" + lab.directory().resolve(LOG),
                        "--host=127.0.0.1",
                        "--port=" + database.port(),
                        "--username=" + database.user(),
                        database.name()),
                Map.of("PGPASSWORD", database.password()));
        long cpu = lab.postgresMicros() - start.join().cpuMicros();
        List<Transaction> counted = transactions(lab).stream()
                .filter(transaction -> transaction.atMicros() >= start.join().atMicros())
                .toList();
        if (counted.isEmpty()) {
            throw new BenchException("pgbench had no transaction after " + WARM_SECONDS + " seconds.");
        }
        long end = counted.stream().mapToLong(Transaction::atMicros).max().orElseThrow();
        long[] latencies =
                counted.stream().mapToLong(Transaction::micros).sorted().toArray();
        return new Sample(
                counted.size(),
                counted.size() * 1e6 / (end - start.join().atMicros()),
                percentile(latencies, 50) / 1e3,
                percentile(latencies, 99) / 1e3,
                null,
                (double) cpu / counted.size(),
                null);
    }

    /** When counting begins, in microseconds since 1970, and the processor time of Postgres until then. */
    private record Start(long atMicros, long cpuMicros) {}

    /** A line of pgbench's log: when a transaction ended, in microseconds since 1970, and how long it took. */
    private record Transaction(long atMicros, long micros) {
        static Transaction of(String line) {
            String[] columns = line.split(" ");
            return new Transaction(
                    Long.parseLong(columns[EPOCH]) * 1_000_000 + Long.parseLong(columns[EPOCH + 1]),
                    Long.parseLong(columns[MICROS]));
        }
    }

    private static List<Transaction> transactions(Lab lab) throws IOException {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(lab.directory(), LOG + "*")) {
            for (Path log : logs) {
                try (var lines = Files.lines(log)) {
                    return lines.map(Transaction::of).toList();
                }
            }
        }
        throw new BenchException("pgbench wrote no log of its transactions.");
    }

    private static void deleteLogs(Lab lab) throws IOException {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(lab.directory(), LOG + "*")) {
            for (Path log : logs) {
                Files.delete(log);
            }
        }
    }

    private static double percentile(long[] sorted, int percent) {
        return sorted[(int) ((sorted.length - 1L) * percent / 100)];
    }
}
