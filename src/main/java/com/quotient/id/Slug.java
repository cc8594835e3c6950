package com.quotient.id;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The name of a post or a list in a path: words of {@code a-z} and {@code 0-9} joined by single hyphens. */
public final class Slug {
    public static final int MAX_LENGTH = 100;

    public static final String RULE =
            "must be words of a-z and 0-9 joined by single hyphens, such as monthly-news, of at most " + MAX_LENGTH
                    + " characters.";

    private static final Pattern GRAMMAR = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern OTHERS = Pattern.compile("[^a-z0-9]+");

    /** Letters without a Unicode decomposition. */
    private static final Map<String, String> LETTERS = Map.of(
            "ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "ł", "l", "þ", "th", "ı", "i", "ħ", "h");

    private Slug() {}

    public static boolean isValid(String slug) {
        return slug.length() <= MAX_LENGTH && GRAMMAR.matcher(slug).matches();
    }

    /** Makes a slug from a name or a title, without accents; empty if no usable letter is left. */
    public static String of(String name) {
        String plain = MARKS.matcher(Normalizer.normalize(name, Normalizer.Form.NFKD))
                .replaceAll("")
                .toLowerCase(Locale.ROOT);
        for (Map.Entry<String, String> letter : LETTERS.entrySet()) {
            plain = plain.replace(letter.getKey(), letter.getValue());
        }
        String slug = trimmed(OTHERS.matcher(plain).replaceAll("-"));
        return slug.length() <= MAX_LENGTH ? slug : trimmed(slug.substring(0, MAX_LENGTH));
    }

    private static String trimmed(String slug) {
        int start = slug.startsWith("-") ? 1 : 0;
        int end = slug.length() - (slug.length() > start && slug.endsWith("-") ? 1 : 0);
        return slug.substring(start, end);
    }
}
