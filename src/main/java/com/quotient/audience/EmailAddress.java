package com.quotient.audience;

import com.google.common.base.CharMatcher;
import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An email address with its canonical form: lower case and NFC (RFC 6532), the domain as A-labels (UTS-46). Plus tags
 * are kept.
 *
 * @param value the canonical form, which identifies a person
 * @param shown the address as written, without surrounding white space
 * @param domain the domain as {@link Domain} normalizes it
 */
record EmailAddress(String value, String shown, String domain) {

    /** Characters (RFC 5321 section 4.5.3.1.3, without the angle brackets). */
    static final int MAX_LENGTH = 254;

    private static final CharMatcher FORBIDDEN =
            CharMatcher.whitespace().or(CharMatcher.javaIsoControl()).or(CharMatcher.anyOf("<>,;:\"()[]\\"));

    /**
     * Invisible characters trimmed from both ends: white space, zero-width characters, byte-order and direction marks.
     */
    private static final CharMatcher INVISIBLE =
            CharMatcher.whitespace().or(CharMatcher.forPredicate(c -> Character.getType(c) == Character.FORMAT));

    /** The full stop and the characters that UTS-46 maps to it. */
    private static final CharMatcher DOT = CharMatcher.anyOf(".\u3002\uFF0E\uFF61");

    /** Null unless the text is a local part, one @ and a host name. The quoted forms of RFC 5322 are refused. */
    static @Nullable EmailAddress parse(String text) {
        String shown = INVISIBLE.trimFrom(text);
        int at = shown.indexOf('@');
        boolean malformed = at < 1
                || at != shown.lastIndexOf('@')
                || shown.length() > MAX_LENGTH
                // The trailing dot does not change a host (RFC 1034 section 3.1), but it would make another person.
                || DOT.matches(shown.charAt(shown.length() - 1))
                || FORBIDDEN.matchesAnyOf(shown);
        String host = malformed ? null : Domain.host(shown.substring(at + 1));
        if (host == null) {
            return null;
        }
        String value = name(shown.substring(0, at)) + "@" + host;
        return value.length() > MAX_LENGTH ? null : new EmailAddress(value, shown, Domain.withoutWww(host));
    }

    /** The address as written, or null when that equals {@link #value}. */
    @Nullable
    String shownIfOther() {
        return shown.equals(value) ? null : shown;
    }

    /** Lower-casing may decompose a letter, and composing may yield a letter that has another lower case. */
    private static String name(String written) {
        return composed(composed(written).toLowerCase(Locale.ROOT));
    }

    private static String composed(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }
}
