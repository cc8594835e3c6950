package com.quotient.blog;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.quotient.http.Members;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The URLs that a post may hold. Characters that browsers drop or convert are refused first (WHATWG URL: white space,
 * control characters, backslashes); then the scheme is checked, so that no disguised {@code javascript:} passes.
 */
final class Urls {
    static final int MAX_LENGTH = 2048;

    static final String LINK_RULE = "must be a URL that begins with http://, https://, mailto:, / or #, of at most "
            + MAX_LENGTH + " characters.";
    static final String IMAGE_RULE =
            "must be a URL that begins with http://, https:// or /, of at most " + MAX_LENGTH + " characters.";

    private Urls() {}

    static boolean isLink(String url) {
        return isSane(url) && (isWeb(url) || isBelow(url) || url.startsWith("#") || begins(url, "mailto:"));
    }

    static boolean isImage(String url) {
        return isSane(url) && (isWeb(url) || isBelow(url));
    }

    /**
     * Percent-encodes characters that no URL can hold, as CommonMark's renderers do, so that a space does not lose the
     * link.
     */
    static String encoded(String url) {
        StringBuilder encoded = new StringBuilder(url.length());
        String shown = Characters.shown(url);
        for (int i = 0; i < shown.length(); i++) {
            char c = shown.charAt(i);
            if (isAllowed(c)) {
                encoded.append(c);
            } else {
                for (byte b : Character.toString(c).getBytes(UTF_8)) {
                    encoded.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
                }
            }
        }
        return encoded.toString();
    }

    /** The URL of an image in a request, or null; an unsafe one is recorded as a fault. */
    static @Nullable String image(Members members, String name) {
        String url = members.text(name, Integer.MAX_VALUE);
        if (url != null && !isImage(url)) {
            members.fault(name, IMAGE_RULE);
        }
        return url;
    }

    private static boolean isSane(String url) {
        return url.length() <= MAX_LENGTH && url.chars().allMatch(Urls::isAllowed);
    }

    private static boolean isAllowed(int c) {
        return c != '\\' && !Character.isWhitespace(c) && !Character.isSpaceChar(c) && !Character.isISOControl(c);
    }

    private static boolean isWeb(String url) {
        return begins(url, "https://") || begins(url, "http://");
    }

    /** An absolute path; two leading slashes would name another host. */
    private static boolean isBelow(String url) {
        return url.startsWith("/") && !url.startsWith("//");
    }

    private static boolean begins(String url, String prefix) {
        return url.length() > prefix.length()
                && url.substring(0, prefix.length()).toLowerCase(Locale.ROOT).equals(prefix);
    }
}
