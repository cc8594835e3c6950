package com.quotient.origin;

import com.google.common.base.Ascii;
import com.google.common.base.CharMatcher;
import com.google.common.net.InetAddresses;
import com.google.common.net.InternetDomainName;
import com.google.common.primitives.Shorts;
import com.ibm.icu.text.IDNA;
import java.net.Inet4Address;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Normalizes hosts for comparison, and looks them up in the public suffix list. */
final class Host {

    /** The longest name and the longest label in DNS, in characters (RFC 1035, section 2.3.4). */
    static final int MAX_LENGTH = 253;

    static final int MAX_LABEL_LENGTH = 63;

    private static final String ACE_PREFIX = "xn--";

    /** A label that occurs in no entry of the public suffix list. */
    private static final String UNLISTED_LABEL = "unlisted-label";

    /** No zone id, which is local to one machine (RFC 6874), and only ASCII digits. */
    private static final CharMatcher IPV6_CHARACTERS = CharMatcher.anyOf("0123456789abcdefABCDEF:.");

    private Host() {}

    /**
     * Normalizes a host for comparison (see {@link Origin#host}); null if it is not a valid host. Names follow the URL
     * standard: letters, digits, hyphens and underscores, and other characters by UTS-46. A name that ends in a number
     * must be an IPv4 address. Under other schemes than http and https a host is opaque: only its case and trailing dot
     * are normalized.
     */
    static @Nullable String parse(String scheme, String text) {
        if (text.startsWith("[")) {
            return ipv6(text);
        }
        if (!Origin.isWeb(scheme)) {
            return name(text);
        }
        String ascii = needsIdna(text) ? Idna.toAscii(text) : text;
        String host = ascii == null ? null : name(ascii);
        return host == null || (endsInNumber(host) && !isIpv4(host)) ? null : host;
    }

    static boolean isAddress(String host) {
        return host.startsWith("[") || isIpv4(host);
    }

    /** Whether the last label is a number, so that browsers parse the host as an IPv4 address or refuse it. */
    static boolean endsInNumber(String host) {
        int start = host.lastIndexOf('.') + 1;
        if (start == host.length()) {
            return false;
        }
        boolean hex = host.startsWith("0x", start);
        for (int i = hex ? start + 2 : start; i < host.length(); i++) {
            char c = host.charAt(i);
            if (!isDigit(c) && !(hex && isBetween('a', c, 'f'))) {
                return false;
            }
        }
        return true;
    }

    /**
     * The number of labels in a name's public suffix (publicsuffix.org, both sections). If the name itself is a suffix,
     * this is the number of its labels, or one more. By the list's default rule the last label of an unlisted name is a
     * suffix, but a single label such as {@code localhost} has none.
     */
    static int publicSuffixLabels(String host) {
        InternetDomainName below = below(host);
        InternetDomainName suffix = below == null ? null : below.publicSuffix();
        if (suffix != null) {
            return suffix.parts().size();
        }
        return host.indexOf('.') < 0 ? 0 : 1;
    }

    /** Whether anybody can register a name below this one; below other public suffixes names are assigned. */
    static boolean isRegistrySuffix(String host) {
        InternetDomainName below = below(host);
        InternetDomainName suffix = below == null ? null : below.registrySuffix();
        return suffix != null && suffix.parts().size() >= labels(host);
    }

    /**
     * A name below a host, so that a host whose children are suffixes by a wildcard of the list counts as a suffix
     * itself. Null where Guava refuses it: if the last label begins with a digit, which that of no suffix does, or if
     * the name is too long to be one label below a suffix.
     */
    private static @Nullable InternetDomainName below(String host) {
        String name = UNLISTED_LABEL + "." + host;
        return InternetDomainName.isValid(name) ? InternetDomainName.from(name) : null;
    }

    static int labels(String host) {
        int labels = 1;
        for (int i = 0; i < host.length(); i++) {
            if (host.charAt(i) == '.') {
                labels++;
            }
        }
        return labels;
    }

    /** A name of 1 to 253 ASCII characters in labels of 1 to 63, lower-cased and without its one trailing dot. */
    private static @Nullable String name(String text) {
        int end = text.endsWith(".") ? text.length() - 1 : text.length();
        if (end > MAX_LENGTH) {
            return null;
        }
        int labelStart = 0;
        for (int i = 0; i <= end; i++) {
            if (i == end || text.charAt(i) == '.') {
                int length = i - labelStart;
                if (length < 1 || length > MAX_LABEL_LENGTH) {
                    return null;
                }
                labelStart = i + 1;
            } else if (!isNameCharacter(text.charAt(i))) {
                return null;
            }
        }
        return Ascii.toLowerCase(text.substring(0, end));
    }

    static boolean isNameCharacter(char c) {
        return isLetter(c) || isDigit(c) || c == '-' || c == '_';
    }

    static boolean isLetter(char c) {
        return isBetween('a', c, 'z') || isBetween('A', c, 'Z');
    }

    static boolean isDigit(char c) {
        return isBetween('0', c, '9');
    }

    private static boolean isBetween(char low, char c, char high) {
        return low <= c && c <= high;
    }

    private static boolean isIpv4(String host) {
        // Guava takes four decimal parts without leading zeros only; a name has no colon, so it is not IPv6.
        return InetAddresses.isInetAddress(host);
    }

    private static @Nullable String ipv6(String text) {
        int last = text.length() - 1;
        if (text.charAt(last) != ']') {
            return null;
        }
        String inner = text.substring(1, last);
        if (inner.indexOf(':') < 0 || !IPV6_CHARACTERS.matchesAllOf(inner) || !InetAddresses.isInetAddress(inner)) {
            return null;
        }
        InetAddress address = InetAddresses.forString(inner);
        if (address instanceof Inet4Address) {
            // An IPv4-mapped address: Java unwraps it, browsers keep it and write it in hexadecimal.
            byte[] b = address.getAddress();
            return "[::ffff:%x:%x]".formatted(Shorts.fromBytes(b[0], b[1]), Shorts.fromBytes(b[2], b[3]));
        }
        return "[" + InetAddresses.toAddrString(address) + "]";
    }

    /** ASCII names stay as they are. A-labels are validated, so that a broken one is refused. */
    private static boolean needsIdna(String text) {
        boolean labelStart = true;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80 || (labelStart && text.regionMatches(true, i, ACE_PREFIX, 0, ACE_PREFIX.length()))) {
                return true;
            }
            labelStart = c == '.';
        }
        return false;
    }

    /** A separate class, so that the tables of ICU are loaded by the first name that needs them. */
    private static final class Idna {

        private static final IDNA UTS46 = IDNA.getUTS46Instance(IDNA.CHECK_BIDI
                | IDNA.CHECK_CONTEXTJ
                | IDNA.NONTRANSITIONAL_TO_ASCII
                | IDNA.NONTRANSITIONAL_TO_UNICODE);

        private Idna() {}

        /** The name in A-labels, null on any error; the caller still has to check its ASCII characters. */
        static @Nullable String toAscii(String name) {
            IDNA.Info info = new IDNA.Info();
            StringBuilder ascii = UTS46.nameToASCII(name, new StringBuilder(name.length() + 16), info);
            return info.hasErrors() ? null : ascii.toString();
        }
    }
}
