package com.quotient.json;

/** Lengths as JSON Schema counts them for {@code maxLength}: in code points, so that an emoji is one and not two. */
public final class CodePoints {
    private CodePoints() {}

    /** Whether a text is longer than so many code points. */
    public static boolean exceed(String text, int max) {
        return text.length() > max && text.codePointCount(0, text.length()) > max;
    }
}
