package com.quotient.embedded;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.tukaani.xz.XZInputStream;

/**
 * The programs of Postgres ({@code initdb}, {@code pg_ctl}, {@code postgres}) for this platform, unpacked from the
 * class path. Postgres refuses to run as root, so root runs them in a user namespace, where it is nobody; their files
 * belong to root all the same.
 */
final class PostgresBinaries {
    private static final String RELEASE = "release";
    private static final int OWNER_MAY_EXECUTE = 0100;

    private final Path home;
    private final List<String> prefix;

    private PostgresBinaries(Path home, List<String> prefix) {
        this.home = home;
        this.prefix = prefix;
    }

    /** Output and exit of a program. */
    record Result(int exit, String output) {
        boolean succeeded() {
            return exit == 0;
        }
    }

    /**
     * Unpacks an archive into a directory unless it already holds the programs of this release. Only one process at a
     * time.
     *
     * @throws EmbeddedPostgresException when this user cannot run them
     */
    static synchronized PostgresBinaries unpack(URL archive, Path home, Consumer<String> progress) throws IOException {
        List<String> prefix = prefix();
        // The length is enough to distinguish releases; a digest of fifteen megabytes would slow down each start.
        String release = Long.toString(archive.openConnection().getContentLengthLong());
        if (!Files.exists(home.resolve(RELEASE))
                || !Files.readString(home.resolve(RELEASE)).equals(release)) {
            progress.accept("Unpacking Postgres 18…");
            Path unfinished = home.resolveSibling(home.getFileName() + ".unfinished");
            Directories.delete(unfinished);
            Directories.createPrivate(unfinished);
            extract(archive, unfinished);
            Files.writeString(unfinished.resolve(RELEASE), release);
            Directories.delete(home);
            Files.move(unfinished, home, StandardCopyOption.ATOMIC_MOVE);
        }
        return new PostgresBinaries(home, prefix);
    }

    /** Runs a program and waits for its end. The program has its own time limits. */
    Result run(String program, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(prefix);
        command.add(home.resolve("bin").resolve(program).toString());
        command.addAll(arguments);
        return run(command);
    }

    private static Result run(List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        // Messages are in English, because launch failures are recognised by their text. Settings of libpq are removed.
        builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        process.getOutputStream().close();
        try (InputStream output = process.getInputStream()) {
            String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), text);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EmbeddedPostgresException("Postgres was given up because the program is stopping.", e);
        }
    }

    private static List<String> prefix() {
        if (!"root".equals(System.getProperty("user.name"))) {
            return List.of();
        }
        List<String> namespace = List.of("unshare", "-U");
        List<String> trial = new ArrayList<>(namespace);
        // initdb also needs the user's name.
        trial.addAll(List.of("id", "-un"));
        try {
            if (run(trial).succeeded()) {
                return namespace;
            }
        } catch (IOException e) {
            // There is no such program, which means the same.
        }
        throw new EmbeddedPostgresException(
                "Postgres refuses to run as root, and there is no user namespace to run it in"
                        + " here; run Quotient as an ordinary user, or set QUOTIENT_DATABASE_URL to a Postgres of your own.");
    }

    /**
     * The archive of the programs for this platform, which only the standalone jar contains.
     *
     * @throws EmbeddedPostgresException if the class path has none
     */
    static URL archive() {
        String system = System.getProperty("os.name");
        String machine = System.getProperty("os.arch");
        String name = "/postgres-"
                + (system.startsWith("Mac") ? "darwin" : system.toLowerCase(Locale.ROOT))
                + "-"
                + (machine.equals("aarch64") ? "arm_64" : machine.replace("amd64", "x86_64"))
                + ".txz";
        URL archive = PostgresBinaries.class.getResource(name);
        if (archive == null) {
            throw new EmbeddedPostgresException("This jar contains no Postgres for " + system + " on " + machine
                    + "; set QUOTIENT_DATABASE_URL to a Postgres of your own, or run quotient-standalone.jar, which"
                    + " contains one for Linux and macOS.");
        }
        return archive;
    }

    private static void extract(URL archive, Path into) throws IOException {
        try (InputStream file = new BufferedInputStream(archive.openStream());
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(file))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path target = into.resolve(entry.getName());
                if (entry.isDirectory()) {
                    Files.createDirectories(target);
                    continue;
                }
                Files.createDirectories(target.resolveSibling(""));
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, target);
                    if ((entry.getMode() & OWNER_MAY_EXECUTE) != 0
                            && !target.toFile().setExecutable(true)) {
                        throw new IOException(target + " cannot be made executable.");
                    }
                }
            }
        }
    }
}
