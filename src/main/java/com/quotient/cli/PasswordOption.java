package com.quotient.cli;

import java.io.InputStream;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The password of a user: read from standard input, or created and printed once. */
final class PasswordOption {
    @Option(
            names = "--password-stdin",
            description = "Read the password, at least 12 characters, from the first line of standard input. Without it"
                    + " one is created and printed, once.")
    private boolean fromInput;

    String choose(InputStream input) {
        return fromInput ? FirstLine.of(input, "the password") : Passwords.random();
    }

    /** The password for the output, or null if it was read. */
    @Nullable
    String shown(String password) {
        return fromInput ? null : password;
    }

    /** Prints a password that was created. */
    void print(String password, PrintWriter out) {
        if (!fromInput) {
            out.println("Password: " + password);
            out.println("Keep it now: it is not stored and will not be shown again.");
        }
    }
}
