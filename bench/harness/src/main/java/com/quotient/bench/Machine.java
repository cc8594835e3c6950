package com.quotient.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine in general terms: enough to judge the numbers, too little to tell whose it is. */
final class Machine {
    private Machine() {}

    static String describe() {
        String arch = System.getProperty("os.arch");
        return "%s, %d cores shared by the server, Postgres and the load generator, %d GiB of memory; JDK %d, Linux %s."
                .formatted(
                        arch.equals("amd64") ? "x86-64" : arch,
                        Runtime.getRuntime().availableProcessors(),
                        gibibytes(),
                        Runtime.version().feature(),
                        System.getProperty("os.version").replaceAll("\\D.*", ""));
    }

    private static long gibibytes() {
        try {
            String total = Files.readAllLines(Path.of("/proc/meminfo")).get(0);
            return Math.round(Long.parseLong(total.replaceAll("\\D", "")) / 1024.0 / 1024.0);
        } catch (IOException e) {
            throw new BenchException("/proc/meminfo cannot be read: " + e.getMessage() + ".", e);
        }
    }
}
