package com.quotient.flow;

import com.quotient.address.IpRules;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * The addresses of the public Internet: all that IANA's special-purpose address registries (RFC 6890) do not reserve. A
 * webhook to any other address could reach services that only this server can reach.
 */
final class PublicNetworks {
    private static final IpRules SPECIAL = IpRules.of(List.of(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            // A public address by which every Azure virtual machine reaches its host.
            "168.63.129.16/32",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            // Multicast, reserved, broadcast.
            "224.0.0.0/3",
            // Protocol assignments including Teredo, documentation, 6to4 (which embeds any IPv4 address),
            // documentation.
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20"));

    /**
     * The global unicast range of IPv6; loopback, link-local, unique local, multicast and mapped addresses lie outside
     * it.
     */
    private static final IpRules GLOBAL = IpRules.of(List.of("0.0.0.0/0", "2000::/3"));

    /** IPv4 addresses embedded in IPv6 (NAT64, RFC 6052); the last four bytes are the IPv4 address. */
    private static final IpRules NAT64 = IpRules.of(List.of("64:ff9b::/96"));

    private PublicNetworks() {}

    /** Whether an address is public. An IPv4 address in any IPv6 form is judged as the IPv4 address. */
    static boolean contain(InetAddress address) {
        byte[] bytes = address.getAddress();
        byte[] meant = NAT64.allows(bytes) ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
        return GLOBAL.allows(meant) && !SPECIAL.allows(meant);
    }
}
