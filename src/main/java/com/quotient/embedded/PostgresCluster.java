package com.quotient.embedded;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The files of one Postgres server and what {@code initdb} and {@code pg_ctl} do with them. Callers own the directory.
 */
final class PostgresCluster {
    static final String USER = "postgres";

    private static final String UNFINISHED = "postgres.unfinished-";
    /** Locales with Unicode character classes on Linux and macOS; a system with neither knows ASCII only. */
    private static final List<String> CHARACTERS = List.of("C.UTF-8", "UTF-8", "C");

    private static final Pattern COMPLAINT =
            Pattern.compile("(?m)^(?:.*(?:FATAL|PANIC|error):\\s+|.*?: (?=could not ))(.*)$");
    private static final Duration RETRY_FOR = Duration.ofSeconds(10);
    private static final Duration RETRY_PAUSE = Duration.ofMillis(100);
    // Postgres removes its file just before its process ends.
    private static final Duration LAST_BREATH = Duration.ofSeconds(5);
    // Messages such as "The database system is starting up" answer early clients; they are not the reason of a failed
    // start.
    private static final Pattern FATAL = Pattern.compile(" (?:FATAL|PANIC):  (?!the database system is )(.*)");

    private final Path directory;
    private final Path log;
    private final Path password;
    private final PostgresBinaries binaries;

    PostgresCluster(Path dataDirectory, PostgresBinaries binaries) {
        this.directory = in(dataDirectory);
        this.log = dataDirectory.resolve("postgres.log");
        this.password = passwordFile(dataDirectory);
        this.binaries = binaries;
    }

    /** The cluster of a data directory. */
    static Path in(Path dataDirectory) {
        return dataDirectory.resolve("postgres");
    }

    /** The password of {@link #USER}. */
    static String password(Path dataDirectory) throws IOException {
        Path file = passwordFile(dataDirectory);
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new EmbeddedPostgresException("The password of the database cluster is gone: restore " + file
                    + ", or move " + in(dataDirectory) + " away to begin with an empty one.");
        }
    }

    private static Path passwordFile(Path dataDirectory) {
        return dataDirectory.resolve("postgres.password");
    }

    boolean exists() {
        return Files.exists(directory.resolve("PG_VERSION"));
    }

    /**
     * Creates the cluster in a temporary directory and moves it when it is complete, so that an interrupted attempt
     * leaves nothing that looks like a cluster.
     */
    void create() throws IOException {
        Path parent = directory.resolveSibling("");
        writePassword();
        Path unfinished = Files.createTempDirectory(parent, UNFINISHED);
        PostgresBinaries.Result result = null;
        for (String characters : CHARACTERS) {
            result = initdb(unfinished, characters);
            if (result.succeeded() || !result.output().contains("invalid locale name")) {
                break;
            }
        }
        if (result == null || !result.succeeded()) {
            Directories.delete(unfinished);
            throw new EmbeddedPostgresException("The database cluster could not be created in " + directory + ": "
                    + (result == null ? "" : complaint(result.output())) + ".");
        }
        Files.move(unfinished, directory, StandardCopyOption.ATOMIC_MOVE);
        Directories.sync(parent);
    }

    /**
     * Text sorts by bytes, the same on every system. But the extensions take character classes from the operating
     * system.
     */
    private PostgresBinaries.Result initdb(Path into, String characters) throws IOException {
        return binaries.run(
                "initdb",
                List.of(
                        "--pgdata=" + into,
                        "--username=" + USER,
                        "--pwfile=" + password,
                        "--auth=scram-sha-256",
                        "--encoding=UTF8",
                        "--locale=C",
                        "--lc-ctype=" + characters,
                        "--locale-provider=builtin",
                        "--builtin-locale=C.UTF-8"));
    }

    /** Deletes the remains of interrupted attempts. */
    void deleteUnfinished() throws IOException {
        try (DirectoryStream<Path> attempts =
                Files.newDirectoryStream(directory.resolveSibling(""), UNFINISHED + "*")) {
            for (Path attempt : attempts) {
                try {
                    Directories.delete(attempt);
                } catch (FileSystemException e) {
                    // The initdb of a killed process may still write there; the next start deletes it.
                }
            }
        }
    }

    /**
     * Starts the server and waits until it accepts connections, crash recovery included.
     *
     * @param fixedPort the port to listen on, 0 for any free one
     */
    Postmaster start(int fixedPort, int maxConnections) throws IOException {
        long deadline = System.nanoTime() + RETRY_FOR.toNanos();
        while (true) {
            if (Files.exists(log)) {
                Files.move(log, log.resolveSibling("postgres.log.1"), StandardCopyOption.REPLACE_EXISTING);
            }
            int port = fixedPort == 0 ? freePort() : fixedPort;
            PostgresBinaries.Result result = binaries.run(
                    "pg_ctl",
                    List.of(
                            "start",
                            "--pgdata=" + directory,
                            "--wait",
                            "--timeout=300",
                            "--log=" + log,
                            "--options=" + options(port, maxConnections)));
            if (result.succeeded()) {
                return Postmaster.of(directory).orElseThrow();
            }
            String reason = reason(result);
            if (!passes(reason) || System.nanoTime() - deadline > 0) {
                throw new EmbeddedPostgresException(
                        "Postgres did not start on " + directory + ": " + reason + " (its log is " + log + ").");
            }
            LockSupport.parkNanos(RETRY_PAUSE.toNanos());
        }
    }

    /** Stops a server without waiting for its clients, and waits until it has ended. No committed data is lost. */
    void stop(Postmaster postmaster) throws IOException {
        for (String mode : List.of("fast", "immediate")) {
            binaries.run("pg_ctl", List.of("stop", "--pgdata=" + directory, "--mode=" + mode, "--timeout=30"));
            long deadline = System.nanoTime() + LAST_BREATH.toNanos();
            while (postmaster.alive() && System.nanoTime() - deadline < 0) {
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
            if (!postmaster.alive()) {
                return;
            }
        }
        throw new EmbeddedPostgresException("The Postgres on " + directory + " does not stop; end its process "
                + postmaster.pid() + " by hand (kill -QUIT) and start again.");
    }

    private void writePassword() throws IOException {
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        Files.deleteIfExists(password);
        Files.createFile(password, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(password, Base64.getUrlEncoder().encodeToString(random) + "\n");
        Directories.sync(password);
    }

    private static String options(int port, int maxConnections) {
        Map<String, String> settings = new TreeMap<>(Map.of(
                "listen_addresses", "127.0.0.1",
                // The path of a socket is limited to about a hundred bytes.
                "unix_socket_directories", "''",
                "fsync", "on",
                "synchronous_commit", "on",
                "shared_buffers", "128MB",
                "max_connections", Integer.toString(maxConnections),
                "timezone", "UTC",
                // Statements and rows hold personal data, which must not be logged.
                "log_error_verbosity", "terse",
                "log_min_error_statement", "panic"));
        settings.put("port", Integer.toString(port));
        List<String> options = new ArrayList<>();
        settings.forEach((name, value) -> options.add("-c " + name + "=" + value));
        return String.join(" ", options);
    }

    /** Transient failures: children of a killed server that are still ending, a port that was briefly in use. */
    private static boolean passes(String reason) {
        return reason.contains("shared memory block") || reason.contains("could not create any TCP/IP sockets");
    }

    private String reason(PostgresBinaries.Result result) throws IOException {
        String reason = complaint(result.output());
        if (Files.exists(log)) {
            for (String line : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
                Matcher fatal = FATAL.matcher(line);
                if (fatal.find()) {
                    reason = fatal.group(1);
                }
            }
        }
        return reason;
    }

    /** The first error; the lines after it describe the reaction. */
    private static String complaint(String output) {
        Matcher complaint = COMPLAINT.matcher(output);
        return complaint.find() ? complaint.group(1).strip() : lastLine(output);
    }

    private static String lastLine(String output) {
        String stripped = output.strip();
        return stripped.substring(stripped.lastIndexOf('\n') + 1);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
