package com.quotient.blog;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The name of a post in its path: words of {@code a-z} and {@code 0-9} joined by single hyphens. */
final class Slug {
    static final int MAX_LENGTH = 100;

    static final String RULE =
            "must be words of a-z and 0-9 joined by single hyphens, such as my-first-post, of at most " + MAX_LENGTH
                    + " characters.";

    /** They are paths of their own. */
    private static final Set<String> RESERVED = Set.of("list", "authors", "tags", "list-authors", "list-tags");

    private static final Pattern GRAMMAR = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern OTHERS = Pattern.compile("[^a-z0-9]+");

    /** Letters that no decomposition takes apart. */
    private static final Map<String, String> LETTERS = Map.of(
            "ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "đ", "d", "ð", "d", "ł", "l", "þ", "th", "ı", "i", "ħ", "h");

    private Slug() {}

    static boolean isValid(String slug) {
        return slug.length() <= MAX_LENGTH && GRAMMAR.matcher(slug).matches();
    }

    static boolean isReserved(String slug) {
        return RESERVED.contains(slug);
    }

    /** The slug for a title, by its letters without accents; empty when it has none that are left. */
    static String of(String title) {
        String plain = MARKS.matcher(Normalizer.normalize(title, Normalizer.Form.NFKD))
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
