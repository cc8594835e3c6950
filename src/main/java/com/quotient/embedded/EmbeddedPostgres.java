package com.quotient.embedded;

import com.quotient.db.DatabaseUrl;
import java.io.IOException;
import java.net.URL;
import java.nio.charset.Charset;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A real Postgres 18 for the first five minutes with the product and for tests, in a data directory of its own:
 *
 * <ul>
 *   <li>{@code postgres/}: the cluster
 *   <li>{@code postgres.password}: the superuser's random password, readable by the owner of the directory only
 *   <li>{@code postgres.log}: the log since the last start; {@code postgres.log.1} is the one before
 *   <li>{@code postgres-binaries/}: the programs, unpacked from the jar
 *   <li>{@code lock}: held while a process serves this directory
 * </ul>
 *
 * <p>It is durable: an acknowledged commit survives the loss of this process, of Postgres and of power. It listens on
 * 127.0.0.1 only and asks for the password (SCRAM), which is part of {@link #url()}; there is no TLS. It runs as a
 * separate process in its own session, so Ctrl-C in a terminal does not reach it. It survives a {@code kill -9} of the
 * process that started it; the next start stops it and starts it again.
 *
 * <p>All methods block, a first start for some seconds: never call them on an event loop. There is no shutdown hook;
 * the caller must close it. Thread-safe.
 */
public final class EmbeddedPostgres implements AutoCloseable {
    /** The database that always exists. */
    public static final String DATABASE = "quotient";

    private static final String DATA_DIRECTORY_SETTING = "data.directory";
    private static final String DATA_DIRECTORY_VARIABLE = "QUOTIENT_DATA_DIRECTORY";

    private final Postmaster postmaster;
    private final String password;
    private final Stop stop;
    private boolean closed;

    private EmbeddedPostgres(Postmaster postmaster, String password, Stop stop) {
        this.postmaster = postmaster;
        this.password = password;
        this.stop = stop;
    }

    /**
     * How the server runs.
     *
     * @param binaries where the programs are unpacked; the directory is replaced as a whole when the release changes
     * @param port the port to listen on, 0 for any free one
     * @param maxConnections its {@code max_connections}
     */
    public record Options(Path binaries, int port, int maxConnections) {
        static Options of(Path dataDirectory) {
            return new Options(dataDirectory.resolve("postgres-binaries"), 0, 100);
        }
    }

    @FunctionalInterface
    private interface Stop {
        void run() throws IOException;
    }

    /**
     * Starts the server of a data directory, on a free port, after creating or recovering what is needed.
     *
     * @param dataDirectory created if absent
     * @param progress receives short sentences for people about slow steps
     * @throws EmbeddedPostgresException when another process serves this directory, or Postgres cannot run here
     */
    public static EmbeddedPostgres start(Path dataDirectory, Consumer<String> progress) {
        return start(dataDirectory, Options.of(dataDirectory), progress);
    }

    /** As the other {@code start}, with options. */
    public static EmbeddedPostgres start(Path dataDirectory, Options options, Consumer<String> progress) {
        // Found first, so that a jar without Postgres leaves no directory behind.
        URL programs = PostgresBinaries.archive();
        try {
            Directories.createPrivate(dataDirectory);
            Path directory = dataDirectory.toRealPath();
            requirePlain(directory);
            DirectoryLock lock = DirectoryLock.acquire(directory)
                    .orElseThrow(
                            () -> new EmbeddedPostgresException("Another Quotient is already running on " + directory
                                    + "; stop it, or set " + DATA_DIRECTORY_SETTING + " (" + DATA_DIRECTORY_VARIABLE
                                    + ") to another directory."));
            try {
                return start(programs, directory, options, lock, progress);
            } catch (Throwable e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw unusable(dataDirectory, e);
        }
    }

    private static EmbeddedPostgres start(
            URL programs, Path directory, Options options, DirectoryLock lock, Consumer<String> progress)
            throws IOException {
        PostgresCluster cluster =
                new PostgresCluster(directory, PostgresBinaries.unpack(programs, options.binaries(), progress));
        cluster.deleteUnfinished();
        if (!cluster.exists()) {
            progress.accept("Creating the database cluster in " + PostgresCluster.in(directory) + "…");
            cluster.create();
        }
        Optional<Postmaster> former = Postmaster.of(PostgresCluster.in(directory));
        if (former.isEmpty()) {
            progress.accept("Starting Postgres…");
        } else if (former.get().alive()) {
            progress.accept("Stopping the Postgres that was left running…");
            cluster.stop(former.get());
            progress.accept("Starting Postgres…");
        } else {
            progress.accept("Recovering after an unclean stop…");
            former.get().disown();
        }
        // Read before the start: without it the started server could not be used or stopped.
        String password = PostgresCluster.password(directory);
        Postmaster postmaster = cluster.start(options.port(), options.maxConnections());
        EmbeddedPostgres started = new EmbeddedPostgres(postmaster, password, () -> {
            try {
                if (postmaster.alive()) {
                    cluster.stop(postmaster);
                }
            } finally {
                lock.close();
            }
        });
        try {
            started.createDatabase();
            return started;
        } catch (SQLException e) {
            started.close();
            throw new EmbeddedPostgresException(
                    "Postgres runs on " + directory + " but cannot be used: " + e.getMessage() + ".", e);
        }
    }

    /** The programs of Postgres start each other through a shell, with paths in double quotes. */
    private static void requirePlain(Path directory) {
        String path = directory.toString();
        if (!isPlain(path)) {
            throw new EmbeddedPostgresException("The data directory " + path
                    + " has a character in its path that Postgres cannot be started with (\", $, `, \\, a line break, or one"
                    + " that this locale cannot write); set " + DATA_DIRECTORY_SETTING + " (" + DATA_DIRECTORY_VARIABLE
                    + ") to another directory, or LC_ALL to C.UTF-8.");
        }
    }

    private static boolean isPlain(String path) {
        return path.chars().noneMatch(c -> c < ' ' || "\"$`\\\uFFFD".indexOf(c) >= 0)
                && Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"))
                        .newEncoder()
                        .canEncode(path);
    }

    /**
     * Finds the server that another process runs on a data directory; the command line uses this while a server is
     * running. It starts nothing, and closing the result stops nothing.
     *
     * @return empty if none is running or it does not accept connections yet
     * @throws EmbeddedPostgresException when the directory cannot be read
     */
    public static Optional<EmbeddedPostgres> attach(Path dataDirectory) {
        if (!Files.isDirectory(dataDirectory)) {
            return Optional.empty();
        }
        try {
            Path directory = dataDirectory.toRealPath();
            Optional<Postmaster> running = Postmaster.of(PostgresCluster.in(directory))
                    .filter(postmaster -> postmaster.ready() && postmaster.alive());
            return running.isEmpty()
                    ? Optional.empty()
                    : Optional.of(new EmbeddedPostgres(running.get(), PostgresCluster.password(directory), () -> {}));
        } catch (IOException e) {
            throw unusable(dataDirectory, e);
        }
    }

    /** The URL of {@link #DATABASE}, password included: {@code postgresql://postgres:…@127.0.0.1:PORT/quotient}. */
    public String url() {
        return url(DATABASE);
    }

    /** The URL of a database by its name, password included. */
    public String url(String database) {
        return "postgresql://" + PostgresCluster.USER + ":" + password + "@127.0.0.1:" + port() + "/" + database;
    }

    public int port() {
        return postmaster.port();
    }

    /** The process id of the server's parent process, the postmaster. */
    public long pid() {
        return postmaster.pid();
    }

    /**
     * Stops the server if this object started it, closes its clients' connections, and returns when it has ended.
     * Further calls have no effect.
     *
     * @throws EmbeddedPostgresException when it does not stop
     */
    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            stop.run();
        } catch (IOException e) {
            throw new EmbeddedPostgresException(
                    "Postgres (process " + pid() + ") could not be stopped: " + e.getMessage() + ".", e);
        }
    }

    /** The address, without credentials. */
    @Override
    public String toString() {
        return "127.0.0.1:" + port();
    }

    private void createDatabase() throws SQLException {
        DatabaseUrl url = DatabaseUrl.parse(url("postgres"));
        try (Connection connection = DriverManager.getConnection(url.jdbcUrl(), url.user(), url.password());
                Statement statement = connection.createStatement();
                ResultSet found =
                        statement.executeQuery("SELECT FROM pg_database WHERE datname = '" + DATABASE + "'")) {
            if (!found.next()) {
                statement.execute("CREATE DATABASE " + DATABASE);
            }
        }
    }

    private static EmbeddedPostgresException unusable(Path dataDirectory, IOException e) {
        if (String.valueOf(e.getMessage()).contains("No space left on device")) {
            return new EmbeddedPostgresException(
                    "The disk of the data directory " + dataDirectory + " is full; make room on it, or set "
                            + DATA_DIRECTORY_SETTING + " (" + DATA_DIRECTORY_VARIABLE + ") to another directory.",
                    e);
        }
        return new EmbeddedPostgresException(
                "The data directory " + dataDirectory + " cannot be used (" + reason(e)
                        + "); make it one that this user"
                        + " may write, or set " + DATA_DIRECTORY_SETTING + " (" + DATA_DIRECTORY_VARIABLE
                        + ") to another directory.",
                e);
    }

    /** The JDK describes common I/O errors only by class and path. */
    private static String reason(IOException e) {
        if (e instanceof AccessDeniedException) {
            return "no access to " + e.getMessage();
        }
        return e instanceof FileAlreadyExistsException ? e.getMessage() + " is a file" : e.toString();
    }
}
