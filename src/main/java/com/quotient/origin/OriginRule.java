package com.quotient.origin;

import com.google.common.base.Ascii;
import com.google.common.base.CharMatcher;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableSet;
import org.jspecify.annotations.Nullable;

/**
 * One compiled entry of a key's origin list, other than {@code *}.
 *
 * @param entry as the owner of the key wrote it
 * @param scheme null for http and https
 * @param host normalized like {@link Origin#host}, with at most one {@code *}, in the first label
 * @param port {@link Origin#NO_PORT} for the default port of the origin's scheme
 * @param subdomains whether names below the host match too
 */
record OriginRule(String entry, @Nullable String scheme, String host, int port, boolean subdomains) {

    private static final ImmutableSet<String> SCHEMES = ImmutableSet.of(
            "http",
            "https",
            "capacitor",
            "ionic",
            "tauri",
            "app",
            "electron",
            "chrome-extension",
            "moz-extension",
            "safari-web-extension",
            "vscode-webview");

    private static final ImmutableSet<String> WEB_SCHEMES = ImmutableSet.of("http", "https");

    /** The length of the longest host, scheme and port; longer entries are refused unread. */
    private static final int MAX_ENTRY_LENGTH = 300;

    /** The minimum fixed characters of a wildcard label where strangers own its sibling names. */
    private static final int MIN_FIXED_CHARACTERS = 3;

    private static final CharMatcher SPACE_OR_CONTROL =
            CharMatcher.whitespace().or(CharMatcher.javaIsoControl()).precomputed();

    /** The characters that UTS-46 maps to the dot between labels. */
    private static final CharMatcher DOTS = CharMatcher.anyOf(".\u3002\uFF0E\uFF61");

    /** The characters that end the authority of a URL for browsers, which treat a backslash as a slash. */
    private static final CharMatcher AUTHORITY_END = CharMatcher.anyOf("/?#\\");

    boolean covers(String originScheme, int originPort) {
        return (scheme == null ? Origin.isWeb(originScheme) : scheme.equals(originScheme))
                && portUnder(originScheme) == originPort;
    }

    int portUnder(String originScheme) {
        return port == Origin.NO_PORT ? Origin.defaultPort(originScheme) : port;
    }

    ImmutableSet<String> schemes() {
        return scheme == null ? WEB_SCHEMES : ImmutableSet.of(scheme);
    }

    boolean isWildcard() {
        return host.indexOf('*') >= 0;
    }

    /** For a wildcard: the number of characters before the star << 8 | the number after it in its label. */
    int shape() {
        int star = host.indexOf('*');
        return (star << 8) | (host.indexOf('.') - star - 1);
    }

    boolean sameHost(OriginRule other) {
        return subdomains == other.subdomains && host.equals(other.host);
    }

    /**
     * Compiles one entry.
     *
     * @throws InvalidOriginRule for an entry that could not match, or would match the pages of strangers
     */
    static OriginRule parse(String entry) {
        checkCharacters(entry);
        int mark = entry.indexOf("://");
        String scheme = mark < 0 ? null : scheme(entry, Ascii.toLowerCase(entry.substring(0, mark)));
        String authority = mark < 0 ? entry : entry.substring(mark + 3);
        checkNothingButHostAndPort(entry, scheme, authority);

        int addressEnd = authority.startsWith("[") ? authority.indexOf(']') : 0;
        int portMark = addressEnd < 0 ? -1 : authority.indexOf(':', addressEnd);
        String written = portMark < 0 ? authority : authority.substring(0, portMark);
        if (portMark >= 0 && authority.indexOf(':', portMark + 1) >= 0 && !authority.startsWith("[")) {
            throw new InvalidOriginRule(
                    entry, "it has more than one colon. Write an IPv6 address in brackets, such as '[::1]:5173'.");
        }
        int port = portMark < 0 ? Origin.NO_PORT : port(entry, authority, portMark + 1);
        String host = written.indexOf('*') < 0 ? host(entry, scheme, written) : wildcard(entry, scheme, written);

        boolean web = scheme == null || Origin.isWeb(scheme);
        boolean subdomains = false;
        if (web && written.indexOf('*') < 0 && !Host.isAddress(host)) {
            int suffix = Host.publicSuffixLabels(host);
            int labels = Host.labels(host);
            if (labels <= suffix) {
                throw new InvalidOriginRule(
                        entry,
                        "'%s' is a public suffix, below which anybody can have a name. Write your own name, such as '%s'."
                                .formatted(host, "your-name." + host));
            }
            subdomains = scheme == null && suffix > 0 && labels == suffix + 1;
        }
        // Most entries are normalized as written, and keep one string.
        return new OriginRule(entry, scheme, host.equals(entry) ? entry : host, port, subdomains);
    }

    private static void checkCharacters(String entry) {
        if (entry.isEmpty()) {
            throw new InvalidOriginRule(entry, "it is empty. Leave it out, or write a host such as 'example.com'.");
        }
        if (entry.length() > MAX_ENTRY_LENGTH) {
            throw new InvalidOriginRule(
                    entry, "it is too long. A host has at most %d characters.".formatted(Host.MAX_LENGTH));
        }
        if (entry.equalsIgnoreCase("null")) {
            throw new InvalidOriginRule(
                    entry,
                    "any page can send 'null' from a sandboxed frame. Serve the page from a host and write that,"
                            + " or write '*' to allow every page.");
        }
        int odd = SPACE_OR_CONTROL.indexIn(entry);
        if (odd >= 0) {
            throw new InvalidOriginRule(
                    entry,
                    "it holds a space or a control character (U+%04X). Remove it, and write one host per entry."
                            .formatted((int) entry.charAt(odd)));
        }
        if (entry.indexOf(',') >= 0 || entry.indexOf(';') >= 0) {
            throw new InvalidOriginRule(entry, "it holds several values. Write each as an entry of its own.");
        }
    }

    private static String scheme(String entry, String scheme) {
        if (!SCHEMES.contains(scheme)) {
            throw new InvalidOriginRule(
                    entry,
                    "'%s' is not a known scheme. Write one of %s.".formatted(scheme, String.join(", ", SCHEMES)));
        }
        return scheme;
    }

    private static void checkNothingButHostAndPort(String entry, @Nullable String scheme, String authority) {
        int end = AUTHORITY_END.indexIn(authority);
        String kept = end < 0 ? authority : authority.substring(0, end);
        String instead = (scheme == null ? "" : scheme + "://") + kept.substring(kept.lastIndexOf('@') + 1);
        if (kept.indexOf('@') >= 0) {
            throw new InvalidOriginRule(
                    entry, "it has a user part, which browsers never send. Write '%s'.".formatted(instead));
        }
        if (end >= 0) {
            String part =
                    switch (authority.charAt(end)) {
                        case '/' -> "a path";
                        case '?' -> "a query";
                        case '#' -> "a fragment";
                        default -> "a backslash";
                    };
            throw new InvalidOriginRule(
                    entry,
                    "it has %s, and an origin ends with its host and port. %s"
                            .formatted(
                                    part,
                                    kept.isEmpty()
                                            ? "Write the host alone, such as 'example.com'."
                                            : "Write '%s'.".formatted(instead)));
        }
        if (authority.indexOf('%') >= 0) {
            throw new InvalidOriginRule(
                    entry,
                    authority.startsWith("[")
                            ? "an origin has no zone id. Write the address without it."
                            : "it is percent-encoded. Write the host's characters as they are.");
        }
    }

    private static int port(String entry, String authority, int start) {
        int port = Origin.port(authority, start);
        if (port == Origin.NO_PORT) {
            throw new InvalidOriginRule(
                    entry,
                    "'%s' is not a port. Write a number from 1 to 65535 without leading zeros, or leave the colon out."
                            .formatted(authority.substring(start)));
        }
        return port;
    }

    private static String host(String entry, @Nullable String scheme, String written) {
        if (written.isEmpty()) {
            throw new InvalidOriginRule(entry, "it has no host. Write one, such as 'example.com' or 'localhost:3000'.");
        }
        if (DOTS.matches(written.charAt(0))) {
            throw new InvalidOriginRule(
                    entry,
                    "its host begins with a dot. Write a domain of your own, such as 'example.com', which covers its"
                            + " subdomains.");
        }
        String host = Host.parse(scheme == null ? "https" : scheme, written);
        if (host != null) {
            checkLabels(entry, host);
            return host;
        }
        throw new InvalidOriginRule(
                entry,
                Host.endsInNumber(Ascii.toLowerCase(written))
                        ? "a host that ends in a number has to be an IPv4 address of four decimal parts, such as"
                                + " '127.0.0.1'."
                        : ("'%s' is not a host. Write a name such as 'app.example.com' (labels of at most %d letters,"
                                        + " digits and hyphens, %d characters in all) or an address such as '127.0.0.1' or"
                                        + " '[::1]'.")
                                .formatted(written, Host.MAX_LABEL_LENGTH, Host.MAX_LENGTH));
    }

    private static String wildcard(String entry, @Nullable String scheme, String written) {
        int star = written.indexOf('*');
        if (written.indexOf('*', star + 1) >= 0) {
            throw new InvalidOriginRule(entry, "it holds more than one '*'. Write one, such as 'app-*.example.com'.");
        }
        int dot = DOTS.indexIn(written);
        if (dot < 0) {
            throw new InvalidOriginRule(
                    entry,
                    "'*' stands for a part of one label below a domain. Write '*.example.com', or '*' alone to allow"
                            + " every page.");
        }
        if (star > dot) {
            throw new InvalidOriginRule(
                    entry, "'*' is not in the leftmost label. Write it there, such as '*.example.com'.");
        }
        if (scheme != null && !Origin.isWeb(scheme)) {
            throw new InvalidOriginRule(
                    entry, "hosts of %s:// are matched whole. Write it without '*'.".formatted(scheme));
        }
        String label = Ascii.toLowerCase(written.substring(0, dot));
        // A pattern on an A-label would not match the name that people read.
        if (!hasOnlyNameCharacters(label.replace("*", "")) || label.startsWith("xn-")) {
            throw new InvalidOriginRule(
                    entry,
                    "the label with '*' may hold letters a to z, digits and hyphens, and not begin with 'xn-'. Write an"
                            + " internationalised name in full.");
        }
        checkLabels(entry, label);
        String parent = host(entry, scheme, written.substring(dot + 1));
        String host = label + "." + parent;
        if (label.length() > Host.MAX_LABEL_LENGTH || host.length() > Host.MAX_LENGTH) {
            throw new InvalidOriginRule(
                    entry,
                    "it is too long. A label has at most %d characters and a host %d."
                            .formatted(Host.MAX_LABEL_LENGTH, Host.MAX_LENGTH));
        }
        if (Host.isAddress(parent)) {
            throw new InvalidOriginRule(entry, "an address has no names below it. Write the address without '*'.");
        }
        if (Host.isRegistrySuffix(parent)) {
            throw new InvalidOriginRule(
                    entry,
                    "anybody can register a name below '%s' that fits. Write a domain of your own, such as '%s', which covers"
                                    .formatted(parent, "your-name." + parent)
                            + " its subdomains.");
        }
        int suffix = Math.max(1, Host.publicSuffixLabels(parent));
        if (Host.labels(parent) <= suffix && label.length() - 1 < MIN_FIXED_CHARACTERS) {
            throw new InvalidOriginRule(
                    entry,
                    ("anybody can have a name below '%s'. Write at least %d fixed characters beside the '*', such as"
                                    + " 'app-*.%s', or a domain of your own.")
                            .formatted(parent, MIN_FIXED_CHARACTERS, parent));
        }
        return host;
    }

    /** Host names consist of letters, digits and inner hyphens (RFC 1123 section 2.1). */
    private static void checkLabels(String entry, String host) {
        if (host.indexOf('_') >= 0) {
            throw new InvalidOriginRule(
                    entry, "it holds an underscore, which no name of a host has. Write letters, digits and hyphens.");
        }
        if (!Host.isAddress(host)) {
            for (String label : Splitter.on('.').split(host)) {
                if (label.startsWith("-") || label.endsWith("-")) {
                    throw new InvalidOriginRule(
                            entry,
                            "'%s' begins or ends with a hyphen. Write it between other characters.".formatted(label));
                }
            }
        }
    }

    private static boolean hasOnlyNameCharacters(String text) {
        return text.chars().allMatch(c -> Host.isNameCharacter((char) c));
    }
}
