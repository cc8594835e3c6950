package com.quotient.csv;

import com.google.common.base.CharMatcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes tables (RFC 4180). What a spreadsheet would take for a formula is written as {@link Formula} says. */
public final class CsvWriter {
    /** Also the separators that a reader elsewhere may expect. */
    private static final CharMatcher MUST_QUOTE = CharMatcher.anyOf(",;\t\"\r\n");

    private CsvWriter() {}

    /** One row with the line end behind it; null is an empty cell. */
    public static String row(List<@Nullable String> cells) {
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < cells.size(); i++) {
            if (i > 0) {
                row.append(',');
            }
            String cell = cells.get(i);
            if (cell != null) {
                append(row, Formula.guard(cell));
            }
        }
        return row.append("\r\n").toString();
    }

    private static void append(StringBuilder row, String cell) {
        if (MUST_QUOTE.matchesNoneOf(cell)) {
            row.append(cell);
        } else {
            row.append('"').append(cell.replace("\"", "\"\"")).append('"');
        }
    }
}
