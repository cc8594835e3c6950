package com.quotient.audience;

import com.google.common.base.CharMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Comma-separated values (RFC 4180). What a spreadsheet would take for a formula is written with an apostrophe before it,
 * which reading takes away again, so that what was exported can be imported.
 */
final class Csv {
    private static final CharMatcher MUST_QUOTE = CharMatcher.anyOf(",\"\r\n");
    private static final String FORMULA_STARTS = "=+-@\t\r";
    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d+(\\.\\d+)?([eE][+-]?\\d+)?");

    private Csv() {}

    /** One record with the line break that ends it; null is an empty field. */
    static String record(List<@Nullable String> fields) {
        StringBuilder record = new StringBuilder();
        for (int i = 0; i < fields.size(); i++) {
            if (i > 0) {
                record.append(',');
            }
            String field = fields.get(i);
            if (field != null) {
                append(record, isFormula(field) ? "'" + field : field);
            }
        }
        return record.append("\r\n").toString();
    }

    /** The fields of one record without the line break that ends it; null when a quote is open or out of place. */
    static @Nullable List<String> fields(String record) {
        List<String> fields = new ArrayList<>();
        int at = 0;
        while (true) {
            StringBuilder quoted = new StringBuilder();
            int end;
            if (record.startsWith("\"", at)) {
                end = unquote(record, at + 1, quoted);
                if (end < 0) {
                    return null;
                }
            } else {
                int comma = record.indexOf(',', at);
                end = comma < 0 ? record.length() : comma;
                quoted.append(record, at, end);
            }
            fields.add(unguarded(quoted.toString()));
            if (end == record.length()) {
                return fields;
            }
            at = end + 1;
        }
    }

    /** Reads on from behind an opening quote; the place behind the closing one, or -1. */
    private static int unquote(String record, int start, StringBuilder field) {
        int at = start;
        while (true) {
            int quote = record.indexOf('"', at);
            if (quote < 0) {
                return -1;
            }
            field.append(record, at, quote);
            if (!record.startsWith("\"", quote + 1)) {
                boolean ended = quote + 1 == record.length() || record.charAt(quote + 1) == ',';
                return ended ? quote + 1 : -1;
            }
            field.append('"');
            at = quote + 2;
        }
    }

    private static void append(StringBuilder record, String field) {
        if (MUST_QUOTE.matchesNoneOf(field)) {
            record.append(field);
        } else {
            record.append('"').append(field.replace("\"", "\"\"")).append('"');
        }
    }

    /** Also what looks like one with the apostrophe, which reading would take away otherwise. */
    private static boolean isFormula(String field) {
        String rest = field.startsWith("'") ? field.substring(1) : field;
        return startsFormula(rest) && !NUMBER.matcher(field).matches();
    }

    private static String unguarded(String field) {
        return field.startsWith("'")
                        && (startsFormula(field.substring(1))
                                || field.startsWith("''") && startsFormula(field.substring(2)))
                ? field.substring(1)
                : field;
    }

    private static boolean startsFormula(String text) {
        return !text.isEmpty() && FORMULA_STARTS.indexOf(text.charAt(0)) >= 0;
    }
}
