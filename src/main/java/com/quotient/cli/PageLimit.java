package com.quotient.cli;

import picocli.CommandLine.Option;

/** How many rows a command lists at once. */
final class PageLimit {
    private static final int MAX = 1000;

    @Option(
            names = "--limit",
            paramLabel = "NUMBER",
            defaultValue = "100",
            description = "How many at most, from 1 to " + MAX + ". Default: ${DEFAULT-VALUE}.")
    private int limit;

    /**
     * The number that was given.
     *
     * @throws IllegalArgumentException with a sentence, for one that is out of range
     */
    int value() {
        if (limit < 1 || limit > MAX) {
            throw new IllegalArgumentException("--limit is a number from 1 to " + MAX + ".");
        }
        return limit;
    }
}
