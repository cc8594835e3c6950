package com.quotient.bench;

import com.quotient.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/**
 * The place where everything runs: a directory for files, a Postgres, and the processes that were started. Closing it ends
 * them all, in whatever state they are.
 */
public final class Lab implements AutoCloseable {
    /** The jar of the server, beside which the programs of the benchmark lie. */
    public static final Path SERVER_JAR = Path.of("target/quotient.jar");

    /** The Java that runs this. */
    public static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");

    private static final int POSTGRES_CONNECTIONS = 200;

    /** Longer than anything takes that ends by itself. */
    private static final Duration ENDS_WITHIN = Duration.ofMinutes(10);

    private final Options options;
    private final Path directory;
    private final Deque<AutoCloseable> open = new ArrayDeque<>();
    private final EmbeddedPostgres postgres;
    private final Wrk wrk;
    private boolean closed;

    /** Runs in the directory of the repository. */
    Lab(Options options) throws IOException {
        this.options = options;
        this.directory = Path.of("bench/target/work").toAbsolutePath();
        deleteRecursively(directory.resolve("postgres/postgres"));
        Files.createDirectories(directory);
        this.wrk = new Wrk(directory);
        Path data = directory.resolve("postgres");
        say("Starting Postgres.");
        this.postgres = EmbeddedPostgres.start(
                data,
                new EmbeddedPostgres.Options(data.resolve("postgres-binaries"), 0, POSTGRES_CONNECTIONS),
                progress -> {});
        Runtime.getRuntime().addShutdownHook(new Thread(this::close, "shutdown"));
        migrate();
    }

    public Options options() {
        return options;
    }

    public Path directory() {
        return directory;
    }

    Wrk wrk() {
        return wrk;
    }

    /** A new database with the tables of the server and with keys. */
    public Database database(String name, KeySet... keys) {
        return Database.create(postgres.url("postgres"), name, keys);
    }

    /** The CPU time of all processes of Postgres, in microseconds. */
    public long postgresMicros() {
        return Cpu.micros(postgres.pid());
    }

    /** Runs a program to its end, which must be a good one, and returns what it wrote. */
    public String output(List<String> command, Map<String, String> environment) {
        Program program = start(Path.of(command.get(0)).getFileName().toString(), command, environment);
        try {
            return program.awaitEnd(ENDS_WITHIN);
        } finally {
            remove(program);
        }
    }

    /** Starts a program, which ends with this at the latest. */
    public synchronized Program start(String name, List<String> command, Map<String, String> environment) {
        if (closed) {
            throw new BenchException("Stopped.");
        }
        Program program = Program.start(name, command, environment, directory);
        open.push(program);
        return program;
    }

    /** Does the same with {@link #JAVA}. */
    public Program java(String name, List<String> arguments, Map<String, String> environment) {
        List<String> command = new ArrayList<>();
        command.add(JAVA.toString());
        command.addAll(arguments);
        return start(name, command, environment);
    }

    /** Tells a person who waits what is going on. */
    public void say(String sentence) {
        System.err.println(sentence);
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        while (!open.isEmpty()) {
            try {
                open.pop().close();
            } catch (Exception e) {
                System.err.println("Something could not be stopped: " + e.getMessage());
            }
        }
        postgres.close();
    }

    private synchronized void remove(Program program) {
        open.remove(program);
    }

    private void migrate() {
        Database.createEmpty(postgres.url("postgres"), Database.TEMPLATE);
        java(
                        "migrate",
                        List.of("-jar", SERVER_JAR.toString(), "migrate"),
                        Map.of("QUOTIENT_DATABASE_URL", postgres.url(Database.TEMPLATE)))
                .awaitEnd(Duration.ofSeconds(60));
    }

    private static void deleteRecursively(Path path) throws IOException {
        if (!Files.exists(path)) {
            return;
        }
        try (var files = Files.walk(path)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
