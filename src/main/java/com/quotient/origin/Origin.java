package com.quotient.origin;

import com.google.common.base.Ascii;
import org.jspecify.annotations.Nullable;

/**
 * A web origin (RFC 6454), as a browser sends it in the {@code Origin} header. {@link #parse} normalizes it, so that
 * the parts of two origins can be compared character by character.
 *
 * @param scheme in lower case
 * @param host in lower case, without a trailing dot: a name of A-labels, an IPv4 address of four decimal parts, or an
 *     IPv6 address in brackets, compressed as RFC 5952 says and never with a dotted tail
 * @param port the given port, or the default of the scheme; {@link #NO_PORT} if the scheme has none
 */
public record Origin(String scheme, String host, int port) {

    /** The port of an origin without one whose scheme has no default. */
    public static final int NO_PORT = -1;

    /** Twice the length of the longest well-formed origin, which bounds the work of the parser. */
    private static final int MAX_HEADER_LENGTH = 600;

    private static final int MAX_PORT = 65_535;

    /**
     * Parses the value of an {@code Origin} header; returns null unless it is exactly one well-formed origin. The
     * result is null for {@code null}, lists, paths, user parts, empty and padded ports, and addresses in octal,
     * hexadecimal or short form. Upper case, one trailing dot and names in Unicode are normalized to the form that
     * browsers send.
     */
    public static @Nullable Origin parse(String header) {
        int mark = header.indexOf("://");
        if (mark < 1 || header.length() > MAX_HEADER_LENGTH) {
            return null;
        }
        String scheme = scheme(header, mark);
        if (scheme == null) {
            return null;
        }
        int start = mark + 3;
        int hostEnd = header.startsWith("[", start) ? header.indexOf(']', start) : start;
        if (hostEnd < 0) {
            return null;
        }
        int colon = header.indexOf(':', hostEnd);
        int end = colon < 0 ? header.length() : colon;
        int port = colon < 0 ? defaultPort(scheme) : port(header, colon + 1);
        if (colon >= 0 && port == NO_PORT) {
            return null;
        }
        String host = Host.parse(scheme, header.substring(start, end));
        return host == null ? null : new Origin(scheme, host, port);
    }

    /** The default port of a scheme, which browsers leave out; {@link #NO_PORT} if it has none. */
    static int defaultPort(String scheme) {
        return switch (scheme) {
            case "https" -> 443;
            case "http" -> 80;
            default -> NO_PORT;
        };
    }

    static boolean isWeb(String scheme) {
        return defaultPort(scheme) != NO_PORT;
    }

    /** Parses the text from {@code start} as a port; {@link #NO_PORT} unless it is 1 to 65535 in plain digits. */
    static int port(String text, int start) {
        int length = text.length() - start;
        if (length < 1 || length > 5 || text.charAt(start) == '0') {
            return NO_PORT;
        }
        int port = 0;
        for (int i = start; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Host.isDigit(c)) {
                return NO_PORT;
            }
            port = port * 10 + (c - '0');
        }
        return port <= MAX_PORT ? port : NO_PORT;
    }

    private static @Nullable String scheme(String header, int end) {
        // Nearly every header takes this path, without a copy.
        if (end == 5 && header.startsWith("https")) {
            return "https";
        }
        if (end == 4 && header.startsWith("http")) {
            return "http";
        }
        for (int i = 0; i < end; i++) {
            char c = header.charAt(i);
            boolean fits = Host.isLetter(c) || (i > 0 && (Host.isDigit(c) || c == '+' || c == '-' || c == '.'));
            if (!fits) {
                return null;
            }
        }
        return Ascii.toLowerCase(header.substring(0, end));
    }
}
