package com.quotient.flow;

import com.quotient.address.IpRules;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/**
 * The addresses of the public Internet: those that the registries of special-purpose addresses (RFC 6890, as IANA keeps
 * them) do not set aside. A webhook to any other could be used to talk to what only this server can reach.
 */
final class PublicNetworks {
    private static final IpRules SPECIAL = IpRules.of(List.of(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            // Public by its number, and yet what every virtual machine of Azure reaches its host by.
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
            // Protocol assignments with Teredo, documentation, 6to4 with any IPv4 address inside, documentation.
            "2001::/23",
            "2001:db8::/32",
            "2002::/16",
            "3fff::/20"));

    /** All of IPv6 that is given out; loopback, link-local, unique local, multicast and mapped addresses lie outside. */
    private static final IpRules GLOBAL = IpRules.of(List.of("0.0.0.0/0", "2000::/3"));

    /** Addresses of IPv4 as a network without it reaches them (RFC 6052); the last four bytes are the address. */
    private static final IpRules NAT64 = IpRules.of(List.of("64:ff9b::/96"));

    private PublicNetworks() {}

    /** Whether an address is public; an IPv4 address counts as itself in whatever IPv6 form it comes. */
    static boolean contain(InetAddress address) {
        byte[] bytes = address.getAddress();
        byte[] meant = NAT64.allows(bytes) ? Arrays.copyOfRange(bytes, 12, 16) : bytes;
        return GLOBAL.allows(meant) && !SPECIAL.allows(meant);
    }
}
