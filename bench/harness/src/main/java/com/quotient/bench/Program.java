package com.quotient.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A process of ours, with its output in a file. Closing it ends it. */
public final class Program implements AutoCloseable {
    private static final Duration STOPS_WITHIN = Duration.ofSeconds(15);
    private static final Duration PAUSE = Duration.ofMillis(5);

    private final String name;
    private final Process process;
    private final Path log;

    private Program(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    static Program start(String name, List<String> command, Map<String, String> environment, Path directory) {
        Path log = directory.resolve(name + ".log");
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
        // Settings of the person who runs this must not change what is measured.
        builder.environment().keySet().removeIf(variable -> variable.startsWith("QUOTIENT_"));
        builder.environment().putAll(environment);
        try {
            return new Program(name, builder.start(), log);
        } catch (IOException e) {
            throw new BenchException("The program " + command.get(0) + " does not start: " + e.getMessage() + ".", e);
        }
    }

    public static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new BenchException("There is no free port: " + e.getMessage() + ".", e);
        }
    }

    public long pid() {
        return process.pid();
    }

    public Path log() {
        return log;
    }

    /** Waits until a request is answered with a status. */
    public Program awaitAnswer(String request, int port, int status, Duration within) {
        long deadline = System.nanoTime() + within.toNanos();
        while (!answers(request, port, status)) {
            if (!process.isAlive()) {
                throw new BenchException(name + " has ended instead of starting; its output ends with:\n" + tail());
            }
            if (System.nanoTime() - deadline > 0) {
                throw new BenchException(name + " does not answer with " + status + " after " + within.toSeconds()
                        + " seconds; its output ends with:\n" + tail());
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        return this;
    }

    /** Waits for its end, which must be a good one, and returns what it wrote. */
    String awaitEnd(Duration within) {
        try {
            if (process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS) && process.exitValue() == 0) {
                return Files.readString(log);
            }
        } catch (IOException e) {
            throw new BenchException("What " + name + " wrote cannot be read: " + e.getMessage() + ".", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        String how = process.isAlive() ? "does not end" : "failed with " + process.exitValue();
        close();
        throw new BenchException(name + " " + how + "; its output ends with:\n" + tail());
    }

    @Override
    public void close() {
        stop(STOPS_WITHIN);
    }

    /** Asks it to end, and ends it when it does not. */
    public void stop(Duration within) {
        process.destroy();
        try {
            if (!process.waitFor(within.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private static boolean answers(String request, int port, int status) {
        try {
            return RawAnswer.to(request, port).status() == status;
        } catch (IOException e) {
            return false;
        }
    }

    private String tail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException e) {
            return "(unreadable: " + e.getMessage() + ")";
        }
    }
}
