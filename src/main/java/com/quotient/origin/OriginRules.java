package com.quotient.origin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The origins from which a public key may be used. Immutable.
 *
 * <p>An entry is one of:
 *
 * <ul> <li>{@code *}: every origin. <li>{@code example.com}, one label below a public suffix: that host and every
 * subdomain, http and https. <li>{@code app.example.com}, {@code localhost}, {@code 127.0.0.1}, {@code [::1]}: that
 * host only, http and https. <li>{@code https://example.com}: that scheme and host only. Schemes other than http and
 * https have to be named. <li>{@code app-*.vercel.app}: {@code *} stands for one or more characters within the leftmost
 * label, so {@code *.example.com} matches neither {@code example.com} nor {@code a.b.example.com}. </ul>
 *
 * <p>An entry without a port matches the default port of the scheme only; one with a port ({@code example.com:8443})
 * matches that port only. The raw header is never matched: {@link Origin#parse} parses it first.
 *
 * <p>A match costs one pass over the host, one look-up per label and one per kind of wildcard in use, regardless of the
 * number of entries. Wildcards are of the same kind if they fix the same numbers of characters before and after the
 * star.
 */
public final class OriginRules {

    /** Maximum entries of one key. */
    public static final int MAX_ENTRIES = 100;

    private static final String ANY = "*";

    private static final OriginRules NONE = new OriginRules(List.of());

    private final List<String> entries;
    private final boolean any;

    /**
     * A hash table with open addressing: each rule is in the first free slot from its hash on, once for every scheme
     * that it covers. At most half of the slots are used; their number is a power of two.
     */
    private final @Nullable OriginRule[] table;

    /** The lengths that wildcard rules fix, each pair once: characters before the star << 8 | characters after. */
    private final short[] shapes;

    private OriginRules(List<String> entries) {
        this.entries = entries;
        this.any = entries.contains(ANY);
        List<OriginRule> rules = entries.stream()
                .filter(entry -> !entry.equals(ANY))
                .map(OriginRule::parse)
                .toList();
        int places = rules.stream().mapToInt(rule -> rule.schemes().size()).sum();
        this.table = new OriginRule[places == 0 ? 1 : Integer.highestOneBit(2 * places - 1) << 1];
        rules.forEach(this::add);
        this.shapes = shapes(rules);
    }

    /** The rules of a key without origins. */
    public static OriginRules none() {
        return NONE;
    }

    /**
     * Compiles the entries of a key; white space around an entry is dropped.
     *
     * @throws InvalidOriginRule on the first entry that is refused, or for more than {@value #MAX_ENTRIES} of them
     */
    public static OriginRules of(List<String> entries) {
        if (entries.size() > MAX_ENTRIES) {
            throw new InvalidOriginRule(
                    "A key holds at most %d origin rules, and these are %d. Cover several hosts with one entry, such as"
                                    .formatted(MAX_ENTRIES, entries.size())
                            + " 'example.com' for a domain with its subdomains.");
        }
        return entries.isEmpty()
                ? NONE
                : new OriginRules(entries.stream().map(String::strip).toList());
    }

    /** Whether the key has no rules, so that it may be used from anywhere, also without an origin. */
    public boolean isUnrestricted() {
        return entries.isEmpty();
    }

    /**
     * Whether {@code *} is among the entries: then a missing, opaque ({@code null}) or unreadable origin is allowed.
     */
    public boolean allowsAny() {
        return any;
    }

    /** The entries as written, in their order. */
    public List<String> entries() {
        return entries;
    }

    /**
     * The entry, as written, that allows the origin, or null; always null for an empty list. If several entries match,
     * the most specific is returned: the exact host, then its domain, then a wildcard label, then {@code *}.
     */
    public @Nullable String match(Origin origin) {
        OriginRule rule = find(origin.scheme(), origin.host(), origin.port());
        if (rule != null) {
            return rule.entry();
        }
        return any ? ANY : null;
    }

    private @Nullable OriginRule find(String scheme, String host, int port) {
        int seed = seed(scheme, port);
        OriginRule domain = null;
        int hash = seed;
        int firstDot = host.length();
        int hashFromDot = hash;
        for (int i = host.length() - 1; i >= 0; i--) {
            char c = host.charAt(i);
            if (c == '.' && domain == null) {
                domain = probe(hash, true, scheme, port, host, 0, i + 1);
            }
            hash = 31 * hash + c;
            if (c == '.') {
                firstDot = i;
                hashFromDot = hash;
            }
        }
        OriginRule exact = probe(hash, false, scheme, port, host, 0, 0);
        if (exact != null) {
            return exact;
        }
        if (domain == null) {
            domain = probe(hash, true, scheme, port, host, 0, 0);
        }
        return domain != null ? domain : wildcard(hashFromDot, scheme, port, host, firstDot);
    }

    /**
     * Looks up {@code prefix*suffix.rest} once per pair of lengths in use, regardless of how many rules share the rest.
     */
    private @Nullable OriginRule wildcard(int hashFromDot, String scheme, int port, String host, int firstDot) {
        for (short shape : shapes) {
            int prefix = shape >> 8;
            int tail = firstDot - (shape & 0xff);
            if (prefix < tail) {
                int hash = hash(hashFromDot, host, tail, firstDot);
                hash = hash(31 * hash + '*', host, 0, prefix);
                OriginRule rule = probe(hash, false, scheme, port, host, prefix + 1, tail);
                if (rule != null) {
                    return rule;
                }
            }
        }
        return null;
    }

    /**
     * The rule for the end of a host from {@code tail} on, behind a wildcard label's fixed beginning and star, which
     * are {@code open} characters long, 0 for a rule without a star.
     */
    private @Nullable OriginRule probe(
            int hash, boolean subdomains, String scheme, int port, String host, int open, int tail) {
        int length = open + host.length() - tail;
        for (int place = place(hash); ; place = (place + 1) & (table.length - 1)) {
            OriginRule rule = table[place];
            if (rule == null) {
                return null;
            }
            // Another rule may have the same hash: the star must be where this lookup expects it.
            if (rule.host().length() == length
                    && rule.subdomains() == subdomains
                    && rule.covers(scheme, port)
                    && host.regionMatches(tail, rule.host(), open, length - open)
                    && (open == 0 || isOpenedBy(rule.host(), open - 1, host))) {
                return rule;
            }
        }
    }

    private static boolean isOpenedBy(String pattern, int star, String host) {
        return pattern.charAt(star) == '*' && host.regionMatches(0, pattern, 0, star);
    }

    private void add(OriginRule rule) {
        for (String scheme : rule.schemes()) {
            int port = rule.portUnder(scheme);
            int place =
                    place(hash(seed(scheme, port), rule.host(), 0, rule.host().length()));
            OriginRule there = table[place];
            while (there != null && !(there.sameHost(rule) && there.covers(scheme, port))) {
                place = (place + 1) & (table.length - 1);
                there = table[place];
            }
            // Keeps the first of two equivalent entries; keeping both would only make look-ups longer.
            if (there == null) {
                table[place] = rule;
            }
        }
    }

    private static short[] shapes(List<OriginRule> rules) {
        int[] distinct = rules.stream()
                .filter(OriginRule::isWildcard)
                .mapToInt(OriginRule::shape)
                .distinct()
                .toArray();
        short[] shapes = new short[distinct.length];
        for (int i = 0; i < shapes.length; i++) {
            shapes[i] = (short) distinct[i];
        }
        return shapes;
    }

    private static int seed(String scheme, int port) {
        return 31 * scheme.hashCode() + port;
    }

    /** Hashes from right to left, so that one pass gives the hash of every domain above a host. */
    private static int hash(int hash, String text, int from, int to) {
        int result = hash;
        for (int i = to - 1; i >= from; i--) {
            result = 31 * result + text.charAt(i);
        }
        return result;
    }

    private int place(int hash) {
        int spread = hash * 0x9E3779B9;
        return (spread ^ (spread >>> 16)) & (table.length - 1);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OriginRules rules && entries.equals(rules.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        return entries.toString();
    }
}
