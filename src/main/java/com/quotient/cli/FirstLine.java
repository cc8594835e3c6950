package com.quotient.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Reads a secret from standard input, so that it does not appear in the process list. */
final class FirstLine {
    private FirstLine() {}

    static String of(InputStream input, String what) {
        try {
            String line = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8)).readLine();
            if (line == null) {
                throw new CommandFailure("Standard input is empty; " + what + " should be its first line.");
            }
            return line;
        } catch (IOException e) {
            throw new CommandFailure("Standard input cannot be read: " + e.getMessage());
        }
    }
}
