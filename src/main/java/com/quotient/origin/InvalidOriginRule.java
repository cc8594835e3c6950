package com.quotient.origin;

/** A refused origin rule. The message is a sentence that says why, and what to write instead. */
public final class InvalidOriginRule extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** The maximum length of an entry in a message. */
    private static final int MAX_SHOWN = 100;

    InvalidOriginRule(String message) {
        super(message);
    }

    InvalidOriginRule(String entry, String reason) {
        this("Origin rule '%s' is refused: %s".formatted(shown(entry), reason));
    }

    /** The entry with control and invisible characters escaped, and truncated. */
    private static String shown(String entry) {
        StringBuilder shown = new StringBuilder();
        entry.codePoints().limit(MAX_SHOWN).forEach(c -> {
            if (isPlain(c)) {
                shown.appendCodePoint(c);
            } else {
                shown.append("\\u{%X}".formatted(c));
            }
        });
        return entry.codePointCount(0, entry.length()) > MAX_SHOWN ? shown + "…" : shown.toString();
    }

    private static boolean isPlain(int c) {
        return switch (Character.getType(c)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.UNASSIGNED,
                    Character.PRIVATE_USE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> c == ' ';
            default -> true;
        };
    }
}
