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
 * Reads a table (RFC 4180) that arrives piece by piece, in UTF-8, with lines that end in any way. Its separator is the
 * comma, the semicolon or the tab, whichever stands most in the first line, or the one that a line {@code sep=;} before it
 * names. A quote that is closed nowhere, or where more of the cell follows, costs the row it stands in: the lines after it
 * are read again as rows of their own. Holds no more than one row. Belongs to one thread.
 */
public final class CsvReader {
    /** Cells of a row; what is empty does not count. */
    static final int MAX_CELLS = 2000;

    /** Characters (UTF-16 units) of a cell that goes over several lines: twice what a stored text has at most. */
    static final int MAX_QUOTED = 8192;

    /** Bytes that are read again for each byte of the file, and those granted to a small one. */
    private static final int REREAD_FACTOR = 4;

    private static final int REREAD_GRANT = 1 << 20;

    private static final String SEPARATORS = ",;\t";
    private static final Pattern DECLARATION = Pattern.compile("\"?sep=([,;\t])\"?", Pattern.CASE_INSENSITIVE);

    private final int maxBytes;
    private final LineReader lines;
    private final Deque<Line> again = new ArrayDeque<>();
    /** The lines of the row that is being read. */
    private final List<Line> held = new ArrayList<>();

    private long heldBytes;
    private long readBytes;
    private long rereadBytes;
    private boolean ended;
    private @Nullable CellReader cells;

    /** {@code maxBytes}: of one row. */
    public CsvReader(int maxBytes) {
        this.maxBytes = maxBytes;
        this.lines = new LineReader(maxBytes);
    }

    /** What stands in some lines of the file, counted from 1: a row, or what cannot be read as one. */
    public sealed interface Row {
        long line();

        long lastLine();
    }

    /** The cells of one row, the header among them. Rows whose cells are all blank are left out. */
    public record Cells(long line, long lastLine, List<String> cells) implements Row {}

    /** What is lost. The reason is a sentence. */
    public record Lost(long line, long lastLine, String reason) implements Row {}

    /** The next piece, once all rows of the one before were taken. It is not copied. */
    public void add(byte[] piece, int length) {
        lines.add(piece, length);
    }

    /** No piece follows. */
    public void end() {
        lines.end();
        ended = true;
    }

    /**
     * The next row, or null when another piece must come, and at the end.
     *
     * @throws UnreadableFile when the file is no text in UTF-8 as a whole
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

    /** Whether the table begins here: not yet where a line is blank or only names the separator. */
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

    /** Gives up the first line that is held, and reads the others once more unless that was done too often. */
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

    /** Whichever stands most in the header outside of quotes; the comma where none does. */
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
