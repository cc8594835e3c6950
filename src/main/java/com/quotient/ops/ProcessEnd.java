package com.quotient.ops;

import com.quotient.config.LogFormat;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Ends the process at once if it can no longer serve, with a log line that says why. Kubernetes or systemd restarts it,
 * while a process that hangs would stay. Nothing here allocates memory.
 */
public final class ProcessEnd {
    /** A clean stop, asked for by a signal. */
    public static final int STOPPED = 0;
    /** Memory has ended. It is the exit code of the JVM's own {@code -XX:+ExitOnOutOfMemoryError}. */
    public static final int OUT_OF_MEMORY = 3;
    /** An event loop no longer answers. */
    public static final int EVENT_LOOP_DEAD = 4;
    /** A stop took longer than its deadline. */
    public static final int STOP_TIMED_OUT = 5;

    private static final AtomicBoolean ENDED = new AtomicBoolean();
    private static final FileOutputStream OUT = new FileOutputStream(FileDescriptor.out);
    private static final Runtime RUNTIME = Runtime.getRuntime();

    private static volatile LogFormat format = LogFormat.TEXT;
    private static volatile byte[] memoryLine = memoryLine();

    private ProcessEnd() {}

    /** Writes the last line in the format of the log. */
    public static void configure(LogFormat logFormat) {
        format = logFormat;
        memoryLine = memoryLine();
    }

    /** Ends the process if memory has ended: the cause, or one of its causes, is an {@link OutOfMemoryError}. */
    public static void onError(@Nullable Throwable failure) {
        // A chain of causes may be a ring.
        Throwable cause = failure;
        for (int i = 0; cause != null && i < 16; i++) {
            if (cause instanceof OutOfMemoryError) {
                outOfMemory();
            }
            cause = cause.getCause();
        }
    }

    public static void outOfMemory() {
        end(OUT_OF_MEMORY, memoryLine);
    }

    static void eventLoopDead(String loop, Duration silence, String where) {
        end(
                EVENT_LOOP_DEAD,
                line("The process ends with exit code %d: %s has not answered for %d ms. It is at %s."
                        .formatted(EVENT_LOOP_DEAD, loop, silence.toMillis(), where)));
    }

    public static void stopTimedOut(Duration deadline) {
        end(
                STOP_TIMED_OUT,
                line("The process ends with exit code %d: it could not stop within process.stopDeadline, %d ms."
                        .formatted(STOP_TIMED_OUT, deadline.toMillis())));
    }

    /** Ends the process after a clean stop. The JVM would make 143 of it after SIGTERM. */
    public static void stopped() {
        end(STOPPED, new byte[0]);
    }

    private static void end(int code, byte[] line) {
        if (ENDED.compareAndSet(false, true)) {
            try {
                OUT.write(line);
            } catch (IOException e) {
                // Nobody reads the log any more; the process ends all the same.
            } finally {
                RUNTIME.halt(code);
            }
        }
    }

    private static byte[] memoryLine() {
        return line(
                "The process ends with exit code " + OUT_OF_MEMORY + ": memory has ended (OutOfMemoryError). Give it"
                        + " more with -Xmx, or let it accept less; see docs/operations.md.");
    }

    private static byte[] line(String message) {
        String line = format == LogFormat.JSON
                ? "{\"message\":\"" + message.replace('"', '\'') + "\",\"logger_name\":\"" + ProcessEnd.class.getName()
                        + "\",\"level\":\"ERROR\"}"
                : "ERROR ProcessEnd - " + message;
        return (line + "\n").getBytes(StandardCharsets.UTF_8);
    }
}
