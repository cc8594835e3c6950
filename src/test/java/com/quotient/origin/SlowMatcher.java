package com.quotient.origin;

import java.net.IDN;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What origin rules mean, said a second time and in another way: patterns, lists of labels and the few public suffixes
 * that the tests use. It takes only entries that are valid.
 */
final class SlowMatcher {

    private static final Set<String> SUFFIXES = Set.of(
            "com", "org", "io", "app", "dev", "de", "uk", "evil", "co.uk", "github.io", "vercel.app", "internal");

    private static final Pattern ORIGIN =
            Pattern.compile("(?:([A-Za-z][A-Za-z0-9+.-]*)://)?(\\[[0-9A-Fa-f:.]+]|[^\\[\\]:]+)(?::([1-9][0-9]{0,4}))?");

    private static final Pattern NAME = Pattern.compile("[a-z0-9_*-]{1,63}(\\.[a-z0-9_*-]{1,63})*");

    private static final Pattern IPV4 =
            Pattern.compile("(0|[1-9][0-9]{0,2})\\.(0|[1-9][0-9]{0,2})\\.(0|[1-9][0-9]{0,2})\\.(0|[1-9][0-9]{0,2})");

    private record Parts(String scheme, List<String> labels, int port) {}

    private SlowMatcher() {}

    static boolean matches(String header, String rule) {
        Optional<Parts> origin = parts(header).filter(parts -> !parts.scheme.isEmpty());
        if (origin.isEmpty() || header.contains("*")) {
            return false;
        }
        return rule.equals("*") || matches(origin.get(), parts(rule).orElseThrow());
    }

    private static boolean matches(Parts origin, Parts rule) {
        List<String> schemes = rule.scheme.isEmpty() ? List.of("http", "https") : List.of(rule.scheme);
        if (!schemes.contains(origin.scheme)) {
            return false;
        }
        int port = rule.port == 0 ? defaultPort(origin.scheme) : rule.port;
        if ((origin.port == 0 ? defaultPort(origin.scheme) : origin.port) != port) {
            return false;
        }
        int excess = origin.labels.size() - rule.labels.size();
        if (excess < 0) {
            return false;
        }
        if (excess > 0 && !(rule.scheme.isEmpty() && isRegistrable(rule.labels))) {
            return false;
        }
        for (int i = 0; i < rule.labels.size(); i++) {
            String[] fixed = rule.labels.get(i).split("\\*", -1);
            String label = origin.labels.get(excess + i);
            boolean same = fixed.length == 1
                    ? label.equals(fixed[0])
                    : label.matches(Pattern.quote(fixed[0]) + ".+" + Pattern.quote(fixed[1]));
            if (!same) {
                return false;
            }
        }
        return true;
    }

    private static boolean isRegistrable(List<String> labels) {
        return labels.size() > 1
                && !labels.get(0).contains("*")
                && !SUFFIXES.contains(String.join(".", labels))
                && SUFFIXES.contains(String.join(".", labels.subList(1, labels.size())));
    }

    private static Optional<Parts> parts(String text) {
        Matcher matcher = ORIGIN.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int port = matcher.group(3) == null ? 0 : Integer.parseInt(matcher.group(3));
        if (port > 65535) {
            return Optional.empty();
        }
        String scheme = matcher.group(1) == null ? "" : matcher.group(1).toLowerCase(Locale.ROOT);
        boolean web = scheme.isEmpty() || defaultPort(scheme) != 0;
        return labels(matcher.group(2), web).map(labels -> new Parts(scheme, labels, port));
    }

    private static Optional<List<String>> labels(String written, boolean web) {
        if (written.startsWith("[")) {
            try {
                // An address of 16 bytes, or of 4 where it is mapped; the length keeps the two apart from a name.
                return Optional.of(List.of(
                        "ipv6 " + Arrays.toString(InetAddress.getByName(written).getAddress())));
            } catch (UnknownHostException e) {
                return Optional.empty();
            }
        }
        String host = written;
        if (web && !host.chars().allMatch(c -> c < 128)) {
            try {
                host = IDN.toASCII(host, IDN.ALLOW_UNASSIGNED);
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
        host = host.toLowerCase(Locale.ROOT);
        if (host.endsWith(".")) {
            host = host.substring(0, host.length() - 1);
        }
        if (host.length() > 253 || !NAME.matcher(host).matches()) {
            return Optional.empty();
        }
        List<String> labels = List.of(host.split("\\."));
        if (web && labels.get(labels.size() - 1).matches("[0-9]+|0x[0-9a-f]*")) {
            boolean valid = IPV4.matcher(host).matches()
                    && labels.stream().mapToInt(Integer::parseInt).allMatch(part -> part < 256);
            // One label, so that an address has no subdomains.
            return valid ? Optional.of(List.of(host)) : Optional.empty();
        }
        return Optional.of(labels);
    }

    private static int defaultPort(String scheme) {
        return scheme.equals("https") ? 443 : scheme.equals("http") ? 80 : 0;
    }
}
