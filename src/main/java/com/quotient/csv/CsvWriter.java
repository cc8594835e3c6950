package com.quotient.csv;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes CSV (RFC 4180). Text that a spreadsheet would run as a formula is guarded by {@link Formula}. */
public final class CsvWriter {
    private CsvWriter() {}

    /** Writes one row with its line end; null is an empty cell. */
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
        if (mustQuote(cell)) {
            row.append('"').append(cell.replace("\"", "\"\"")).append('"');
        } else {
            row.append(cell);
        }
    }

    /** Includes the separators that other readers may expect. */
    private static boolean mustQuote(String cell) {
        for (int i = 0; i < cell.length(); i++) {
            switch (cell.charAt(i)) {
                case ',', ';', '\t', '"', '\r', '\n' -> {
                    return true;
                }
                default -> {}
            }
        }
        return false;
    }
}
