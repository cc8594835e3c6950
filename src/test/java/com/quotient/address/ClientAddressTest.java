package com.quotient.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ClientAddressTest {

    private static final String PEER = "198.51.100.1";

    @Test
    void headerIsIgnoredWithoutTrustedProxies() {
        assertThat(ClientAddress.of(PEER, List.of("203.0.113.7"), 0)).isEqualTo(PEER);
        assertThat(ClientAddress.of(PEER, List.of(), 0)).isEqualTo(PEER);
    }

    @ParameterizedTest
    @CsvSource({
        "0:0:0:0:0:0:0:1, ::1",
        "2001:DB8::1, 2001:db8::1",
        "::ffff:203.0.113.7, 203.0.113.7",
        "fe80:0:0:0:0:0:0:1%eth0, fe80::1",
        "fe80::1%2, fe80::1",
    })
    void peerIsBroughtToItsCanonicalForm(String peer, String canonical) {
        assertThat(ClientAddress.of(peer, List.of(), 0)).isEqualTo(canonical);
        assertThat(ClientAddress.of(peer, List.of(), 1)).isEqualTo(canonical);
    }

    @ParameterizedTest
    @CsvSource({
        "1, 203.0.113.3",
        "2, 203.0.113.2",
        "3, 203.0.113.1",
        "4, 198.51.100.1",
        "1000000, 198.51.100.1",
    })
    void entryIsCountedFromTheRightOverAllHeaders(int trustedProxies, String expected) {
        assertThat(ClientAddress.of(PEER, List.of("203.0.113.1, 203.0.113.2,203.0.113.3"), trustedProxies))
                .isEqualTo(expected);
        assertThat(ClientAddress.of(PEER, List.of("203.0.113.1 ,203.0.113.2", "203.0.113.3"), trustedProxies))
                .isEqualTo(expected);
        assertThat(ClientAddress.of(PEER, List.of("203.0.113.1", "203.0.113.2", "\t203.0.113.3 "), trustedProxies))
                .isEqualTo(expected);
    }

    @Test
    void whatTheCallerWroteHimselfIsNeverTaken() {
        assertThat(ClientAddress.of(PEER, List.of("10.0.0.1, 203.0.113.7"), 1)).isEqualTo("203.0.113.7");
        assertThat(ClientAddress.of(PEER, List.of("10.0.0.1", "10.0.0.2", "203.0.113.7"), 1))
                .isEqualTo("203.0.113.7");
        assertThat(ClientAddress.of(PEER, List.of("10.0.0.1," + ",".repeat(8_000) + "203.0.113.7"), 1))
                .isEqualTo("203.0.113.7");
        assertThat(ClientAddress.of(PEER, List.of("10.0.0.1, 203.0.113.7, 192.0.2.9"), 2))
                .isEqualTo("203.0.113.7");
    }

    /** A caller that sends an empty header does not make the proxies' entries count from his others. */
    @Test
    void emptyEntryIsCountedToo() {
        assertThat(ClientAddress.of(PEER, List.of("10.0.0.1", ",203.0.113.7"), 2))
                .isEqualTo(PEER);
        assertThat(ClientAddress.of(PEER, List.of("10.0.0.1", "", "203.0.113.7"), 2))
                .isEqualTo(PEER);
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.7:5678, 203.0.113.7",
        "203.0.113.7, 203.0.113.7",
        "[2001:db8::1]:80, 2001:db8::1",
        "[2001:db8::1], 2001:db8::1",
        "2001:DB8::1, 2001:db8::1",
        "::ffff:203.0.113.7, 203.0.113.7",
        "[::ffff:203.0.113.7]:80, 203.0.113.7",
        "::1, ::1",
        "203.0.113.7:65535, 203.0.113.7",
    })
    void entryMayHaveAPort(String entry, String expected) {
        assertThat(ClientAddress.of(PEER, List.of("10.0.0.1, " + entry), 1)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                ",",
                "10.0.0.1,",
                "10.0.0.1, unknown",
                "10.0.0.1, _hidden",
                "10.0.0.1, localhost",
                "10.0.0.1, example.com",
                "10.0.0.1, 203.0.113",
                "10.0.0.1, 203.0.113.07",
                "10.0.0.1, 203.0.113.7:",
                "10.0.0.1, 203.0.113.7:x",
                "10.0.0.1, 203.0.113.7:123456",
                "10.0.0.1, 203.0.113.7 192.0.2.1",
                "10.0.0.1, 203.0.113.7;192.0.2.1",
                "10.0.0.1, \"203.0.113.7\"",
                "10.0.0.1, for=203.0.113.7",
                "10.0.0.1, [::1",
                "10.0.0.1, [::1]x",
                "10.0.0.1, [::1]:",
                "10.0.0.1, []",
                "10.0.0.1, [",
                "10.0.0.1, :80",
                "10.0.0.1, fe80::1%eth0",
                "10.0.0.1, 203.0.113.7\u00a0",
                "10.0.0.1, 203.0.113.٧",
            })
    void peerIsTakenWhereTheProxyNamesNoAddress(String value) {
        assertThat(ClientAddress.of(PEER, List.of(value), 1)).isEqualTo(PEER);
    }

    @Test
    void peerThatIsNoAddressIsAMistakeOfTheProgram() {
        assertThatThrownBy(() -> ClientAddress.of("localhost", List.of(), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'localhost' is not an IP address.");
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.7, 203.0.113.7",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1:2::",
        "2001:db8:1:2::, 2001:db8:1:2::",
        "::1, ::",
    })
    void clientIsANetworkOf64BitsInIpv6(String address, String network) {
        assertThat(ClientAddress.network(address)).isEqualTo(network);
    }

    @ParameterizedTest
    @CsvSource({
        "203.0.113.7, 203.0.113.0",
        "255.255.255.255, 255.255.255.0",
        "::ffff:203.0.113.7, 203.0.113.0",
        "2001:db8:1:2:3:4:5:6, 2001:db8:1::",
        "::1, ::",
    })
    void truncatedAddressNamesTheNeighbourhoodOnly(String address, String truncated) {
        assertThat(ClientAddress.truncate(address)).isEqualTo(truncated);
    }
}
