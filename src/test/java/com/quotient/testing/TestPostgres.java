package com.quotient.testing;

import com.quotient.db.DatabaseUrl;
import com.quotient.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A real Postgres for tests. {@link #shared()} is the one of this JVM, for everything that leaves the server alone:
 * make a database in it. {@link #own()} is a new one, for tests that hurt it. All are stopped and deleted when the JVM
 * ends.
 */
public final class TestPostgres implements AutoCloseable {
    /** Where test servers unpack the programs: below target, so that only a clean build does it again. */
    private static final Path BINARIES = Path.of("target", "postgres-binaries").toAbsolutePath();

    private static final int MAX_CONNECTIONS = 300;
    private static final Duration DEATH = Duration.ofSeconds(60);

    private final Path directory;
    private final boolean own;
    private volatile EmbeddedPostgres server;
    private boolean closed;

    private TestPostgres(boolean own) {
        this.own = own;
        try {
            directory = Files.createTempDirectory("quotient-postgres-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server = start(directory, 0);
        makeLoginsCheap();
        Runtime.getRuntime().addShutdownHook(new Thread(this::discard, "stop " + directory.getFileName()));
    }

    /** A login of SCRAM takes 4096 rounds on both sides, and tests make thousands of connections. */
    private void makeLoginsCheap() {
        DatabaseUrl login = DatabaseUrl.parse(url("postgres"));
        execute(
                url("postgres"),
                "SET scram_iterations = 1; ALTER ROLE " + login.user() + " PASSWORD '" + login.password() + "'");
    }

    private static final class Shared {
        private static final TestPostgres INSTANCE = new TestPostgres(false);
    }

    /** The server all tests of this JVM share, started at first use. Nobody stops, kills or freezes it. */
    public static TestPostgres shared() {
        return Shared.INSTANCE;
    }

    /** The directory of the programs, once they are unpacked. */
    public static Path binaries() {
        shared();
        return BINARIES;
    }

    /** A server of one's own; closing it deletes it. */
    public static TestPostgres own() {
        return new TestPostgres(true);
    }

    /** The URL of a database, password included. It stays the same over {@link #startAgain()}. */
    public String url(String database) {
        return server.url(database);
    }

    /** The URL of the database {@code quotient}. */
    public String url() {
        return server.url();
    }

    public int port() {
        return server.port();
    }

    /** Creates a database, empty or as a copy of a template without connections, and returns its URL. */
    public String createDatabase(String name, @Nullable String template) {
        execute(url("postgres"), "CREATE DATABASE " + name + (template == null ? "" : " TEMPLATE " + template));
        return url(name);
    }

    /** Drops a database, if it exists, and ends whatever is connected to it. */
    public void dropDatabase(String name) {
        execute(url("postgres"), "DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
    }

    /** Kills the whole server at once, as a machine that loses power; returns when its processes are gone. */
    public void kill9() {
        mine();
        List<ProcessHandle> processes = processes();
        // The postmaster goes first, because it would replace its children.
        processes.forEach(ProcessHandle::destroyForcibly);
        // A process that has ended has no command line, even if it was not reaped.
        Eventually.eventually(
                DEATH,
                () -> processes.stream()
                        .allMatch(process -> process.info().commandLine().isEmpty()),
                gone -> gone);
    }

    /** Stops every process of the server where it is; its sockets stay open and say nothing. */
    public void freeze() {
        mine();
        // Once more for children that the postmaster made before it stopped.
        signal("STOP", processes());
        signal("STOP", processes());
    }

    /** Lets a frozen server go on. */
    public void thaw() {
        signal("CONT", processes());
    }

    /** Stops the server in order; its clients lose their connections. */
    public void stop() {
        mine();
        server.close();
    }

    /** Starts the server again, after {@link #stop()} or {@link #kill9()}, on the same directory and the same port. */
    public void startAgain() {
        mine();
        int port = server.port();
        server.close();
        server = start(directory, port);
    }

    /**
     * Ends a server that was not closed, with its data. Surefire kills a JVM that takes 30 seconds to exit, and the data
     * of a thousand test databases takes longer to delete, so that is left to a process of its own.
     */
    private synchronized void discard() {
        if (closed) {
            return;
        }
        closed = true;
        processes().forEach(ProcessHandle::destroyForcibly);
        try {
            new ProcessBuilder("rm", "-rf", directory.toString()).start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        thaw();
        server.close();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder())
                    .forEach(file -> file.toFile().delete());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs statements in a connection of its own. */
    public static void execute(String url, String sql) {
        try (Connection connection = connect(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** The rows of a query, in a connection of its own, as the driver makes objects of them. */
    public static List<List<@Nullable Object>> query(String url, String sql) {
        try (Connection connection = connect(url);
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            List<List<@Nullable Object>> rows = new ArrayList<>();
            while (result.next()) {
                List<@Nullable Object> row = new ArrayList<>();
                for (int column = 1; column <= result.getMetaData().getColumnCount(); column++) {
                    row.add(result.getObject(column));
                }
                rows.add(row);
            }
            return rows;
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    /** A JDBC connection to a {@code postgresql://} URL, without TLS. */
    public static Connection connect(String url) throws SQLException {
        DatabaseUrl parsed = DatabaseUrl.parse(url);
        Properties properties = new Properties();
        properties.setProperty("user", parsed.user());
        properties.setProperty("password", String.valueOf(parsed.password()));
        properties.setProperty("sslmode", "disable");
        return DriverManager.getConnection(
                "jdbc:postgresql://" + parsed.host() + ":" + parsed.port() + "/" + parsed.database(), properties);
    }

    /** The processes of a test run share the programs, and one at a time may unpack them. */
    private static synchronized EmbeddedPostgres start(Path directory, int port) {
        Path file = BINARIES.resolveSibling("postgres-binaries.lock");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            Objects.requireNonNull(lock);
            return EmbeddedPostgres.start(
                    directory, new EmbeddedPostgres.Options(BINARIES, port, MAX_CONNECTIONS), progress -> {});
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The postmaster first, then its children; empty when the server is not running. */
    private List<ProcessHandle> processes() {
        return ProcessHandle.of(server.pid()).stream()
                .flatMap(postmaster -> Stream.concat(Stream.of(postmaster), postmaster.descendants()))
                .toList();
    }

    private void mine() {
        if (!own) {
            throw new IllegalStateException("Other tests use this server, too; take TestPostgres.own().");
        }
    }

    private static void signal(String signal, List<ProcessHandle> processes) {
        if (processes.isEmpty()) {
            return;
        }
        // Each child leads a process group of its own, so that there is no one group to signal.
        StringBuilder command = new StringBuilder("kill -" + signal);
        processes.forEach(process -> command.append(' ').append(process.pid()));
        try {
            new ProcessBuilder("sh", "-c", command.toString())
                    .redirectErrorStream(true)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
