package com.quotient.flow;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;

/** Where a webhook goes, taken apart: what is connected to and what is asked for there. */
record Receiver(boolean tls, String host, int port, String uri) {
    private static final int MAX_LENGTH = 2048;

    /**
     * Takes a URL apart. Whether the host may be connected to is not known before its address is.
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
        if (parsed.getHost() == null || parsed.getRawUserInfo() != null || parsed.getRawFragment() != null) {
            throw refused(url, "it needs a host, and can have neither a user nor a fragment");
        }
        if (parsed.getPort() == 0 || parsed.getPort() > 65535) {
            throw refused(url, "its port must be from 1 to 65535");
        }
        boolean tls = scheme.equals("https");
        String path = parsed.getRawPath().isEmpty() ? "/" : parsed.getRawPath();
        return new Receiver(
                tls,
                // The brackets of an IPv6 address belong to the URL.
                parsed.getHost().replaceAll("[\\[\\]]", ""),
                parsed.getPort() > 0 ? parsed.getPort() : tls ? 443 : 80,
                parsed.getRawQuery() == null ? path : path + "?" + parsed.getRawQuery());
    }

    private static IllegalArgumentException refused(String url, String why) {
        return new IllegalArgumentException("\"" + url + "\" cannot receive webhooks: " + why + ".");
    }
}
