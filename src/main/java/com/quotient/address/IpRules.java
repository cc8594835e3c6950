package com.quotient.address;

import com.google.common.base.Ascii;
import com.google.common.base.CharMatcher;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The networks from which a private key may be used, in CIDR notation (RFC 4632, RFC 4291): {@code 10.0.0.0/8}, {@code
 * 2001:db8::/32}, or a lone address. An empty list allows every address. IPv4-mapped IPv6 addresses count as IPv4, and
 * {@code ::/0} means IPv6 only. Immutable; nothing is ever looked up in DNS.
 */
public final class IpRules {

    /** Maximum entries of a key. */
    public static final int MAX_ENTRIES = 100;

    private static final IpRules NONE = new IpRules(List.of());

    private final List<String> entries;
    private final Network[] networks;

    private IpRules(List<String> entries) {
        this.entries = entries;
        this.networks = entries.stream().map(Network::parse).toArray(Network[]::new);
    }

    /** The rules of a key that may be used from every address. */
    public static IpRules none() {
        return NONE;
    }

    /**
     * Compiles the entries of a key; white space around an entry is dropped.
     *
     * @throws InvalidIpRule on the first entry that is not a network, or for more than {@value #MAX_ENTRIES} of them
     */
    public static IpRules of(List<String> cidrs) {
        if (cidrs.size() > MAX_ENTRIES) {
            throw new InvalidIpRule(
                    "A key holds at most %d address rules, and these are %d. Merge neighbouring networks."
                            .formatted(MAX_ENTRIES, cidrs.size()));
        }
        return cidrs.isEmpty()
                ? NONE
                : new IpRules(cidrs.stream().map(String::strip).toList());
    }

    /** Whether every address is allowed, because there are no rules. */
    public boolean isUnrestricted() {
        return entries.isEmpty();
    }

    /**
     * Whether an address is in one of the networks, or there are none to be in.
     *
     * @param address 4 or 16 bytes in network order
     */
    public boolean allows(byte[] address) {
        return allows(IpAddress.of(address));
    }

    /**
     * As {@link #allows(byte[])}, for the text that {@link ClientAddress#of} gives.
     *
     * @throws IllegalArgumentException if it is not an IP address
     */
    public boolean allows(String address) {
        return allows(IpAddress.require(address));
    }

    private boolean allows(IpAddress address) {
        for (Network network : networks) {
            if (network.contains(address)) {
                return true;
            }
        }
        return isUnrestricted();
    }

    /** The entries as written, in their order. */
    public List<String> entries() {
        return entries;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof IpRules rules && entries.equals(rules.entries);
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        return entries.toString();
    }

    private record Network(IpAddress base, int length) {

        /** Maximum characters of an entry in a message. */
        private static final int MAX_SHOWN = 60;

        boolean contains(IpAddress address) {
            return address.prefix(length).equals(base);
        }

        static Network parse(String entry) {
            int slash = entry.indexOf('/');
            String written = slash < 0 ? entry : entry.substring(0, slash);
            IpAddress address = IpAddress.parse(written);
            if (address == null) {
                throw refused(
                        entry,
                        "it is not an IP address. Write one such as '203.0.113.7' or '2001:db8::1', or a network such as"
                                + " '10.0.0.0/8'; names are never looked up.");
            }
            int writtenBits = written.indexOf(':') < 0 ? 32 : 128;
            // The prefix of an IPv4-mapped address counts the 96 bits before the IPv4 address as well.
            int unmapped = address.bits() - writtenBits;
            int length = slash < 0 ? address.bits() : length(entry.substring(slash + 1), writtenBits) + unmapped;
            if (length < 0) {
                throw refused(
                        entry,
                        "the prefix length has to be a number from %d to %d, without leading zeros."
                                .formatted(-unmapped, writtenBits));
            }
            IpAddress base = address.prefix(length);
            if (!base.equals(address)) {
                throw refused(
                        entry,
                        "it has bits set behind its prefix. Write '%s/%d' for the network, or '%s' for the one address."
                                .formatted(base, length, address));
            }
            return new Network(base, length);
        }

        /** The number, or -1 unless it is from 0 to {@code maximum}. */
        private static int length(String text, int maximum) {
            boolean digits = text.matches("0|[1-9][0-9]{0,2}");
            int length = digits ? Integer.parseInt(text) : -1;
            return length <= maximum ? length : -1;
        }

        private static InvalidIpRule refused(String entry, String reason) {
            String shown = Ascii.truncate(CharMatcher.javaIsoControl().replaceFrom(entry, '\uFFFD'), MAX_SHOWN, "…");
            return new InvalidIpRule("Address rule '%s' is refused: %s".formatted(shown, reason));
        }
    }
}
