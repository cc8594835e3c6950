package com.quotient.blog;

/**
 * The characters that a post may hold. HTML does not allow control characters, lone surrogates and noncharacters
 * (WHATWG HTML section 13.2.3.5); each is replaced by U+FFFD, so that the tree and its HTML agree.
 */
final class Characters {
    private static final char REPLACEMENT = '\uFFFD';

    private Characters() {}

    static String shown(String text) {
        int at = firstHidden(text, 0);
        if (at < 0) {
            return text;
        }
        StringBuilder shown = new StringBuilder(text.length());
        int from = 0;
        while (at >= 0) {
            shown.append(text, from, at).append(REPLACEMENT);
            from = at + Character.charCount(text.codePointAt(at));
            at = firstHidden(text, from);
        }
        return shown.append(text, from, text.length()).toString();
    }

    /** The length in UTF-8 bytes; a lone surrogate counts as U+FFFD. */
    static long utf8Length(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                bytes++;
            } else if (c < 0x800) {
                bytes += 2;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                bytes += 4;
                i++;
            } else {
                bytes += 3;
            }
        }
        return bytes;
    }

    /** Code points of scripts without spaces, each of which counts as a word. */
    static boolean isWordOfItsOwn(int codePoint) {
        if (codePoint < 0x2E80) {
            return false;
        }
        return switch (Character.UnicodeScript.of(codePoint)) {
            case HAN, HIRAGANA, KATAKANA -> Character.isLetter(codePoint);
            default -> false;
        };
    }

    private static int firstHidden(String text, int from) {
        for (int i = from; i < text.length(); ) {
            int c = text.codePointAt(i);
            if (!isShown(c)) {
                return i;
            }
            i += Character.charCount(c);
        }
        return -1;
    }

    private static boolean isShown(int c) {
        if (c < 0x20) {
            return c == '\n' || c == '\t' || c == '\r';
        }
        return !(c >= 0x7F && c < 0xA0
                || c >= 0xD800 && c < 0xE000
                || c >= 0xFDD0 && c < 0xFDF0
                || (c & 0xFFFE) == 0xFFFE);
    }
}
