package com.quotient.csv;

import com.quotient.csv.LineReader.Line;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads CSV (RFC 4180) in UTF-8 that arrives in pieces, with any line ends. The separator is the comma, the semicolon
 * or the tab: the most frequent one of the header, or the one that a line {@code sep=;} before it names. An unclosed
 * quote, or text after a closing quote, costs only its row: the following lines are read again as rows. Holds one row
 * in memory. Used by one thread.
 */
public final class CsvReader {
    /** Maximum cells of a row; empty ones do not count. */
    static final int MAX_CELLS = 2000;

    /** Maximum UTF-16 units of a multi-line cell: twice the maximum of a stored text. */
    static final int MAX_QUOTED = 8192;

    /** Maximum bytes read again per byte of the file, and the allowance for a small file. */
    private static final int REREAD_FACTOR = 4;

    private static final int REREAD_GRANT = 1 << 20;

    private static final String SEPARATORS = ",;\t";
    private static final Pattern DECLARATION = Pattern.compile("\"?sep=([,;\t])\"?", Pattern.CASE_INSENSITIVE);

    private final int maxBytes;
    private final LineReader lines;
    private final Deque<Line> again = new ArrayDeque<>();
    /** The lines of the current row. */
    private final List<Line> held = new ArrayList<>();

    private long heldBytes;
    private long readBytes;
    private long rereadBytes;
    private boolean ended;
    private @Nullable CellReader cells;

    /** {@code maxBytes} limits one row. */
    public CsvReader(int maxBytes) {
        this.maxBytes = maxBytes;
        this.lines = new LineReader(maxBytes);
    }

    /** A row or an unreadable part of the file, with its lines, counted from 1. */
    public sealed interface Row {
        long line();

        long lastLine();
    }

    /** A row, the header included. Rows of blank cells are skipped. */
    public record Cells(long line, long lastLine, List<String> cells) implements Row {}

    /** An unreadable part. The reason is a sentence. */
    public record Lost(long line, long lastLine, String reason) implements Row {}

    /** Supplies the next piece, after all rows of the previous one were taken. The buffer is not copied. */
    public void add(byte[] piece, int length) {
        lines.add(piece, length);
    }

    /** Marks the end of the input. */
    public void end() {
        lines.end();
        ended = true;
    }

    /**
     * The next row; null when more input is needed, and at the end.
     *
     * @throws UnreadableFile when the file is not UTF-8 text
     */
    public @Nullable Row next() {
        Line line;
        while ((line = line()) != null) {
            Row row = read(line);
            if (row != null) {
                return row;
            }
        }
        return ended && !held.isEmpty() ? recover("A quote opens a cell of this row and is closed nowhere.") : null;
    }

    private @Nullable Line line() {
        Line repeated = again.poll();
        if (repeated != null) {
            return repeated;
        }
        Line line = lines.next();
        readBytes += line == null ? 0 : line.length();
        return line;
    }

    private @Nullable Row read(Line line) {
        String text = line.text();
        held.add(line);
        heldBytes += line.length();
        if (text == null) {
            return recover(
                    line.bytes() == null
                            ? "The row has more than " + maxBytes + " bytes."
                            : "The row is not valid UTF-8, or holds U+0000.");
        }
        if (cells == null && !begins(text)) {
            forget();
            return null;
        }
        CellReader reader = Objects.requireNonNull(cells);
        return switch (reader.read(text, line.end())) {
            case COMPLETE -> row(reader.cells(), line);
            case BROKEN -> recover(reader.fault());
            case OPEN -> heldBytes > maxBytes ? recover("The row has more than " + maxBytes + " bytes.") : null;
        };
    }

    /** Whether the line is the header; blank lines and the {@code sep=} line precede it. */
    private boolean begins(String text) {
        if (text.isBlank()) {
            return false;
        }
        Matcher declaration = DECLARATION.matcher(text.strip());
        boolean declares = declaration.matches();
        cells = new CellReader(declares ? declaration.group(1).charAt(0) : separator(text));
        return !declares;
    }

    private @Nullable Row row(List<String> found, Line last) {
        long first = held.get(0).number();
        forget();
        return found.stream().allMatch(String::isBlank) ? null : new Cells(first, last.number(), found);
    }

    /** Drops the first held line and reads the others again, unless the limit of repeated reads is reached. */
    private Row recover(String reason) {
        long first = held.get(0).number();
        long last = held.get(held.size() - 1).number();
        boolean affordable = rereadBytes + heldBytes <= REREAD_FACTOR * readBytes + REREAD_GRANT;
        if (held.size() > 1 && affordable) {
            rereadBytes += heldBytes;
            for (int i = held.size() - 1; i > 0; i--) {
                again.addFirst(held.get(i));
            }
            last = first;
        }
        forget();
        return new Lost(first, last, reason);
    }

    private void forget() {
        held.clear();
        heldBytes = 0;
        if (cells != null) {
            cells.reset();
        }
    }

    /** The most frequent separator in the header outside quotes; the comma by default. */
    private static char separator(String header) {
        int[] counts = new int[SEPARATORS.length()];
        boolean quoted = false;
        int best = 0;
        for (int i = 0; i < header.length(); i++) {
            char c = header.charAt(i);
            quoted ^= c == '"';
            int kind = quoted ? -1 : SEPARATORS.indexOf(c);
            if (kind >= 0 && ++counts[kind] > counts[best]) {
                best = kind;
            }
        }
        return SEPARATORS.charAt(best);
    }
}
