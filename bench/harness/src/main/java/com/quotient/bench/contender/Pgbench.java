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
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Postgres does with one transaction for each statement, sent by {@code pgbench} over many connections. */
public final class Pgbench {
    public static final String NAME = "pgbench";

    private static final Pattern PER_SECOND = Pattern.compile("tps = ([0-9.]+)");
    private static final Pattern TRANSACTIONS = Pattern.compile("transactions actually processed: (\\d+)");
    private static final String LOG = "pgbench-latency";
    /** In a line of its log: client, transaction, microseconds, … */
    private static final int MICROS = 2;

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

    private static Sample run(Lab lab, Database database, int clients, Path script, int seconds) throws IOException {
        deleteLogs(lab);
        long cpu = lab.postgresMicros();
        String output = lab.output(
                List.of(
                        "pgbench",
                        "--no-vacuum",
                        "--protocol=prepared",
                        "--client=" + clients,
                        "--jobs=1",
                        "--time=" + seconds,
                        "--file=" + script,
                        "--log",
                        "--log-prefix=" + lab.directory().resolve(LOG),
                        "--host=127.0.0.1",
                        "--port=" + database.port(),
                        "--username=" + database.user(),
                        database.name()),
                Map.of("PGPASSWORD", database.password()));
        double transactions = number(TRANSACTIONS, output);
        long[] latencies = latencies(lab);
        return new Sample(
                transactions,
                number(PER_SECOND, output),
                percentile(latencies, 50) / 1e3,
                percentile(latencies, 99) / 1e3,
                null,
                (lab.postgresMicros() - cpu) / transactions,
                null);
    }

    private static double number(Pattern pattern, String output) {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new BenchException("pgbench gave no result, it said:\n" + output.strip());
        }
        return Double.parseDouble(matcher.group(1));
    }

    private static long[] latencies(Lab lab) throws IOException {
        try (DirectoryStream<Path> logs = Files.newDirectoryStream(lab.directory(), LOG + "*")) {
            for (Path log : logs) {
                try (var lines = Files.lines(log)) {
                    return lines.mapToLong(line -> Long.parseLong(line.split(" ")[MICROS]))
                            .sorted()
                            .toArray();
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
