package com.quotient.audience;

import com.google.common.base.CharMatcher;
import java.text.Normalizer;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An email address, and the one form in which all its spellings are the same: in lower case as a whole and in NFC (RFC
 * 6532), the domain as A-labels (UTS-46); tags behind a plus are kept.
 *
 * @param value that form, by which a person is known
 * @param shown as it was written, without what stands around it
 * @param domain of the company that it belongs to, in the form of {@link Domain}
 */
record EmailAddress(String value, String shown, String domain) {

    /** Characters (RFC 5321 section 4.5.3.1.3, without the angle brackets). */
    static final int MAX_LENGTH = 254;

    private static final CharMatcher FORBIDDEN =
            CharMatcher.whitespace().or(CharMatcher.javaIsoControl()).or(CharMatcher.anyOf("<>,;:\"()[]\\"));

    /** What does not show at the ends of a text: white space, zero-width characters, marks of order and direction. */
    private static final CharMatcher INVISIBLE =
            CharMatcher.whitespace().or(CharMatcher.forPredicate(c -> Character.getType(c) == Character.FORMAT));

    /** A full stop and what UTS-46 takes for one. */
    private static final CharMatcher DOT = CharMatcher.anyOf(".\u3002\uFF0E\uFF61");

    /** Null when it is not one name, one @ and a host's name; of the quoted forms of RFC 5322 none is taken. */
    static @Nullable EmailAddress parse(String text) {
        String shown = INVISIBLE.trimFrom(text);
        int at = shown.indexOf('@');
        boolean malformed = at < 1
                || at != shown.lastIndexOf('@')
                || shown.length() > MAX_LENGTH
                // Of a host the same without it (RFC 1034 section 3.1), of a person another one.
                || DOT.matches(shown.charAt(shown.length() - 1))
                || FORBIDDEN.matchesAnyOf(shown);
        String host = malformed ? null : Domain.host(shown.substring(at + 1));
        if (host == null) {
            return null;
        }
        String value = name(shown.substring(0, at)) + "@" + host;
        return value.length() > MAX_LENGTH ? null : new EmailAddress(value, shown, Domain.withoutWww(host));
    }

    /** Null where the address was written as {@link #value}. */
    @Nullable
    String shownIfOther() {
        return shown.equals(value) ? null : shown;
    }

    /** Lower case may take a letter apart, and a letter that was apart may have none. */
    private static String name(String written) {
        return composed(composed(written).toLowerCase(Locale.ROOT));
    }

    private static String composed(String text) {
        return Normalizer.normalize(text, Normalizer.Form.NFC);
    }
}
