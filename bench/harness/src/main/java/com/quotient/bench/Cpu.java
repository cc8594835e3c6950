package com.quotient.bench;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What Linux says about a process in {@code /proc}. */
public final class Cpu {
    /** {@code USER_HZ}, which is 100 on every Linux that Debian supports. */
    private static final long MICROS_PER_TICK = 10_000;

    // Counted from the third field of /proc/PID/stat, which is the first after the name of the program.
    private static final int PARENT = 1;
    private static final int USER = 11;
    private static final int SYSTEM = 12;
    private static final int CHILDREN_USER = 13;
    private static final int CHILDREN_SYSTEM = 14;

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final int IDLE_LOOKS = 2;
    private static final Duration IDLE_WITHIN = Duration.ofSeconds(5);

    private Cpu() {}

    /** The time in user and kernel mode of a process, its live children and its dead ones, in microseconds. */
    public static long micros(long pid) {
        long[] before = own(pid);
        while (true) {
            long ticks = before[USER] + before[SYSTEM] + before[CHILDREN_USER] + before[CHILDREN_SYSTEM];
            ticks += ticksOfLiveChildren(pid);
            long[] after = own(pid);
            // Otherwise a child may have died between the two looks, and be missing from both or counted twice.
            if (after[CHILDREN_USER] == before[CHILDREN_USER] && after[CHILDREN_SYSTEM] == before[CHILDREN_SYSTEM]) {
                return ticks * MICROS_PER_TICK;
            }
            before = after;
        }
    }

    /** Waits until a process has no more to do: a JVM goes on compiling for a while after a load. */
    static void awaitIdle(long pid) {
        long deadline = System.nanoTime() + IDLE_WITHIN.toNanos();
        long before = micros(pid);
        for (int idle = 0; idle < IDLE_LOOKS && System.nanoTime() < deadline; ) {
            LockSupport.parkNanos(LOOK.toNanos());
            long now = micros(pid);
            idle = now - before <= MICROS_PER_TICK ? idle + 1 : 0;
            before = now;
        }
    }

    private static long[] own(long pid) {
        long[] stat = stat(Path.of("/proc", Long.toString(pid)));
        if (stat.length == 0) {
            throw new BenchException("The process " + pid + " has ended in the middle of a measurement.");
        }
        return stat;
    }

    private static long ticksOfLiveChildren(long pid) {
        long ticks = 0;
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : processes) {
                long[] stat = stat(process);
                if (stat.length > 0 && stat[PARENT] == pid) {
                    ticks += stat[USER] + stat[SYSTEM];
                }
            }
        } catch (IOException e) {
            throw new BenchException("/proc cannot be read: " + e.getMessage() + ".", e);
        }
        return ticks;
    }

    /** The resident memory of a process and its children, in MiB. */
    public static double residentMegabytes(long pid) {
        double kilobytes = residentKilobytes(pid);
        for (ProcessHandle child : ProcessHandle.of(pid)
                .map(process -> process.children().toList())
                .orElse(List.of())) {
            kilobytes += residentKilobytes(child.pid());
        }
        return kilobytes / 1024;
    }

    private static long residentKilobytes(long pid) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", ""));
                }
            }
        } catch (IOException e) {
            // It has just ended, and holds nothing.
        }
        return 0;
    }

    private static long[] stat(Path process) {
        try {
            String line = Files.readString(process.resolve("stat"));
            // The name of the program stands in parentheses and may hold spaces.
            String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ");
            long[] numbers = new long[CHILDREN_SYSTEM + 1];
            for (int i = PARENT; i < numbers.length; i++) {
                numbers[i] = Long.parseLong(fields[i]);
            }
            return numbers;
        } catch (IOException e) {
            // It ended, at the latest between being listed and being read.
            return new long[0];
        }
    }
}
