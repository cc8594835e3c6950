package com.quotient.audience;

import java.util.List;
import java.util.TreeMap;

/** The rows of an import that were not stored: all are counted, the first ones are remembered. Belongs to one thread. */
final class Rejections {
    private static final int MAX_REMEMBERED = 1000;
    private static final int MAX_DETAIL = 500;

    /** By line. Rows are rejected partly before and partly by the database, so not in their order. */
    private final TreeMap<Long, String> details = new TreeMap<>();

    private long total;

    /** Rows that were not stored: where they begin, from 1, where they end, and why. */
    record Rejection(long line, long lastLine, String detail) {}

    /** A rejection as the wire shows it. */
    record Line(long line, String detail) {}

    /** Where a quote joined lines, each of them is lost. */
    void add(Rejection rejection) {
        long line = rejection.line();
        long lastLine = rejection.lastLine();
        total += lastLine - line + 1;
        String place = lastLine == line ? "" : "Lines " + line + " to " + lastLine + ", which a quote joins: ";
        details.put(line, abbreviated(place + rejection.detail()));
        if (details.size() > MAX_REMEMBERED) {
            details.pollLastEntry();
        }
    }

    /** Lines that were rejected. */
    long total() {
        return total;
    }

    /** The first thousand, in the order of the file. */
    List<Line> first() {
        return details.entrySet().stream()
                .map(entry -> new Line(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** A row may hold thousands of names that are wrong. */
    private static String abbreviated(String detail) {
        return detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL - 1) + "…";
    }
}
