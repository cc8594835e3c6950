package com.quotient.cli;

import java.io.IOException;

/** Tells whether output goes to a terminal or into a file. */
final class Terminal {
    private Terminal() {}

    /**
     * Whether standard output is a terminal, by {@code isatty}. {@link System#console()} also depends on standard
     * input, and from Java 22 on it exists without a terminal.
     */
    static boolean isStandardOutput() {
        try {
            return new ProcessBuilder("test", "-t", "1")
                            .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
