package com.quotient.address;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The caller's address: the peer of the socket, or what the proxies that the installation trusts say it is. */
public final class ClientAddress {

    /** What is kept of an address where only its neighbourhood may be known, in bits. */
    private static final int TRUNCATED_IPV4 = 24;

    private static final int TRUNCATED_IPV6 = 48;
    private static final int SUBSCRIBER_IPV6 = 64;

    private ClientAddress() {}

    /**
     * The caller's address in its canonical form, IPv4-mapped addresses as IPv4.
     *
     * <p>Each proxy appends the peer it sees to {@code X-Forwarded-For}, so behind {@code n} trusted proxies the n-th
     * from the right is the last that one of them vouches for. All that stands further left was written by the caller and
     * is never read. A header with fewer entries, or with no IP address in that place, did not come through the proxies:
     * then the peer of the socket is the answer, the one address that was seen and not told. It is the address of a proxy
     * at worst, which a key's rules do not allow unless they name it.
     *
     * @param socketPeer an IP address; a zone id is dropped
     * @param forwardedFor the values of all {@code X-Forwarded-For} headers in their order, each a comma list of
     *     addresses that may have a port ({@code 192.0.2.1:5678}, {@code [2001:db8::1]:80})
     * @param trustedProxies how many proxies stand in front, 0 for none
     * @throws IllegalArgumentException if the peer is the answer and is not an IP address
     */
    public static String of(String socketPeer, List<String> forwardedFor, int trustedProxies) {
        String hop = trustedProxies > 0 ? fromRight(forwardedFor, trustedProxies) : null;
        IpAddress forwarded = hop == null ? null : IpAddress.parse(withoutPort(hop.strip()));
        if (forwarded != null) {
            return forwarded.toString();
        }
        int zone = socketPeer.indexOf('%');
        return IpAddress.require(zone < 0 ? socketPeer : socketPeer.substring(0, zone))
                .toString();
    }

    /**
     * The network that an address is in, for installations that keep no full addresses: the first 24 bits of IPv4, the
     * first 48 of IPv6, and zeros behind.
     *
     * @throws IllegalArgumentException if it is not an IP address
     */
    public static String truncate(String address) {
        IpAddress full = IpAddress.require(address);
        return full.prefix(full.ipv4() ? TRUNCATED_IPV4 : TRUNCATED_IPV6).toString();
    }

    /**
     * What one caller commands: an address of IPv4, or the first 64 bits of IPv6, of which networks give a subscriber no
     * less (RFC 6177).
     *
     * @param address in its canonical form
     */
    public static String network(String address) {
        return address.indexOf(':') < 0
                ? address
                : IpAddress.require(address).prefix(SUBSCRIBER_IPV6).toString();
    }

    /** The n-th entry from the right over all values, read no further to the left than that. */
    private static @Nullable String fromRight(List<String> values, int n) {
        int left = n;
        for (int i = values.size() - 1; i >= 0; i--) {
            String value = values.get(i);
            int end = value.length();
            while (end >= 0) {
                int comma = value.lastIndexOf(',', end - 1);
                if (--left == 0) {
                    return value.substring(comma + 1, end);
                }
                end = comma;
            }
        }
        return null;
    }

    private static String withoutPort(String hop) {
        if (hop.startsWith("[")) {
            int end = hop.indexOf(']');
            return end > 0 && isPortOrNothing(hop, end + 1) ? hop.substring(1, end) : "";
        }
        int colon = hop.indexOf(':');
        boolean ipv4WithPort = colon > 0 && hop.indexOf('.') >= 0 && isPortOrNothing(hop, colon);
        return ipv4WithPort ? hop.substring(0, colon) : hop;
    }

    private static boolean isPortOrNothing(String hop, int start) {
        return hop.substring(start).matches("(:[0-9]{1,5})?");
    }
}
