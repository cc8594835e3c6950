package com.quotient.csv;

import java.util.ArrayList;
import java.util.List;

/** Reads the cells of one row, line by line. Used by one thread. */
final class CellReader {
    private final char separator;
    private final StringBuilder cell = new StringBuilder();
    private List<String> cells = new ArrayList<>();
    private boolean quoted;
    private String fault = "";

    CellReader(char separator) {
        this.separator = separator;
    }

    /** The state after a line. */
    enum State {
        /** The row is complete. */
        COMPLETE,
        /** A quote is open: the row continues. */
        OPEN,
        /** The line is not a row; {@link #fault} says why. */
        BROKEN
    }

    /** Reads a line; {@code lineEnd} is part of the cell when a quote is open. */
    State read(String text, String lineEnd) {
        int at = 0;
        while (true) {
            boolean opens = !quoted && text.startsWith("\"", at);
            int end;
            if (quoted || opens) {
                int closed = unquote(text, opens ? at + 1 : at);
                quoted = closed < 0;
                if (quoted) {
                    return open(lineEnd);
                }
                end = endOfCell(text, closed);
                if (!text.substring(closed, end).isBlank()) {
                    return broken("A cell of the row goes on behind its closing quote.");
                }
            } else {
                end = endOfCell(text, at);
                cell.append(text, at, end);
            }
            if (cells.size() < CsvReader.MAX_CELLS) {
                cells.add(cell.toString());
            } else if (!cell.isEmpty()) {
                return broken("The row has more than " + CsvReader.MAX_CELLS + " cells.");
            }
            cell.setLength(0);
            if (end == text.length()) {
                return State.COMPLETE;
            }
            at = end + 1;
        }
    }

    /** The cells of a complete row. */
    List<String> cells() {
        return cells;
    }

    /** The fault, as a sentence. */
    String fault() {
        return fault;
    }

    /** Starts a new row. */
    void reset() {
        cells = new ArrayList<>();
        cell.setLength(0);
        quoted = false;
    }

    private State open(String lineEnd) {
        cell.append(lineEnd);
        return cell.length() <= CsvReader.MAX_QUOTED
                ? State.OPEN
                : broken("A quote opens a cell of the row and is not closed within " + CsvReader.MAX_QUOTED
                        + " characters.");
    }

    private State broken(String reason) {
        fault = reason;
        return State.BROKEN;
    }

    private int endOfCell(String text, int from) {
        int end = text.indexOf(separator, from);
        return end < 0 ? text.length() : end;
    }

    /** Reads quoted text, in which a doubled quote is a character. Returns the index after the closing quote, or -1. */
    private int unquote(String text, int from) {
        int at = from;
        while (true) {
            int quote = text.indexOf('"', at);
            if (quote < 0) {
                cell.append(text, at, text.length());
                return -1;
            }
            cell.append(text, at, quote);
            if (!text.startsWith("\"", quote + 1)) {
                return quote + 1;
            }
            cell.append('"');
            at = quote + 2;
        }
    }
}
