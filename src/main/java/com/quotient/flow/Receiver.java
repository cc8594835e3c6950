package com.quotient.flow;

import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The parsed URL of a webhook.
 *
 * @param host a lower-case name without a trailing dot, or an address; IPv6 without brackets
 * @param address the address when the host is one; null for a name
 */
record Receiver(
        boolean tls,
        String host,
        int port,
        String uri,
        @Nullable InetAddress address) {
    private static final int MAX_LENGTH = 2048;
    private static final int MAX_HOST_LENGTH = 253;

    private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\[\\]]+)(?::([0-9]{1,5}))?");
    /** RFC 1123 forbids underscores in host names, but DNS resolves many such names. */
    private static final Pattern NAME =
            Pattern.compile("[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*");
    /**
     * Text that programs read as an IPv4 address in different ways: octal or decimal, four parts or fewer (WHATWG URL,
     * "ends in a number").
     */
    private static final Pattern ENDS_IN_A_NUMBER = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)");

    /**
     * Parses a URL. Whether the host is allowed is decided when its address is known.
     *
     * @throws IllegalArgumentException with a sentence that says what is wrong
     */
    static Receiver parse(String url) {
        URI parsed;
        try {
            parsed = new URI(url);
        } catch (URISyntaxException e) {
            throw refused(url, "it is not a URL (" + e.getReason() + ")");
        }
        String scheme = parsed.getScheme() == null ? "" : parsed.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("https") && !scheme.equals("http")) {
            throw refused(url, "it must begin with https:// or http://");
        }
        if (url.length() > MAX_LENGTH || !url.chars().allMatch(c -> c > ' ' && c < 0x7f)) {
            throw refused(url, "it must have at most " + MAX_LENGTH + " characters, all of ASCII");
        }
        String authority = parsed.getRawAuthority();
        if (authority == null || authority.contains("@") || parsed.getRawFragment() != null) {
            throw refused(url, "it needs a host, and can have neither a user nor a fragment");
        }
        Matcher parts = AUTHORITY.matcher(authority);
        if (!parts.matches()) {
            throw refused(url, "behind the host there can only be a port, and an address of IPv6 needs brackets");
        }
        boolean tls = scheme.equals("https");
        int port = parts.group(2) == null ? tls ? 443 : 80 : Integer.parseInt(parts.group(2));
        if (port < 1 || port > 65535) {
            throw refused(url, "its port must be from 1 to 65535");
        }
        String written = parts.group(1).toLowerCase(Locale.ROOT);
        InetAddress address = address(url, written);
        String path = parsed.getRawPath().isEmpty() ? "/" : parsed.getRawPath();
        return new Receiver(
                tls,
                address == null ? name(url, written) : written.replaceAll("[\\[\\]]", ""),
                port,
                parsed.getRawQuery() == null ? path : path + "?" + parsed.getRawQuery(),
                address);
    }

    /** The host as URLs and the {@code Host} header write it: an IPv6 address in brackets (RFC 3986 section 3.2.2). */
    String hostInUrl() {
        return host.indexOf(':') < 0 ? host : "[" + host + "]";
    }

    /** Whether Java can verify the host's certificate; it refuses names with an underscore (RFC 6125). */
    boolean canProveItself() {
        return !tls || host.indexOf('_') < 0;
    }

    private static @Nullable InetAddress address(String url, String host) {
        boolean ipv6 = host.startsWith("[");
        String bare = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        if (!ipv6 && !ENDS_IN_A_NUMBER.matcher(bare).matches()) {
            return null;
        }
        if (!InetAddresses.isUriInetAddress(host)) {
            throw refused(
                    url,
                    ipv6
                            ? "there is no address of IPv6 in the brackets"
                            : "an address of IPv4 has four decimal parts from 0 to 255, without zeros before them");
        }
        return InetAddresses.forUriString(host);
    }

    private static String name(String url, String host) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        if (name.length() > MAX_HOST_LENGTH || !NAME.matcher(name).matches()) {
            throw refused(
                    url,
                    "its host must be names of letters, digits, - and _ with dots between them; write others as xn--…");
        }
        return name;
    }

    private static IllegalArgumentException refused(String url, String why) {
        return new IllegalArgumentException("\"" + url + "\" cannot receive webhooks: " + why + ".");
    }
}
