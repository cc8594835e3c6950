package com.quotient.origin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginTest {

    @ParameterizedTest
    @CsvSource({
        "https://example.com, https, example.com, 443",
        "http://example.com, http, example.com, 80",
        "HTTPS://EXAMPLE.COM, https, example.com, 443",
        "HtTp://eXample.com:8080, http, example.com, 8080",
        "https://example.com:443, https, example.com, 443",
        "https://example.com:80, https, example.com, 80",
        "https://example.com:65535, https, example.com, 65535",
        "https://example.com:1, https, example.com, 1",
        "https://example.com., https, example.com, 443",
        "https://localhost, https, localhost, 443",
        "https://my_app.example.com, https, my_app.example.com, 443",
        "https://_a.example.com, https, _a.example.com, 443",
        "https://-a.example.com, https, -a.example.com, 443",
        "https://r3---a.example.com, https, r3---a.example.com, 443",
        "https://münchen.de, https, xn--mnchen-3ya.de, 443",
        "https://MÜNCHEN.de, https, xn--mnchen-3ya.de, 443",
        "https://XN--MNCHEN-3YA.de, https, xn--mnchen-3ya.de, 443",
        "https://faß.de, https, xn--fa-hia.de, 443",
        "https://ｅｘａｍｐｌｅ．com, https, example.com, 443",
        "http://127.0.0.1:5173, http, 127.0.0.1, 5173",
        "http://255.255.255.255, http, 255.255.255.255, 80",
        "http://１２７。0.0.1, http, 127.0.0.1, 80",
        "http://1.2.3.4a, http, 1.2.3.4a, 80",
        "http://[::1]:5173, http, [::1], 5173",
        "http://[0:0:0:0:0:0:0:1], http, [::1], 80",
        "http://[2001:DB8:0:0:1:0:0:1], http, [2001:db8::1:0:0:1], 80",
        "http://[2001:db8:0:1:1:1:1:1], http, [2001:db8:0:1:1:1:1:1], 80",
        "http://[::ffff:127.0.0.1], http, [::ffff:7f00:1], 80",
        "http://[::ffff:192.168.255.1], http, [::ffff:c0a8:ff01], 80",
        "http://[::127.0.0.1], http, [::7f00:1], 80",
        "http://[::], http, [::], 80",
        "capacitor://localhost, capacitor, localhost, -1",
        "capacitor://localhost:8100, capacitor, localhost, 8100",
        "chrome-extension://aapocclcgogkmnckokdopfmhonfmgoek, chrome-extension, aapocclcgogkmnckokdopfmhonfmgoek, -1",
        "safari-web-extension://4EF8C6A1-0000-4000-8000-000000000000, safari-web-extension,"
                + " 4ef8c6a1-0000-4000-8000-000000000000, -1",
        "vscode-webview://1234567, vscode-webview, 1234567, -1",
        "app+x.y-z://xn--, app+x.y-z, xn--, -1",
    })
    void wellFormedOriginIsReadInTheFormBrowsersSend(String header, String scheme, String host, int port) {
        assertThat(Origin.parse(header)).isEqualTo(new Origin(scheme, host, port));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "NULL",
                "*",
                "example.com",
                "//example.com",
                "://example.com",
                "https:example.com",
                "https:/example.com",
                "https://",
                "https://.",
                "https:///example.com",
                "https://.example.com",
                "https://example..com",
                "https://example.com..",
                "https://example.com/",
                "https://example.com/path",
                "https://example.com?q",
                "https://example.com#f",
                "https://user@example.com",
                "https://user:pass@example.com",
                "https://@example.com",
                "https://example.com\\",
                "https://example.com\\@evil.com",
                "https:\\\\example.com",
                "https://example%2ecom",
                "https://example.com%00",
                "https://%65xample.com",
                " https://example.com",
                "https://example.com ",
                "https://example.com\t",
                "https://exam\tple.com",
                "https://example.com\r\n",
                "https://example.com\u0000",
                "https://example.com\u007f",
                "https://example.com\u00a0",
                "https://\u00a0example.com",
                "\ufeffhttps://example.com",
                "https://exam ple.com",
                "https://example.com,https://example.org",
                "https://example.com, https://example.org",
                "https://example.com https://example.org",
                "https://example.com;",
                "https://example.com:",
                "https://example.com:0",
                "https://example.com:00",
                "https://example.com:0443",
                "https://example.com:65536",
                "https://example.com:99999",
                "https://example.com:100000",
                "https://example.com:4294967739",
                "https://example.com:-1",
                "https://example.com:+443",
                "https://example.com: 443",
                "https://example.com:443 ",
                "https://example.com:443:443",
                "https://example.com:4４3",
                "https://example.com:٣",
                "https://example.com:443/",
                "https://example.com:x",
                "https://*",
                "https://*.example.com",
                "https://127.1",
                "https://127.0.1",
                "https://0x7f.1",
                "https://0x7f.0.0.1",
                "https://127.0.0.0x1",
                "https://127.0.0.01",
                "https://0177.0.0.1",
                "https://2130706433",
                "https://256.0.0.1",
                "https://1.2.3.4.5",
                "https://example.1",
                "https://example.0x",
                "https://example.0xff",
                "https://127.0.0.0xf",
                "https://::1",
                "https://[::1",
                "https://[",
                "https://[]",
                "https://]",
                "https://[::1]x",
                "https://x[::1]",
                "https://[::1]:",
                "https://[::1]:0",
                "https://[::1%25lo]",
                "https://[::1%lo]",
                "https://[fe80::1%eth0]",
                "https://[1.2.3.4]",
                "https://[example.com]",
                "https://[:::1]",
                "https://[::１]",
                "https://[1:2:3:4:5:6:7:8:9]",
                "https://[::ffff:1.2.3]",
                "https://xn--a.de",
                "https://www.xn--a.de",
                "https://xn--.de",
                "https://xn--zzzzzz.de",
                "https://xn--example-.com",
                "https://XN--EXAMPLE-.com",
                "https://a／b.com",
                "https://a\uff20b.com",
                "https://a\uff1a80",
                "https://a℀b.com",
                "https://a\u200db.com",
                "https://\ud800.com",
                "https://\ufffd.com",
                "ht tps://example.com",
                "1https://example.com",
                "-https://example.com",
                "hƿtps://example.com",
                "capacitor://",
                "capacitor://münchen",
                "file://",
                "file:///",
                "about:blank",
                "data:text/html,x",
                "javascript://example.com/%0aalert(1)",
                "blob:https://example.com",
                "blob:https://example.com/uuid",
                "https://https://example.com",
                "https://example.com://",
            })
    void anythingButOneWellFormedOriginIsRefused(String header) {
        assertThat(Origin.parse(header)).isNull();
    }

    @Test
    void labelsAndHostsAreAsLongAsInDnsAndNotLonger() {
        String label = "a".repeat(63);
        String longest = String.join(".", label, label, label, "a".repeat(61));

        assertThat(Origin.parse("https://" + longest)).isEqualTo(new Origin("https", longest, 443));
        assertThat(Origin.parse("https://" + longest + ".:8443")).isEqualTo(new Origin("https", longest, 8443));
        assertThat(Origin.parse("https://" + longest + "a")).isNull();
        assertThat(Origin.parse("https://" + label + "a.com")).isNull();
        assertThat(Origin.parse("https://" + "ä.".repeat(1_000_000) + "com")).isNull();
    }
}
