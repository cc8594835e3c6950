package com.quotient.cli;

import java.io.IOException;

/** Who reads what a command prints: a person at a terminal, or a file that keeps it. */
final class Terminal {
    private Terminal() {}

    /**
     * Whether standard output is a terminal, as {@code isatty} tells. {@link System#console()} also looks at standard input,
     * and from Java 22 on there is one without any terminal.
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
