package com.quotient.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiverTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0177.0.0.1",
                "0x7f.0.0.1",
                "0x7f000001",
                "0x",
                "2130706433",
                "017700000001",
                "127.1",
                "127.0.1",
                "127.0.0.01",
                "127.0.0.1.",
                "127.0.0.256",
                "1.2.3.4.5",
                "host.1",
                "host.0x7F",
                "1."
            })
    void hostThatLooksLikeANumberMustBePlainDottedDecimal(String host) {
        assertThatThrownBy(() -> Receiver.parse("https://" + host + "/"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("four decimal parts");
    }

    @ParameterizedTest
    @CsvSource({
        "93.184.216.34, 93.184.216.34",
        "[2606:4700::1111], 2606:4700::1111",
        "[::FFFF:7F00:1], ::ffff:7f00:1",
        "a_b.example.com, a_b.example.com",
        "_hook.example.com, _hook.example.com",
        "Example.COM, example.com",
        "example.com., example.com",
        "xn--mnchen-3ya.example, xn--mnchen-3ya.example",
        "1a.example, 1a.example",
        "0x7f.example, 0x7f.example",
        "localhost, localhost"
    })
    void hostIsANameOrAnAddress(String written, String host) {
        Receiver receiver = Receiver.parse("https://" + written + ":8443/a%20b?c=d");

        assertThat(receiver.host()).isEqualTo(host);
        assertThat(receiver.port()).isEqualTo(8443);
        assertThat(receiver.uri()).isEqualTo("/a%20b?c=d");
        assertThat(receiver.address() == null).isEqualTo(host.matches("[^:]*[a-z_][^:]*"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://user@example.com/",
                "https://user:password@example.com/",
                "https://@example.com/",
                "https://example.com/#fragment",
                "https:///path",
                "https:example.com",
                "https://example.com:0/",
                "https://example.com:65536/",
                "https://example.com:/",
                "https://example.com:80:80/",
                "https://::1/",
                "https://[::1/",
                "https://[::1]x/",
                "https://[fe80::1%25eth0]/",
                "https://[1.2.3.4]/",
                "https://[::g]/",
                "https://exa mple.com/",
                "https://exa%6dple.com/",
                "https://example..com/",
                "https://example.com../",
                "https://.example.com/",
                "https://-example.com/",
                "https://example-.com/",
                "https://exämple.com/",
                "https://example.com\\@evil.example/",
                "ftp://example.com/",
                "//example.com/"
            })
    void everythingElseIsRefusedWithASentence(String url) {
        assertThatThrownBy(() -> Receiver.parse(url))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageEndingWith(".");
    }

    @Test
    void portAndPathAreTheUsualOnesUnlessTheyAreGiven() {
        assertThat(Receiver.parse("https://example.com")).isEqualTo(new Receiver(true, "example.com", 443, "/", null));
        assertThat(Receiver.parse("HTTP://example.com?a=b"))
                .isEqualTo(new Receiver(false, "example.com", 80, "/?a=b", null));
        assertThat(Receiver.parse("http://example.com:1/").port()).isEqualTo(1);
        assertThat(Receiver.parse("http://example.com:65535/").port()).isEqualTo(65535);
    }

    @Test
    void addressOfIpv6StandsInBracketsInAUrl() {
        assertThat(Receiver.parse("https://[2606:4700::1111]/").hostInUrl()).isEqualTo("[2606:4700::1111]");
        assertThat(Receiver.parse("https://example.com/").hostInUrl()).isEqualTo("example.com");
    }

    @Test
    void hostWithAnUnderscoreHasNoCertificateThatJavaAccepts() {
        assertThat(Receiver.parse("https://a_b.example.com/").canProveItself()).isFalse();
        assertThat(Receiver.parse("https://a-b.example.com/").canProveItself()).isTrue();
        assertThat(Receiver.parse("http://a_b.example.com/").canProveItself()).isTrue();
    }

    @Test
    void urlIsAsLongAsAllowedAndNotOneCharacterMore() {
        String longest = "https://example.com/" + "a".repeat(2028);

        assertThat(Receiver.parse(longest).uri()).hasSize(2029);
        assertThatThrownBy(() -> Receiver.parse(longest + "a")).hasMessageContaining("2048");
        String host = "a".repeat(63) + "." + "b".repeat(63) + "." + "c".repeat(63) + "." + "d".repeat(61);
        assertThat(Receiver.parse("https://" + host + "/").host()).isEqualTo(host);
        assertThatThrownBy(() -> Receiver.parse("https://" + host + "d/")).hasMessageContaining("letters, digits");
    }

    @Test
    void urlThatIsTooLongIsRefused() {
        assertThatThrownBy(() -> Receiver.parse("https://example.com/" + "a".repeat(2048)))
                .hasMessageContaining("2048");
        assertThatThrownBy(() -> Receiver.parse("https://" + "a".repeat(64) + ".example/"))
                .hasMessageContaining("letters, digits");
        assertThatThrownBy(() -> Receiver.parse("https://" + "a.".repeat(126) + "aa.b/"))
                .hasMessageContaining("letters, digits");
    }
}
