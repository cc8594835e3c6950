package com.quotient.csv;

import com.google.common.base.CharMatcher;
import java.util.regex.Pattern;

/**
 * Keeps spreadsheets from running what a cell holds ("CSV injection"). A text is dangerous where a formula begins with
 * {@code = + - @} or a full-width form of these: at its start, and behind a separator, a quote or a line break, where a
 * spreadsheet that splits at another character begins a cell. Such a text gets an apostrophe at its start, and one before
 * each such place within. {@link #unguard} takes exactly these away again: of any text, what was guarded comes back.
 */
public final class Formula {
    private static final CharMatcher FORMULA = CharMatcher.anyOf("=+-@\uFF1D\uFF0B\uFF0D\uFF20");
    private static final CharMatcher BREAK = CharMatcher.anyOf("\t\r\n");
    private static final CharMatcher CELL_START = CharMatcher.anyOf(",;|\"").or(BREAK);
    /** What a spreadsheet may trim, and the apostrophe, so that one more or less changes nothing else. */
    private static final CharMatcher TRANSPARENT = CharMatcher.whitespace().or(CharMatcher.anyOf("'\u200B\uFEFF"));

    private static final Pattern NUMBER = Pattern.compile("[+-]?\\d{1,30}(\\.\\d{1,30})?([eE][+-]?\\d{1,3})?");

    private Formula() {}

    /** The text as a spreadsheet may have it; a number stays one. */
    public static String guard(String text) {
        return isDangerous(text) && !NUMBER.matcher(text).matches() ? "'" + within(text, true) : text;
    }

    /** The text that was guarded; another one stays as it is. */
    public static String unguard(String cell) {
        if (!cell.startsWith("'")) {
            return cell;
        }
        String text = within(cell.substring(1), false);
        return isDangerous(text) ? text : cell;
    }

    private static boolean isDangerous(String text) {
        boolean atStart = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (atStart && FORMULA.matches(c)) {
                return true;
            }
            atStart = CELL_START.matches(c) || atStart && TRANSPARENT.matches(c);
        }
        // A line break at the start, which some drop together with what stands before it.
        int first = CharMatcher.isNot('\'').indexIn(text);
        return first >= 0 && BREAK.matches(text.charAt(first));
    }

    /** Adds an apostrophe before each formula that begins within, or takes it away. */
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
            atStart = CELL_START.matches(c) || atStart && TRANSPARENT.matches(c);
            changed.append(c);
        }
        return changed.toString();
    }
}
