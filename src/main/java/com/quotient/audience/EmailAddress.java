package com.quotient.audience;

import com.google.common.base.CharMatcher;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An email address by which a person is known: in lower case as a whole, tags behind a plus kept.
 *
 * @param domain the part behind the @ in the form of {@link Domain}
 */
record EmailAddress(String value, String domain) {

    /** Characters (RFC 5321 section 4.5.3.1.3, without the angle brackets). */
    static final int MAX_LENGTH = 254;

    private static final CharMatcher FORBIDDEN =
            CharMatcher.whitespace().or(CharMatcher.javaIsoControl()).or(CharMatcher.anyOf("<>,;:\"()[]\\"));

    /** Null when it is not one name, one @ and a host's name; of the quoted forms of RFC 5322 none is taken. */
    static @Nullable EmailAddress parse(String text) {
        String value = text.strip().toLowerCase(Locale.ROOT);
        int at = value.indexOf('@');
        boolean malformed = at < 1
                || at != value.lastIndexOf('@')
                || value.length() > MAX_LENGTH
                // Of a host the same without it (RFC 1034 section 3.1), of a person another one.
                || value.endsWith(".")
                || FORBIDDEN.matchesAnyOf(value);
        if (malformed) {
            return null;
        }
        String domain = Domain.host(value.substring(at + 1));
        return domain == null ? null : new EmailAddress(value, domain);
    }
}
