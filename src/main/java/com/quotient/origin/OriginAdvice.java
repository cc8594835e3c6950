package com.quotient.origin;

import com.google.common.base.CharMatcher;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Explains in sentences what the entries of an origin list mean, and why an origin is allowed or refused, with the
 * rules that decide on requests.
 */
public final class OriginAdvice {
    private static final CharMatcher INVISIBLE = CharMatcher.whitespace()
            .or(CharMatcher.javaIsoControl())
            .or(CharMatcher.forPredicate(c -> Character.getType(c) == Character.FORMAT));
    private static final CharMatcher AUTHORITY_END = CharMatcher.anyOf("/?#\\");

    /** How an entry fails to match an origin, nearest first. */
    private enum Miss {
        PORT,
        SCHEME,
        DEPTH,
        LOOKS,
        ALL
    }

    private OriginAdvice() {}

    /**
     * The result of testing an origin.
     *
     * @param origin what was tested
     * @param entry the entry that allows it, or the nearest one that does not, or null
     */
    public record Verdict(
            String origin, boolean allowed, @Nullable String entry, String explanation) {}

    /** An entry or an origin without what is often pasted with it: invisible characters, a path, a trailing slash. */
    public static String clean(String given) {
        String text = INVISIBLE.removeFrom(given);
        int mark = text.indexOf("://");
        int start = mark < 0 ? 0 : mark + 3;
        int end = AUTHORITY_END.indexIn(text, start);
        return end <= start ? text : text.substring(0, end);
    }

    /**
     * What an entry matches, as a sentence.
     *
     * @throws InvalidOriginRule if it is refused; the message says what to write instead
     */
    public static String explain(String entry) {
        if (OriginRules.of(List.of(entry)).allowsAny()) {
            return "Matches every origin, and requests without one.";
        }
        OriginRule rule = OriginRule.parse(entry.strip());
        String schemes = schemes(rule);
        String hosts = rule.isWildcard()
                ? rule.host() + ", where * is one or more characters without a dot"
                : rule.subdomains() ? rule.host() + " and all its subdomains" : rule.host() + " and no other host";
        String port = rule.port() != Origin.NO_PORT
                ? ", port " + rule.port()
                : rule.scheme() == null || Origin.isWeb(rule.scheme()) ? ", default port" : "";
        return "Matches " + schemes + " of " + hosts + port + ".";
    }

    /** Whether rules allow an origin, and why. The input may be the address of a page. */
    public static Verdict test(OriginRules rules, String given) {
        String text = clean(given);
        Origin origin = Origin.parse(text);
        if (rules.isUnrestricted()) {
            return new Verdict(text, true, null, "The list is empty, so every origin is allowed.");
        }
        if (origin == null) {
            return rules.allowsAny()
                    ? new Verdict(text, true, "*", "Allowed by '*', which allows whatever is sent as an origin.")
                    : new Verdict(
                            text,
                            false,
                            null,
                            "This is no origin. Browsers send scheme, host and port, such as 'https://example.com'.");
        }
        String entry = rules.match(origin);
        if (entry != null) {
            return new Verdict(text, true, entry, "Allowed by '" + entry + "'.");
        }
        OriginRule nearest = null;
        Miss least = Miss.ALL;
        for (String each : rules.entries()) {
            OriginRule rule = OriginRule.parse(each);
            Miss miss = miss(rule, origin);
            if (miss.compareTo(least) < 0) {
                least = miss;
                nearest = rule;
            }
        }
        if (nearest == null) {
            return new Verdict(text, false, null, "No entry names the host '" + origin.host() + "'.");
        }
        return new Verdict(text, false, nearest.entry(), explain(least, nearest, origin));
    }

    /** The entry that allows exactly a refused origin, or null if no entry can. */
    public static @Nullable String entryFor(String header) {
        Origin origin = Origin.parse(header);
        if (origin == null) {
            return null;
        }
        String entry = origin.scheme() + "://" + origin.host()
                + (origin.port() == Origin.defaultPort(origin.scheme()) ? "" : ":" + origin.port());
        try {
            return Objects.equals(OriginRules.of(List.of(entry)).match(origin), entry) ? entry : null;
        } catch (InvalidOriginRule e) {
            return null;
        }
    }

    /** A warning against allowing an origin in addition to the allowed ones, as a sentence, or null. */
    public static @Nullable String warning(OriginRules rules, String header) {
        Origin origin = Origin.parse(header);
        if (origin == null) {
            return null;
        }
        String host = origin.host();
        if (Host.isAddress(host)) {
            return "'" + host + "' is an address and no name: whoever gets it next may use the key.";
        }
        if (host.equals("localhost") || host.endsWith(".localhost")) {
            return rules.entries().isEmpty()
                    ? null
                    : "'" + host
                            + "' is any program on the computer of whoever uses the key; the key has other origins.";
        }
        for (String each : rules.entries()) {
            if (each.equals("*")) {
                continue;
            }
            OriginRule rule = OriginRule.parse(each);
            if (!rule.isWildcard() && !rule.host().equals(host) && looksLike(rule.host(), host)) {
                return "'" + host + "' looks like '" + rule.host() + "', which is allowed, and is another host.";
            }
        }
        return host.contains("xn--")
                ? "The name has letters beyond ASCII and is really '" + host + "'; it may look like another one."
                : null;
    }

    private static Miss miss(OriginRule rule, Origin origin) {
        boolean sameHost = rule.host().equals(origin.host())
                || rule.subdomains() && origin.host().endsWith("." + rule.host());
        if (sameHost) {
            return rule.schemes().contains(origin.scheme()) ? Miss.PORT : Miss.SCHEME;
        }
        String domain = rule.isWildcard() ? rule.host().substring(rule.host().indexOf('.') + 1) : rule.host();
        if (origin.host().endsWith("." + domain) || origin.host().equals(domain)) {
            return Miss.DEPTH;
        }
        return looksLike(domain, origin.host()) || origin.host().contains(domain + ".") ? Miss.LOOKS : Miss.ALL;
    }

    private static String explain(Miss miss, OriginRule rule, Origin origin) {
        String entry = "'" + rule.entry() + "'";
        return switch (miss) {
            case PORT -> {
                String usual = Origin.isWeb(origin.scheme()) ? "the default port" : "no port";
                String meant = rule.port() == Origin.NO_PORT ? usual : "port " + rule.port();
                String sent = origin.port() == Origin.NO_PORT ? "has none" : "is port " + origin.port();
                yield entry + " means " + meant + ", and this " + sent + ".";
            }
            case SCHEME -> entry + " allows " + schemes(rule) + " only, and this is " + origin.scheme() + ".";
            case DEPTH ->
                rule.isWildcard()
                        ? "In " + entry + " the * stands for one label, and not for none or several."
                        : entry + " matches that host only, and no subdomain of it.";
            default ->
                "'" + origin.host() + "' only looks like '" + rule.host() + "': it is another host, and may belong to"
                        + " somebody else.";
        };
    }

    private static String schemes(OriginRule rule) {
        return String.join(" and ", rule.schemes());
    }

    /**
     * Whether a person might mistake one host for another: it has the other as a prefix, or differs by one character or
     * by similar ones.
     */
    private static boolean looksLike(String allowed, String host) {
        return host.startsWith(allowed + ".")
                || allowed.indexOf('.') > 0 && host.startsWith(allowed.substring(0, allowed.lastIndexOf('.')) + "-")
                || skeleton(allowed).equals(skeleton(host))
                || isOneEditAway(allowed, host);
    }

    private static String skeleton(String host) {
        return host.toLowerCase(Locale.ROOT)
                .replace("rn", "m")
                .replace("vv", "w")
                .replace('0', 'o')
                .replace('1', 'l')
                .replace('i', 'l');
    }

    private static boolean isOneEditAway(String a, String b) {
        if (Math.abs(a.length() - b.length()) > 1) {
            return false;
        }
        int begin = 0;
        while (begin < Math.min(a.length(), b.length()) && a.charAt(begin) == b.charAt(begin)) {
            begin++;
        }
        int endA = a.length();
        int endB = b.length();
        while (endA > begin && endB > begin && a.charAt(endA - 1) == b.charAt(endB - 1)) {
            endA--;
            endB--;
        }
        return endA - begin <= 1 && endB - begin <= 1;
    }
}
