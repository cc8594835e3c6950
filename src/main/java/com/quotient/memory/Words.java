package com.quotient.memory;

import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.text.Normalizer.Form;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Splits a text into words as the search compares them: lower case, without accents, in one Unicode normalization form.
 * The result does not depend on the database's locale. A word is a run of letters and digits. Scripts without spaces
 * yield overlapping pairs of characters. A symbol, such as an emoji, is a word by itself.
 *
 * <p>Takes linear time.
 */
final class Words {
    /** Maximum characters that an index can hold; a longer word is stored as its beginning and a hash. */
    private static final int MAX_LENGTH = 64;

    private static final int KEPT_LENGTH = 48;

    /** Letters whose mark is not a separate combining accent. */
    private static final Map<Integer, String> PLAIN = Map.ofEntries(
            Map.entry((int) 'ß', "ss"),
            Map.entry((int) 'æ', "ae"),
            Map.entry((int) 'œ', "oe"),
            Map.entry((int) 'ø', "o"),
            Map.entry((int) 'đ', "d"),
            Map.entry((int) 'ð', "d"),
            Map.entry((int) 'ł', "l"),
            Map.entry((int) 'ħ', "h"),
            Map.entry((int) 'þ', "th"),
            Map.entry((int) 'ı', "i"),
            Map.entry((int) 'ς', "σ"));

    private final Consumer<String> words;
    private final StringBuilder word = new StringBuilder();

    /** The previous character if its script has no spaces, else 0. */
    private int before;

    private Words(Consumer<String> words) {
        this.words = words;
    }

    /** Passes on each word in order. */
    static void of(String text, Consumer<String> words) {
        new Words(words).read(fold(text));
    }

    /** Whether a word is one character of a script without spaces, which the index has only in pairs. */
    static boolean isLoneCharacter(String word) {
        return word.codePointCount(0, word.length()) == 1 && hasNoSpaces(word.codePointAt(0));
    }

    /** Whether a word's script, such as Chinese, has no letters to misspell. */
    static boolean hasNoSpaces(int codePoint) {
        return codePoint > 0x0DFF
                && switch (UnicodeScript.of(codePoint)) {
                    case HAN, HIRAGANA, KATAKANA, HANGUL, BOPOMOFO, THAI, LAO, KHMER, MYANMAR, TIBETAN, YI -> true;
                    default -> false;
                };
    }

    private void read(String text) {
        for (int i = 0; i < text.length(); ) {
            int c = text.codePointAt(i);
            i += Character.charCount(c);
            boolean part = Character.isLetterOrDigit(c) || isMark(c);
            if (part && hasNoSpaces(c)) {
                endWord();
                addToRun(c);
            } else {
                endRun();
                if (part) {
                    word.appendCodePoint(c);
                } else {
                    endWord();
                    if (Character.getType(c) == Character.OTHER_SYMBOL) {
                        words.accept(Character.toString(c));
                    }
                }
            }
        }
        endWord();
        endRun();
    }

    private void addToRun(int c) {
        if (before != 0) {
            words.accept(Character.toString(before) + Character.toString(c));
        }
        before = c;
    }

    /** The last character begins no pair and is indexed by itself. */
    private void endRun() {
        if (before != 0) {
            words.accept(Character.toString(before));
            before = 0;
        }
    }

    private void endWord() {
        if (word.length() > MAX_LENGTH) {
            String whole = word.toString();
            int kept = Character.isLowSurrogate(whole.charAt(KEPT_LENGTH)) ? KEPT_LENGTH - 1 : KEPT_LENGTH;
            words.accept(whole.substring(0, kept) + Integer.toHexString(whole.hashCode()));
        } else if (word.length() > 0) {
            words.accept(word.toString());
        }
        word.setLength(0);
    }

    private static String fold(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        if (lower.chars().allMatch(c -> c < 0x80)) {
            return lower;
        }
        String apart = Normalizer.normalize(lower, Form.NFKD);
        StringBuilder folded = new StringBuilder(apart.length());
        apart.codePoints().forEach(c -> {
            if (!isAccent(c)) {
                String plain = PLAIN.get(c);
                if (plain == null) {
                    folded.appendCodePoint(c);
                } else {
                    folded.append(plain);
                }
            }
        });
        // Compatibility forms, such as the trademark sign, may decompose to capitals.
        return Normalizer.normalize(folded, Form.NFC).toLowerCase(Locale.ROOT);
    }

    /** Combining accents, vowel points of Hebrew and Arabic, and variation selectors. */
    private static boolean isAccent(int c) {
        return c >= 0x0300 && c <= 0x036F
                || c >= 0x0591 && c <= 0x05C7 && isMark(c)
                || c >= 0x064B && c <= 0x065F
                || c == 0x0670
                || c >= 0xFE00 && c <= 0xFE0F
                || Character.getType(c) == Character.FORMAT;
    }

    private static boolean isMark(int c) {
        int type = Character.getType(c);
        return type == Character.NON_SPACING_MARK
                || type == Character.COMBINING_SPACING_MARK
                || type == Character.ENCLOSING_MARK;
    }
}
