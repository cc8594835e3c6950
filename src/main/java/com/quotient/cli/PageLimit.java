package com.quotient.cli;

import picocli.CommandLine.Option;

/** The maximum number of rows that a command lists. */
final class PageLimit {
    private static final int MAX = 1000;

    @Option(
            names = "--limit",
            paramLabel = "NUMBER",
            defaultValue = "100",
            description = "The maximum number of rows, from 1 to " + MAX + ". Default: ${DEFAULT-VALUE}.")
    private int limit;

    /**
     * The given number.
     *
     * @throws IllegalArgumentException with a sentence if it is out of range
     */
    int value() {
        if (limit < 1 || limit > MAX) {
            throw new IllegalArgumentException("--limit is a number from 1 to " + MAX + ".");
        }
        return limit;
    }
}
