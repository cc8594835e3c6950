package com.quotient.origin;

/** Says in a sentence why an origin rule is refused and what to write instead; the message is meant for a person. */
public final class InvalidOriginRule extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    /** As much of an entry as a message repeats. */
    private static final int MAX_SHOWN = 100;

    InvalidOriginRule(String message) {
        super(message);
    }

    InvalidOriginRule(String entry, String reason) {
        this("Origin rule '%s' is refused: %s".formatted(shown(entry), reason));
    }

    /** The entry with what a terminal or a log would obey or hide written out, and cut where it is long. */
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
