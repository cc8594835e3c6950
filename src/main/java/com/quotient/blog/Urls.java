package com.quotient.blog;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.quotient.http.Members;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Which URLs a blog may name. They are admitted by how they begin, after everything is refused that browsers drop or read
 * otherwise (WHATWG URL: white space, control characters, backslashes): no {@code javascript:} gets through in disguise.
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

    /** With percent signs for what no URL can hold (CommonMark's renderers do the same), so that a space costs no link. */
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

    /** The URL of an image in a request, or null; an unsafe one is noted as a fault. */
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

    /** A path of the site that shows it; two slashes would name another host. */
    private static boolean isBelow(String url) {
        return url.startsWith("/") && !url.startsWith("//");
    }

    private static boolean begins(String url, String prefix) {
        return url.length() > prefix.length()
                && url.substring(0, prefix.length()).toLowerCase(Locale.ROOT).equals(prefix);
    }
}
