package com.quotient.audience;

import com.google.common.base.CharMatcher;
import com.quotient.origin.Origin;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Normalizes the domains of companies and email addresses, so that they can be compared. */
final class Domain {
    private static final Pattern SCHEME = Pattern.compile("^[A-Za-z][A-Za-z0-9+.-]*://");
    private static final CharMatcher HOST_END = CharMatcher.anyOf("/?#");
    private static final CharMatcher IPV4 = CharMatcher.inRange('0', '9').or(CharMatcher.is('.'));
    private static final String WWW = "www.";

    private Domain() {}

    /**
     * The domain of a company from a domain or a URL: without scheme, port, path and a leading {@code www.}, in lower
     * case, as A-labels (UTS-46). Null when the input is not a domain, has no dot, or is an IP address.
     */
    static @Nullable String of(String domainOrUrl) {
        String rest = SCHEME.matcher(domainOrUrl.strip()).replaceFirst("");
        int end = HOST_END.indexIn(rest);
        String host = host(end < 0 ? rest : rest.substring(0, end));
        return host == null || host.indexOf('.') < 0 || IPV4.matchesAllOf(host) ? null : withoutWww(host);
    }

    /** The company's domain for a host name. */
    static String withoutWww(String host) {
        return host.startsWith(WWW) && host.indexOf('.', WWW.length()) > 0 ? host.substring(WWW.length()) : host;
    }

    /** A host name in lower case and as A-labels (UTS-46); a dot is not required. Null when it is not a host name. */
    static @Nullable String host(String text) {
        Origin origin = Origin.parse("https://" + text);
        return origin == null || origin.host().startsWith("[") ? null : origin.host();
    }
}
