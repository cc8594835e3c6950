package com.quotient.bench.scenario;

import com.quotient.bench.BenchException;
import com.quotient.bench.Contest;
import com.quotient.bench.Database;
import com.quotient.bench.Lab;
import com.quotient.bench.Section;
import com.quotient.bench.Workload;
import com.quotient.bench.contender.Ours;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The server on the Java that runs this, and on JDK 25 with what a training run has left. */
final class Runtimes {
    private static final int TRAINING_SECONDS = 10;
    private static final Duration CACHE_WRITTEN_WITHIN = Duration.ofMinutes(2);

    private Runtimes() {}

    static Ours plain(Database database) {
        return server("JDK " + Runtime.version().feature(), database, Lab.JAVA);
    }

    /** Runs the server under a load to make its cache. Without a JDK 25 there is none, and the section says so. */
    static Optional<Ours> trained(Lab lab, Section section, Database database, Workload load) {
        Optional<Path> java = java25();
        if (java.isEmpty()) {
            section.paragraph("There is no JDK 25 on this machine, in `JAVA25_HOME` or below `/usr/lib/jvm`.");
            return Optional.empty();
        }
        Path cache = lab.directory().resolve("quotient.aot");
        train(lab, server("training", database, java.get(), "-XX:AOTCacheOutput=" + cache), load);
        // Without the mode, a cache that does not fit would go unnoticed.
        return Optional.of(
                server("JDK 25 with a cache", database, java.get(), "-XX:AOTCache=" + cache, "-XX:AOTMode=on"));
    }

    /** The cache is written while the process ends. */
    private static void train(Lab lab, Ours server, Workload load) {
        try (Contest contest = Contest.start(lab, List.of(load), server)) {
            contest.turns(load).get(0).run().apply(TRAINING_SECONDS);
            contest.program(server).stop(CACHE_WRITTEN_WITHIN);
        }
    }

    private static Ours server(String name, Database database, Path java, String... flags) {
        List<String> all = new ArrayList<>(List.of("-Xmx192m"));
        all.addAll(List.of(flags));
        return new Ours(name, database, java, all);
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
