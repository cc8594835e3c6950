package com.quotient.audience;

import java.text.Normalizer;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** How a list is named in paths: words of small letters and digits with single hyphens between them. */
final class ListSlug {
    static final int MAX_LENGTH = 100;

    private static final Pattern GRAMMAR = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
    private static final Pattern MARKS = Pattern.compile("\\p{M}+");
    private static final Pattern OTHERS = Pattern.compile("[^a-z0-9]+");
    private static final Pattern OUTER_HYPHENS = Pattern.compile("^-|-$");

    /** Letters that do not come apart into an ASCII letter and a mark. */
    private static final Map<String, String> FOLDED =
            Map.of("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i");

    private ListSlug() {}

    static boolean isValid(String slug) {
        return slug.length() <= MAX_LENGTH && GRAMMAR.matcher(slug).matches();
    }

    /** A slug out of a name, folded to ASCII and cut to the limit; empty when nothing of the name is left. */
    static String from(String name) {
        String folded =
                MARKS.matcher(Normalizer.normalize(name, Normalizer.Form.NFKD)).replaceAll("");
        folded = folded.toLowerCase(Locale.ROOT);
        for (Map.Entry<String, String> letter : FOLDED.entrySet()) {
            folded = folded.replace(letter.getKey(), letter.getValue());
        }
        String slug = trimmed(OTHERS.matcher(folded).replaceAll("-"));
        return slug.length() <= MAX_LENGTH ? slug : trimmed(slug.substring(0, MAX_LENGTH));
    }

    private static String trimmed(String slug) {
        return OUTER_HYPHENS.matcher(slug).replaceAll("");
    }
}
