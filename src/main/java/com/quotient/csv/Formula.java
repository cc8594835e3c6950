package com.quotient.csv;

import com.google.common.base.CharMatcher;
import java.util.regex.Pattern;

/**
 * Prevents CSV injection: a spreadsheet must not run the content of a cell. A text is dangerous where {@code = + - @},
 * or a full-width form of these, can begin a formula: at its start, and after a separator, a quote or a line break,
 * where a spreadsheet with another separator begins a cell. Such a text gets an apostrophe at its start and before each
 * such place. {@link #unguard} removes exactly these, so that every guarded text can be restored.
 */
public final class Formula {
    private static final CharMatcher FORMULA = CharMatcher.anyOf("=+-@\uFF1D\uFF0B\uFF0D\uFF20");
    private static final CharMatcher BREAK = CharMatcher.anyOf("\t\r\n");
    /** Characters that a spreadsheet may trim, and the apostrophe, so that guarding twice can be undone twice. */
    private static final CharMatcher TRANSPARENT = CharMatcher.whitespace().or(CharMatcher.anyOf("'\u200B\uFEFF"));

    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,30}(\\.\\d{1,30})?([eE][+-]?\\d{1,3})?");

    private Formula() {}

    /** The guarded text; a number stays a number. */
    public static String guard(String text) {
        return isDangerous(text) && !NUMBER.matcher(text).matches() ? "'" + within(text, true) : text;
    }

    /** The original of a guarded text; any other text unchanged. */
    public static String unguard(String cell) {
        if (!cell.startsWith("'")) {
            return cell;
        }
        String text = within(cell.substring(1), false);
        return isDangerous(text) ? text : cell;
    }

    /** Asked for each character of an export, which no {@link CharMatcher} answers as fast. */
    private static boolean startsCell(char c) {
        return switch (c) {
            case ',', ';', '|', '"', '\t', '\r', '\n' -> true;
            default -> false;
        };
    }

    private static boolean isDangerous(String text) {
        boolean atStart = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (atStart && FORMULA.matches(c)) {
                return true;
            }
            atStart = startsCell(c) || atStart && TRANSPARENT.matches(c);
        }
        // Some spreadsheets drop a leading line break together with the characters before it.
        int first = CharMatcher.isNot('\'').indexIn(text);
        return first >= 0 && BREAK.matches(text.charAt(first));
    }

    /** Adds or removes an apostrophe before each formula within the text. */
    private static String within(String text, boolean add) {
        StringBuilder changed = new StringBuilder(text.length() + 8);
        boolean atStart = false;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (atStart && FORMULA.matches(c)) {
                if (add) {
                    changed.append('\'');
                } else if (text.charAt(i - 1) == '\'') {
                    changed.setLength(changed.length() - 1);
                }
            }
            atStart = startsCell(c) || atStart && TRANSPARENT.matches(c);
            changed.append(c);
        }
        return changed.toString();
    }
}
