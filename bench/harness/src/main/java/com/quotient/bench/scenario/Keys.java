package com.quotient.bench.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.bench.BenchException;
import com.quotient.bench.Comparison;
import com.quotient.bench.Contest;
import com.quotient.bench.Database;
import com.quotient.bench.KeySet;
import com.quotient.bench.Lab;
import com.quotient.bench.Program;
import com.quotient.bench.Request;
import com.quotient.bench.Sample;
import com.quotient.bench.Scenario;
import com.quotient.bench.Section;
import com.quotient.bench.Target;
import com.quotient.bench.Turn;
import com.quotient.bench.Workload;
import com.quotient.bench.contender.Ours;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** What a million keys cost. */
public final class Keys implements Scenario {
    private static final KeySet FEW = KeySet.publicKeys(1_000);
    private static final KeySet MANY = KeySet.publicKeys(1_000_000);
    private static final KeySet UNKNOWN = new KeySet("unknown", "pk", 10_000, 1, "ALL", 0);
    private static final String WITH_FEW = "1,000 keys";
    private static final String WITH_MANY = "1,000,000 keys";
    private static final String HEAP = "-Xmx768m";
    private static final int CONNECTIONS = 64;
    private static final double MEBIBYTE = 1024 * 1024;

    /** A server that ends its transactions tells the statistics of Postgres about them within a second or so. */
    private static final Duration STATISTICS_DELAY = Duration.ofSeconds(2);

    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public String name() {
        return "keys";
    }

    @Override
    public String question() {
        return "What do 1,000,000 keys cost, compared with 1,000? The time in which they are read at the start, the heap"
                + " that they take (live objects after a full collection), and a request with one of 1,000 of them. Then"
                + " 10,000 keys that nobody knows are tried in turn, which must not reach Postgres. Both servers run with "
                + HEAP + ".";
    }

    @Override
    public void run(Lab lab, Section section) {
        lab.say("Writing 1,000,000 keys.");
        Database manyKeys = lab.database("keys_many", MANY);
        Ours few = new Ours(WITH_FEW, lab.database("keys_few", FEW), HEAP);
        Ours many = new Ours(WITH_MANY, manyKeys, HEAP);
        Workload known = Whoami.workload(FEW, FEW.count(), CONNECTIONS);
        Workload unknown = unknownKeys();
        try (Contest contest = Contest.start(lab, List.of(known, unknown), few, many)) {
            double heap = liveBytes(lab, contest.program(many)) - liveBytes(lab, contest.program(few));
            section.target(Target.atMost(
                    "1,000,000 keys: read at the start", secondsToRead(contest.program(many), MANY.count()), 10, " s"));
            section.target(Target.atMost("1,000,000 keys: heap", heap / MEBIBYTE, 350, " MiB"));
            Comparison result = contest.compare(known);
            section.table(result, "request");
            section.target(Target.atMost(
                    "1,000,000 keys: CPU of a request with 1,000 keys",
                    result.ratio(WITH_MANY, WITH_FEW, Sample::cpu),
                    1.1,
                    " ×"));
            flood(lab, section, manyKeys, contest.turns(unknown).get(1));
        }
    }

    private static void flood(Lab lab, Section section, Database database, Turn turn) {
        int seconds = lab.options().seconds();
        lab.say("unknown keys: counting transactions");
        long idle = -transactions(database);
        pause(Duration.ofSeconds(seconds));
        idle += transactions(database);
        long flooded = -transactions(database);
        Sample sample = turn.run().apply(seconds);
        flooded += transactions(database);
        section.paragraph(
                "While %,.0f requests with unknown keys were refused, Postgres ended %d transactions; while the"
                                .formatted(sample.count(), flooded)
                        + " server was idle for as long, %d. The server asks for the version of the keys once a second."
                                .formatted(idle));
        section.target(Target.atMost(
                "unknown keys: transactions for 1,000 of them",
                Math.max(0, flooded - idle) / sample.count() * 1_000,
                0.1,
                ""));
    }

    private static Workload unknownKeys() {
        return new Workload(
                "unknown key",
                401,
                CONNECTIONS,
                IntStream.range(0, UNKNOWN.count())
                        .mapToObj(i -> Request.get("/api/v0/whoami")
                                .key(UNKNOWN.key(i), UNKNOWN.origin(i))
                                .build())
                        .toList());
    }

    /** Of the database, this question included. */
    private static long transactions(Database database) {
        pause(STATISTICS_DELAY);
        return database.number(
                "SELECT xact_commit + xact_rollback FROM pg_stat_database WHERE datname = '" + database.name() + "'");
    }

    /** The last line of a class histogram, for which the JVM collects all garbage, holds the sums. */
    private static double liveBytes(Lab lab, Program program) {
        String histogram = lab.output(
                List.of(Lab.JAVA.resolveSibling("jcmd").toString(), Long.toString(program.pid()), "GC.class_histogram"),
                Map.of());
        String[] sums =
                histogram.strip().lines().reduce("", (first, second) -> second).split("\\s+");
        if (sums.length < 3 || !sums[0].equals("Total")) {
            throw new BenchException("jcmd gave no histogram, it said:\n" + histogram.strip());
        }
        return Double.parseDouble(sums[2]);
    }

    /** By the log: from the moment the server is about to connect until it has read them all. */
    private static double secondsToRead(Program program, int keys) {
        try {
            Instant start = null;
            for (String line : Files.readAllLines(program.log())) {
                if (line.startsWith("{")) {
                    JsonNode entry = JSON.readTree(line);
                    String message = entry.path("message").asText();
                    Instant time = Instant.parse(entry.path("@timestamp").asText());
                    if (message.startsWith("Starting on ")) {
                        start = time;
                    } else if (start != null && message.startsWith("Read all " + keys + " keys")) {
                        return Duration.between(start, time).toMillis() / 1e3;
                    }
                }
            }
        } catch (IOException e) {
            throw new BenchException("The log of the server cannot be read: " + e.getMessage() + ".", e);
        }
        throw new BenchException("The log of the server does not tell when it has read its keys.");
    }

    private static void pause(Duration duration) {
        long end = System.nanoTime() + duration.toNanos();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(end - System.nanoTime());
        }
    }
}
