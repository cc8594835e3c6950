package com.quotient.bench.scenario;

import com.quotient.bench.BenchException;
import com.quotient.bench.Contest;
import com.quotient.bench.Database;
import com.quotient.bench.KeySet;
import com.quotient.bench.Lab;
import com.quotient.bench.Scenario;
import com.quotient.bench.Section;
import com.quotient.bench.Spread;
import com.quotient.bench.Target;
import com.quotient.bench.Workload;
import com.quotient.bench.contender.Ours;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How long the server takes to be ready. */
public final class Start implements Scenario {
    private static final KeySet KEYS = KeySet.publicKeys(1_000);
    private static final int CONNECTIONS = 8;
    private static final Duration CACHE_WRITTEN_WITHIN = Duration.ofMinutes(2);

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String question() {
        return "How long does it take from the start of the process to the first 200 of `/health/ready`, on a database with"
                + " 1,000 keys? With JDK 25 the server starts from a cache (JEP 483, 514 and 515) that a run under load"
                + " has left.";
    }

    @Override
    public void run(Lab lab, Section section) {
        Database database = lab.database("start", KEYS);
        Map<Ours, Double> limits = new LinkedHashMap<>();
        limits.put(server("JDK " + Runtime.version().feature(), database, Lab.JAVA), 3.5);
        Optional<Path> java25 = java25();
        if (java25.isPresent()) {
            Path cache = lab.directory().resolve("quotient.aot");
            train(lab, server("training", database, java25.get(), "-XX:AOTCacheOutput=" + cache));
            limits.put(server("JDK 25 with a cache", database, java25.get(), "-XX:AOTCache=" + cache), 2.0);
        } else {
            section.paragraph("There is no JDK 25 on this machine, in `JAVA25_HOME` or below `/usr/lib/jvm`.");
        }
        Map<Ours, List<Double>> seconds = new LinkedHashMap<>();
        for (int round = 0; round <= lab.options().rounds(); round++) {
            for (Ours server : limits.keySet()) {
                double taken = start(lab, server);
                // The first one reads the files from the disk.
                if (round > 0) {
                    seconds.computeIfAbsent(server, each -> new ArrayList<>()).add(taken);
                }
            }
        }
        StringBuilder table = new StringBuilder("| | seconds |\n|---|---:|\n");
        seconds.forEach((server, values) -> {
            Spread spread = new Spread(values);
            table.append("| ")
                    .append(server.name())
                    .append(" | ")
                    .append(spread.format(2))
                    .append(" |\n");
            section.target(Target.atMost("start: " + server.name(), spread.median(), limits.get(server), " s"));
        });
        section.paragraph(table.toString().strip());
    }

    private static Ours server(String name, Database database, Path java, String... flags) {
        List<String> all = new ArrayList<>(List.of("-Xmx192m"));
        all.addAll(List.of(flags));
        return new Ours(name, database, java, all);
    }

    private static double start(Lab lab, Ours server) {
        long start = System.nanoTime();
        Contest contest = Contest.start(lab, List.of(), server);
        double seconds = (System.nanoTime() - start) / 1e9;
        contest.close();
        return seconds;
    }

    /** The cache is written while the process ends. */
    private static void train(Lab lab, Ours server) {
        Workload whoami = Whoami.workload(KEYS, KEYS.count(), CONNECTIONS);
        Contest contest = Contest.start(lab, List.of(whoami), server);
        contest.turns(whoami).get(0).run().apply(lab.options().seconds());
        contest.program(server).stop(CACHE_WRITTEN_WITHIN);
    }

    private static Optional<Path> java25() {
        String home = System.getenv("JAVA25_HOME");
        if (home != null && !home.isEmpty()) {
            return Optional.of(Path.of(home, "bin", "java"));
        }
        Path machines = Path.of("/usr/lib/jvm");
        if (!Files.isDirectory(machines)) {
            return Optional.empty();
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(machines, "*25*")) {
            for (Path machine : found) {
                if (Files.isExecutable(machine.resolve("bin/java"))) {
                    return Optional.of(machine.resolve("bin/java"));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw new BenchException(machines + " cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
