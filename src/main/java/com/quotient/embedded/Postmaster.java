package com.quotient.embedded;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The parent process of a Postgres server, as recorded in the file {@code postmaster.pid} of its cluster. The file
 * remains after a process was killed, and its process id may then belong to another process.
 *
 * @param cluster the cluster's directory, as the server was started on it
 * @param ready whether it has announced that it accepts connections
 */
record Postmaster(Path cluster, long pid, int port, boolean ready) {
    // One of the lines is a path, which need not be UTF-8.
    private static final Charset BYTES = StandardCharsets.ISO_8859_1;
    private static final int PORT_LINE = 3;
    private static final int STATUS_LINE = 7;

    // Above the largest process id that Linux (2^22) or macOS (99999) gives out.
    private static final String NOBODY = "4194305";

    /** Reads the cluster's file; empty if there is none: no server runs, and the last one stopped cleanly. */
    static Optional<Postmaster> of(Path cluster) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(file(cluster), BYTES);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        // The file has fewer lines while a server is starting, or after a full disk.
        return Optional.of(new Postmaster(
                cluster,
                number(lines, 0),
                (int) number(lines, PORT_LINE),
                line(lines, STATUS_LINE).equals("ready")));
    }

    /**
     * Whether that process is alive and a server on this cluster. The command line decides, since a process id may be
     * reused; a process that has ended but was not reaped (a container's init may never do so) has none.
     */
    boolean alive() {
        return ProcessHandle.of(pid)
                .flatMap(process -> process.info().arguments())
                .map(arguments -> {
                    int directory = List.of(arguments).indexOf("-D") + 1;
                    return directory > 0
                            && directory < arguments.length
                            && arguments[directory].equals(cluster.toString());
                })
                .orElse(false);
    }

    /**
     * Marks a stale file as belonging to no process. Postgres would trust any live process with that id and refuse to
     * start. The file is not deleted: Postgres uses its other lines to check that no child of the dead server is still
     * writing.
     */
    void disown() throws IOException {
        List<String> lines = new ArrayList<>(Files.readAllLines(file(cluster), BYTES));
        if (lines.isEmpty()) {
            Files.delete(file(cluster));
        } else {
            lines.set(0, NOBODY);
            Files.write(file(cluster), lines, BYTES);
        }
    }

    private static Path file(Path cluster) {
        return cluster.resolve("postmaster.pid");
    }

    private static String line(List<String> lines, int index) {
        return index < lines.size() ? lines.get(index).strip() : "";
    }

    private static long number(List<String> lines, int index) {
        String line = line(lines, index);
        return line.matches("\\d{1,9}") ? Long.parseLong(line) : 0;
    }
}
