package com.quotient.testing;

import java.util.stream.DoubleStream;

/** Reads the text format of Prometheus. */
final class Scrape {
    private Scrape() {}

    /** The values of a metric; or of those of its lines whose first labels are given after a brace. */
    static DoubleStream values(String text, String nameAndLabels) {
        return text.lines()
                .filter(line -> line.startsWith(nameAndLabels) && isWhole(nameAndLabels, line))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)));
    }

    /** Whether the line is not of a metric whose name is only longer. */
    private static boolean isWhole(String nameAndLabels, String line) {
        return nameAndLabels.contains("{") || "{ ".indexOf(line.charAt(nameAndLabels.length())) >= 0;
    }
}
