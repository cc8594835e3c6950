package com.quotient.json;

/** Lengths in code points, as for {@code maxLength} in JSON Schema: an emoji counts as one. */
public final class CodePoints {
    private CodePoints() {}

    /** Whether a text has more code points than this. */
    public static boolean exceed(String text, int max) {
        return text.length() > max && text.codePointCount(0, text.length()) > max;
    }
}
