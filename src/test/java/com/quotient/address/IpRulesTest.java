package com.quotient.address;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class IpRulesTest {

    @Test
    void emptyListAllowsEveryAddress() {
        assertThat(IpRules.of(List.of())).isSameAs(IpRules.none());
        assertThat(IpRules.none().isUnrestricted()).isTrue();
        assertThat(allows("203.0.113.7")).isTrue();
        assertThat(allows("2001:db8::1")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.0.0.0, true",
        "10.0.0.0/8, 10.255.255.255, true",
        "10.0.0.0/8, 11.0.0.0, false",
        "10.0.0.0/8, 9.255.255.255, false",
        "203.0.113.7, 203.0.113.7, true",
        "203.0.113.7, 203.0.113.6, false",
        "203.0.113.7/32, 203.0.113.7, true",
        "203.0.113.4/31, 203.0.113.5, true",
        "203.0.113.4/31, 203.0.113.6, false",
        "255.255.255.255, 255.255.255.255, true",
        "0.0.0.0/0, 8.8.8.8, true",
        "0.0.0.0/0, 2001:db8::1, false",
        "::/0, 2001:db8::1, true",
        "::/0, 8.8.8.8, false",
        "::/0, ::ffff:8.8.8.8, false",
        "2001:db8::/32, 2001:db8:ffff::1, true",
        "2001:db8::/32, 2001:db9::1, false",
        "2001:db8::/65, 2001:db8::7fff:ffff:ffff:ffff, true",
        "2001:db8::/65, 2001:db8::8000:0:0:0, false",
        "2001:db8::1, 2001:DB8:0:0:0:0:0:1, true",
        "2001:db8::1, 2001:db8::2, false",
        "2001:db8::1/128, 2001:db8::1, true",
        "10.0.0.0/8, ::ffff:10.1.2.3, true",
        "::ffff:10.0.0.0/104, 10.1.2.3, true",
        "::ffff:10.0.0.0/104, 11.1.2.3, false",
        "::ffff:10.1.2.3, 10.1.2.3, true",
        "::ffff:0:0/96, 10.1.2.3, true",
        "::ffff:0:0/96, 2001:db8::1, false",
        "'  10.0.0.0/8 ', 10.1.2.3, true",
        "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255, ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff, true",
    })
    void networkHoldsTheAddressesBehindItsPrefixAndNoOthers(String entry, String address, boolean expected) {
        assertThat(allows(address, entry)).isEqualTo(expected);
        assertThat(allows(address, "192.0.2.1", entry, "2001:db8:1::/127")).isEqualTo(expected);
    }

    @Test
    void randomNetworksAgreeWithArithmeticOnWholeNumbers() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            int size = random.nextBoolean() ? 4 : 16;
            byte[] base = new byte[size];
            random.nextBytes(base);
            // Away from the IPv4-mapped range.
            base[0] |= 1;
            int length = random.nextInt(size * 8 + 1);
            int hostBits = size * 8 - length;
            BigInteger network = new BigInteger(1, base).shiftRight(hostBits).shiftLeft(hostBits);
            BigInteger address = random.nextBoolean()
                    ? network.add(new BigInteger(hostBits, random))
                    : new BigInteger(1, base).flipBit(random.nextInt(size * 8));
            IpRules rules = IpRules.of(List.of(IpAddress.of(bytes(network, size)) + "/" + length));

            assertThat(rules.allows(bytes(address, size)))
                    .as("seed %d: %x in %s", seed, address, rules)
                    .isEqualTo(address.shiftRight(hostBits).equals(network.shiftRight(hostBits)));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.0.0.1/8          | Write '10.0.0.0/8' for the network, or '10.0.0.1' for the one address.",
                "203.0.113.7/31      | '203.0.113.6/31'",
                "10.0.0.1/0          | '0.0.0.0/0'",
                "2001:db8::1/32      | '2001:db8::/32'",
                "::ffff:10.0.0.1/104 | '10.0.0.0/8'",
                "10.0.0.0/33         | from 0 to 32",
                "10.0.0.0/-1         | from 0 to 32",
                "10.0.0.0/08         | from 0 to 32",
                "10.0.0.0/           | from 0 to 32",
                "10.0.0.0/8/8        | from 0 to 32",
                "10.0.0.0/99999999999| from 0 to 32",
                "10.0.0.0/255.0.0.0  | from 0 to 32",
                "2001:db8::/129      | from 0 to 128",
                "::ffff:0:0/95       | from 96 to 128",
                "::ffff:0:0/x        | from 96 to 128",
                "/8                  | is not an IP address",
                "10.0.0              | is not an IP address",
                "10.0.0.256          | is not an IP address",
                "010.0.0.1           | is not an IP address",
                "0x0a.0.0.1          | is not an IP address",
                "167772161           | is not an IP address",
                "10.0.0.*            | is not an IP address",
                "10.0.0.1-10.0.0.9   | is not an IP address",
                "10.0.0.1:80         | is not an IP address",
                "[::1]               | is not an IP address",
                "fe80::1%eth0        | is not an IP address",
                "example.com         | names are never looked up",
                "localhost           | names are never looked up",
                "1２7.0.0.1          | is not an IP address",
                "''                  | is not an IP address",
            })
    void entryThatIsNoNetworkIsRefusedByName(String entry, String reason) {
        assertThatThrownBy(() -> IpRules.of(List.of("10.0.0.0/8", entry)))
                .isInstanceOf(InvalidIpRule.class)
                .hasMessageStartingWith("Address rule '" + entry + "' is refused: ")
                .hasMessageContaining(reason)
                .hasMessageEndingWith(".");
    }

    @Test
    void longEntryIsNotRepeatedWhole() {
        assertThatThrownBy(() -> IpRules.of(List.of("1\n".repeat(100_000))))
                .isInstanceOf(InvalidIpRule.class)
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300).doesNotContain("\n"));
    }

    @Test
    void hundredEntriesAreAcceptedAndNotOneMore() {
        assertThat(IpRules.of(Collections.nCopies(100, "10.0.0.0/8")).entries()).hasSize(100);
        assertThatThrownBy(() -> IpRules.of(Collections.nCopies(101, "10.0.0.0/8")))
                .isInstanceOf(InvalidIpRule.class)
                .hasMessageContaining("at most 100")
                .hasMessageContaining("101");
    }

    @Test
    void rulesAreEqualWhenTheirEntriesAre() {
        assertThat(IpRules.of(List.of("10.0.0.0/8")))
                .isEqualTo(IpRules.of(List.of(" 10.0.0.0/8")))
                .hasSameHashCodeAs(IpRules.of(List.of("10.0.0.0/8")))
                .isNotEqualTo(IpRules.of(List.of("10.0.0.0/9")))
                .hasToString("[10.0.0.0/8]");
    }

    @Test
    void mappedAddressInBytesIsTheOneItMaps() {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, 10, 1, 2, 3};

        assertThat(IpRules.of(List.of("10.0.0.0/8")).allows(mapped)).isTrue();
        assertThat(IpRules.of(List.of("10.2.0.0/16")).allows(mapped)).isFalse();
    }

    @Test
    void whatIsNoAddressIsAMistakeOfTheProgram() {
        IpRules rules = IpRules.of(List.of("10.0.0.0/8"));

        assertThatThrownBy(() -> rules.allows(new byte[5])).hasMessage("An IP address has 4 or 16 bytes, not 5.");
        assertThatThrownBy(() -> rules.allows("localhost")).hasMessage("'localhost' is not an IP address.");
    }

    private static boolean allows(String address, String... entries) {
        return IpRules.of(List.of(entries)).allows(address);
    }

    private static byte[] bytes(BigInteger number, int size) {
        byte[] bytes = new byte[size];
        for (int i = 0; i < size; i++) {
            bytes[size - 1 - i] = number.shiftRight(8 * i).byteValue();
        }
        return bytes;
    }
}
