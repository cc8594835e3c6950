package com.quotient.audience;

import java.util.List;
import java.util.TreeMap;

/** The rejected rows of an import: all are counted, the first thousand are kept. Used by one thread. */
final class Rejections {
    private static final int MAX_REMEMBERED = 1000;
    private static final int MAX_DETAIL = 500;

    /** Sorted by line, because the database rejects some rows after the reader rejected later ones. */
    private final TreeMap<Long, String> details = new TreeMap<>();

    private long total;

    /** A rejected row: its first line (from 1), its last line, and the reason. */
    record Rejection(long line, long lastLine, String detail) {}

    /** A rejection as the wire shows it. */
    record Line(long line, String detail) {}

    /** A quoted cell may join lines; each of them counts. */
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

    /** The number of rejected lines. */
    long total() {
        return total;
    }

    /** The first thousand rejections, in order of lines. */
    List<Line> first() {
        return details.entrySet().stream()
                .map(entry -> new Line(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** A row may hold thousands of wrong names. */
    private static String abbreviated(String detail) {
        return detail.length() <= MAX_DETAIL ? detail : detail.substring(0, MAX_DETAIL - 1) + "…";
    }
}
