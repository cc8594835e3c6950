package com.quotient.address;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The client address: the peer of the socket, or the address that trusted proxies report. */
public final class ClientAddress {

    /** Bits kept of a truncated address. */
    private static final int TRUNCATED_IPV4 = 24;

    private static final int TRUNCATED_IPV6 = 48;
    private static final int SUBSCRIBER_IPV6 = 64;

    private ClientAddress() {}

    /**
     * The client address in canonical form; IPv4-mapped addresses become IPv4.
     *
     * <p>Each proxy appends the peer it sees to {@code X-Forwarded-For}, so behind {@code n} trusted proxies the n-th
     * entry from the right is the last one that a trusted proxy wrote. Entries further left come from the client and
     * are never read. A header with fewer entries, or without an IP address in that place, did not pass the proxies;
     * then the socket's peer counts. At worst that is the address of a proxy, which a key's rules do not allow unless
     * they name it.
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
     * The network that one client controls: an IPv4 address, or the first 64 bits of an IPv6 address, since subscribers
     * get no less (RFC 6177).
     *
     * @param address the address in canonical form
     */
    public static String network(String address) {
        return address.indexOf(':') < 0
                ? address
                : IpAddress.require(address).prefix(SUBSCRIBER_IPV6).toString();
    }

    /** The n-th entry from the right over all values; entries further left are not read. */
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
