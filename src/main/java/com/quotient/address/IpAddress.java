package com.quotient.address;

import com.google.common.base.CharMatcher;
import com.google.common.net.InetAddresses;
import com.google.common.primitives.Ints;
import com.google.common.primitives.Longs;
import java.math.BigInteger;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * An IP address as 128 bits from the left, of which IPv4 uses the first 32. An IPv4-mapped IPv6 address is the IPv4
 * address it maps, so that a caller is the same on a socket of either kind.
 */
record IpAddress(boolean ipv4, long high, long low) {

    /** Without zone ids, which Java would look up among the interfaces, and without digits beyond ASCII. */
    private static final CharMatcher LITERAL_CHARACTERS = CharMatcher.anyOf("0123456789abcdefABCDEF:.");

    /** The longest literal: six groups and a dotted tail (RFC 4291, section 2.2). */
    private static final int MAX_LITERAL_LENGTH = 45;

    /** Reads an address of four decimal parts or of IPv6 without brackets and zone; null for anything else. */
    static @Nullable IpAddress parse(String text) {
        return text.length() <= MAX_LITERAL_LENGTH
                        && LITERAL_CHARACTERS.matchesAllOf(text)
                        && InetAddresses.isInetAddress(text)
                ? of(InetAddresses.forString(text).getAddress())
                : null;
    }

    static IpAddress require(String text) {
        IpAddress address = parse(text);
        if (address == null) {
            throw new IllegalArgumentException("'" + text + "' is not an IP address.");
        }
        return address;
    }

    /** Takes the 4 or 16 bytes of an address in network order. */
    static IpAddress of(byte[] address) {
        if (address.length == 4) {
            return ipv4(Ints.fromByteArray(address));
        }
        if (address.length != 16) {
            throw new IllegalArgumentException("An IP address has 4 or 16 bytes, not " + address.length + ".");
        }
        ByteBuffer buffer = ByteBuffer.wrap(address);
        long high = buffer.getLong();
        long low = buffer.getLong();
        boolean mapped = high == 0 && low >>> 32 == 0xffff;
        return mapped ? ipv4((int) low) : new IpAddress(false, high, low);
    }

    private static IpAddress ipv4(int address) {
        return new IpAddress(true, (long) address << 32, 0);
    }

    /** How many bits an address of this family has. */
    int bits() {
        return ipv4 ? 32 : 128;
    }

    /** The address with all bits behind the first {@code length} cleared. */
    IpAddress prefix(int length) {
        return new IpAddress(ipv4, high & mask(length), low & mask(length - 64));
    }

    private static long mask(int length) {
        if (length <= 0) {
            return 0;
        }
        return length >= 64 ? -1 : -1L << (64 - length);
    }

    /** The canonical text: four decimal parts, or IPv6 as RFC 5952 writes it. */
    @Override
    public String toString() {
        InetAddress address = ipv4
                ? InetAddresses.fromInteger((int) (high >>> 32))
                : InetAddresses.fromIPv6BigInteger(unsigned(high).shiftLeft(64).or(unsigned(low)));
        return InetAddresses.toAddrString(address);
    }

    private static BigInteger unsigned(long bits) {
        return new BigInteger(1, Longs.toByteArray(bits));
    }
}
