package com.quotient.embedded;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A lock on a data directory, for one process and one owner within it. The operating system releases it when the
 * process ends.
 */
final class DirectoryLock implements AutoCloseable {
    // POSIX drops every lock a process has on a file as soon as it closes any descriptor of that file, so a second
    // attempt within this process must be refused before it opens the file.
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path directory;
    private final FileChannel channel;

    private DirectoryLock(Path directory, FileChannel channel) {
        this.directory = directory;
        this.channel = channel;
    }

    /** Takes the lock; empty if it is held. The directory must exist, and its path must be its real path. */
    static Optional<DirectoryLock> acquire(Path directory) throws IOException {
        if (!HELD_HERE.add(directory)) {
            return Optional.empty();
        }
        try {
            FileChannel channel =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (channel.tryLock() != null) {
                return Optional.of(new DirectoryLock(directory, channel));
            }
            channel.close();
        } catch (IOException e) {
            HELD_HERE.remove(directory);
            throw e;
        }
        HELD_HERE.remove(directory);
        return Optional.empty();
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            HELD_HERE.remove(directory);
        }
    }
}
