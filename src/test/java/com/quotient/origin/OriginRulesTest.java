package com.quotient.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginRulesTest {

    @Test
    void emptyListIsUnrestrictedAndNamesNoEntry() {
        assertThat(OriginRules.none().isUnrestricted()).isTrue();
        assertThat(OriginRules.of(List.of())).isSameAs(OriginRules.none());
        assertThat(OriginRules.none().allowsAny()).isFalse();
        assertThat(OriginRules.none().match(origin("https://example.com"))).isNull();
    }

    @Test
    void starMatchesEveryOrigin() {
        OriginRules rules = OriginRules.of(List.of("*"));

        assertThat(rules.allowsAny()).isTrue();
        assertThat(rules.isUnrestricted()).isFalse();
        assertThat(rules.match(origin("http://whatever.example:1"))).isEqualTo("*");
        assertThat(rules.match(origin("chrome-extension://aapocclcgogkmnckokdopfmhonfmgoek")))
                .isEqualTo("*");
        assertThat(rules.match(origin("http://[::1]"))).isEqualTo("*");
    }

    @Test
    void registrableDomainMatchesItselfAndEverySubdomainOnDefaultPorts() {
        assertThat(matches("example.com", "https://example.com")).isTrue();
        assertThat(matches("example.com", "http://example.com")).isTrue();
        assertThat(matches("example.com", "https://a.b.example.com")).isTrue();
        assertThat(matches("example.com", "https://example.com:8443")).isFalse();
        assertThat(matches("example.com", "https://evilexample.com")).isFalse();
        assertThat(matches("example.co.uk", "https://app.example.co.uk")).isTrue();
        assertThat(matches("me.github.io", "https://a.me.github.io")).isTrue();
        assertThat(matches("me.github.io", "https://you.github.io")).isFalse();
        assertThat(matches("foo.internal", "https://a.foo.internal")).isTrue();
        assertThat(matches("公司.cn.com", "https://a.xn--55qx5d.cn.com")).isTrue();
        assertThat(matches("city.kawasaki.jp", "https://a.city.kawasaki.jp")).isTrue();
        assertThat(matches("a.b.kawasaki.jp", "https://x.a.b.kawasaki.jp")).isTrue();
    }

    @Test
    void hostBelowTheRegistrableDomainMatchesAlone() {
        assertThat(matches("app.example.com", "https://app.example.com")).isTrue();
        assertThat(matches("app.example.com", "http://app.example.com")).isTrue();
        assertThat(matches("app.example.com", "https://x.app.example.com")).isFalse();
        assertThat(matches("app.example.com", "https://example.com")).isFalse();
        assertThat(matches("a.foo.internal", "https://x.a.foo.internal")).isFalse();
    }

    @Test
    void entryWithSchemeMatchesThatSchemeAndHostAlone() {
        assertThat(matches("https://example.com", "https://example.com")).isTrue();
        assertThat(matches("https://example.com", "http://example.com")).isFalse();
        assertThat(matches("https://example.com", "http://example.com:443")).isFalse();
        assertThat(matches("https://example.com", "https://app.example.com")).isFalse();
        assertThat(matches("https://app.example.com:8080", "https://app.example.com:8080"))
                .isTrue();
        assertThat(matches("https://app.example.com:8080", "https://app.example.com"))
                .isFalse();
        assertThat(matches("https://example.com:443", "https://example.com")).isTrue();
    }

    @Test
    void portMatchesThatPortOnly() {
        assertThat(matches("localhost:3000", "http://localhost:3000")).isTrue();
        assertThat(matches("localhost:3000", "https://localhost:3000")).isTrue();
        assertThat(matches("localhost:3000", "http://localhost:3001")).isFalse();
        assertThat(matches("localhost:3000", "http://localhost")).isFalse();
        assertThat(matches("localhost:3000", "http://a.localhost:3000")).isFalse();
        assertThat(matches("example.com:8443", "https://example.com:8443")).isTrue();
        assertThat(matches("example.com:8443", "http://app.example.com:8443")).isTrue();
        assertThat(matches("example.com:8443", "https://example.com")).isFalse();
    }

    @Test
    void addressMatchesThatAddressHoweverItIsWritten() {
        assertThat(matches("127.0.0.1:5173", "http://127.0.0.1:5173")).isTrue();
        assertThat(matches("127.0.0.1:5173", "http://127.0.0.2:5173")).isFalse();
        assertThat(matches("[::1]:5173", "http://[::1]:5173")).isTrue();
        assertThat(matches("[0:0:0:0:0:0:0:1]:5173", "http://[::1]:5173")).isTrue();
        assertThat(matches("[::1]", "https://[::1]")).isTrue();
        assertThat(matches("[::ffff:127.0.0.1]", "http://[::ffff:7f00:1]")).isTrue();
        assertThat(matches("[::ffff:127.0.0.1]", "http://127.0.0.1")).isFalse();
    }

    @Test
    void starInTheLeftmostLabelStandsForSomethingWithinThatLabel() {
        assertThat(matches("app-*.vercel.app", "https://app-1.vercel.app")).isTrue();
        assertThat(matches("app-*.vercel.app", "http://app-1.vercel.app")).isTrue();
        assertThat(matches("app-*.vercel.app", "https://app-.vercel.app")).isFalse();
        assertThat(matches("app-*.vercel.app", "https://app-1.x.vercel.app")).isFalse();
        assertThat(matches("app-*.vercel.app", "https://x.app-1.vercel.app")).isFalse();
        assertThat(matches("app-*-team.vercel.app", "https://app-1-team.vercel.app"))
                .isTrue();
        assertThat(matches("app-*-team.vercel.app", "https://app-team.vercel.app"))
                .isFalse();
        assertThat(matches("https://*.example.com", "https://a.example.com")).isTrue();
        assertThat(matches("https://*.example.com", "http://a.example.com")).isFalse();
        assertThat(matches("https://*.example.com", "https://example.com")).isFalse();
        assertThat(matches("https://*.example.com", "https://a.b.example.com")).isFalse();
        assertThat(matches("*.example.com:8443", "https://a.example.com:8443")).isTrue();
        assertThat(matches("web*.internal", "https://web1.internal")).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "capacitor://localhost",
                "ionic://localhost",
                "tauri://localhost",
                "electron://app",
                "app://obsidian.md",
                "chrome-extension://aapocclcgogkmnckokdopfmhonfmgoek",
                "moz-extension://4ef8c6a1-0000-4000-8000-000000000000",
                "safari-web-extension://4EF8C6A1-0000-4000-8000-000000000000",
                "vscode-webview://1a2b3c4d5e6f7g8h9i0j",
            })
    void otherSchemeMatchesOnlyAnEntryThatNamesIt(String entry) {
        String host = entry.substring(entry.indexOf("://") + 3);

        assertThat(matches(entry, entry)).isTrue();
        assertThat(matches(entry, "https://" + host)).isFalse();
        assertThat(matches(entry, entry + ":1")).isFalse();
        assertThat(matches("localhost", "capacitor://localhost")).isFalse();
        assertThat(matches("https://localhost", "capacitor://localhost")).isFalse();
        assertThat(matches("example.com", "app://example.com")).isFalse();
    }

    @Test
    void internationalNamesCompareAsAsciiLabels() {
        assertThat(matches("münchen.de", "https://xn--mnchen-3ya.de")).isTrue();
        assertThat(matches("xn--mnchen-3ya.de", "https://www.münchen.de")).isTrue();
        assertThat(matches("example．com", "https://example.com")).isTrue();
        assertThat(matches("*。example.com", "https://a.example.com")).isTrue();
        assertThat(matches("faß.de", "https://fass.de")).isFalse();
        assertThat(matches("example.com", "https://ex\u0430mple.com")).isFalse();
        assertThat(matches("ex\u0430mple.com", "https://example.com")).isFalse();
    }

    /** Browsers send such hosts, so what covers every subdomain covers them too; as an entry they are a mistake. */
    @Test
    void oddLabelsMatchByTheDomainAlone() {
        assertThat(matches("example.com", "https://my_app.example.com")).isTrue();
        assertThat(matches("example.com", "https://-a.example.com")).isTrue();
        assertThat(matches("*.example.com", "https://my_app.example.com")).isTrue();
        assertThat(matches("a.1b", "https://x.a.1b")).isTrue();
    }

    @Test
    void longestHostIsAcceptedAndNotOneCharacterMore() {
        String label = "a".repeat(63);
        String longest = String.join(".", label, label, label, "a".repeat(57) + ".com");

        assertThat(matches(longest, "https://" + longest)).isTrue();
        assertRefused("a" + longest, "not a host");
        assertRefused("*" + longest, "too long");
        assertRefused("*." + longest, "too long");
        assertRefused(label + "*.vercel.app", "too long");
        assertThatThrownBy(() -> OriginRules.of(List.of("a".repeat(1_000_000))))
                .isInstanceOf(InvalidOriginRule.class)
                .hasMessageContaining("too long")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300));
    }

    @Test
    void closestEntryIsNamedAsItWasWritten() {
        OriginRules rules =
                OriginRules.of(List.of("*", "*.Example.com", " EXAMPLE.com ", "https://a.example.com", "example.com"));

        assertThat(rules.match(origin("https://a.example.com"))).isEqualTo("https://a.example.com");
        assertThat(rules.match(origin("http://a.example.com"))).isEqualTo("EXAMPLE.com");
        assertThat(rules.match(origin("https://example.org"))).isEqualTo("*");
        assertThat(OriginRules.of(List.of("*.Example.com", "app.example.com")).match(origin("http://b.example.com")))
                .isEqualTo("*.Example.com");
        assertThat(rules.entries())
                .containsExactly("*", "*.Example.com", "EXAMPLE.com", "https://a.example.com", "example.com");
    }

    @Test
    void rulesAreEqualWhenTheirEntriesAre() {
        assertThat(OriginRules.of(List.of("example.com", "*")))
                .isEqualTo(OriginRules.of(List.of(" example.com", "* ")))
                .hasSameHashCodeAs(OriginRules.of(List.of("example.com", "*")))
                .isNotEqualTo(OriginRules.of(List.of("*", "example.com")))
                .hasToString("[example.com, *]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "http://                         | no host",
                "https://                        | no host",
                ":3000                           | no host",
                "https://:3000                   | no host",
                ".com                            | begins with a dot",
                ".example.com                    | begins with a dot",
                "https://.example.com            | begins with a dot",
                "。example.com                    | begins with a dot",
                "com                             | public suffix",
                "COM.                            | public suffix",
                "ck                              | public suffix",
                "any.ck                          | public suffix",
                "kawasaki.jp                     | public suffix",
                "co.uk                           | public suffix",
                "co.uk:8443                      | public suffix",
                "https://co.uk                   | public suffix",
                "github.io                       | public suffix",
                "https://s3.amazonaws.com        | public suffix",
                "公司.cn                          | public suffix",
                "xn--55qx5d.cn                   | public suffix",
                "https://example.com/            | Write 'https://example.com'.",
                "example.com/path                | a path",
                "//example.com                   | a path",
                "http:///example.com             | a path",
                "example.com/?u=http             | a path",
                "example.com?a=b                 | a query",
                "https://example.com:80?a        | Write 'https://example.com:80'.",
                "example.com#f                   | a fragment",
                "example.com\\evil               | a backslash",
                "https://me@example.com          | Write 'https://example.com'.",
                "me:secret@example.com           | a user part",
                "me@example.com/x                | a user part",
                "example.com,example.org         | several values",
                "example.com;example.org         | several values",
                "example.com example.org         | U+0020",
                "exam\u00a0ple.com               | `it holds a space`",
                "null                            | sandboxed frame",
                "NULL                            | sandboxed frame",
                "ftp://example.com               | 'ftp' is not a known scheme",
                "ws://example.com                | not a known scheme",
                "file://                         | not a known scheme",
                "javascript://x                  | not a known scheme",
                "://example.com                  | not a known scheme",
                "example.com/http://x            | not a known scheme",
                "example.com:                    | '' is not a port",
                "example.com:0                   | '0' is not a port",
                "example.com:0443                | '0443' is not a port",
                "example.com:65536               | '65536' is not a port",
                "example.com:99999               | not a port",
                "example.com:http                | not a port",
                "example.com:*                   | not a port",
                "https:example.com               | not a port",
                "[::1]:                          | not a port",
                "::1                             | brackets",
                "localhost:3000:3000             | colon",
                "*.*.example.com                 | more than one '*'",
                "a*b*.example.com                | more than one '*'",
                "**                              | more than one '*'",
                "a.*.example.com                 | leftmost label",
                "example.*                       | leftmost label",
                "https://*                       | '*' alone",
                "*:3000                          | '*' alone",
                "app-*                           | '*' alone",
                "capacitor://*.localhost         | matched whole",
                "*.com                           | anybody can register",
                "a*.co.uk                        | anybody can register",
                "*example.com                    | anybody can register a name below 'com'",
                "https://app-*.co.uk             | anybody can register",
                "-example.com                    | '-example' begins or ends with a hyphen",
                "a-.example.com                  | begins or ends with a hyphen",
                "https://a.-b.example.com        | begins or ends with a hyphen",
                "-*.example.com                  | begins or ends with a hyphen",
                "*-.example.com                  | begins or ends with a hyphen",
                "chrome-extension://-a           | begins or ends with a hyphen",
                "exam_ple.com                    | an underscore",
                "my_app.example.com              | an underscore",
                "_dmarc.example.com              | an underscore",
                "a_*.example.com                 | an underscore",
                "münchen_a.de                    | an underscore",
                "*.vercel.app                    | 'app-*.vercel.app'",
                "https://*.vercel.app            | at least 3 fixed characters",
                "ap*.vercel.app                  | at least 3 fixed characters",
                "a*p.vercel.app                  | at least 3 fixed characters",
                "*.kawasaki.jp                   | anybody can register",
                "*.internal                      | at least 3 fixed characters",
                "*.localhost:3000                | at least 3 fixed characters",
                "*。vercel．app                   | at least 3 fixed characters",
                "*..vercel.app                   | begins with a dot",
                "*.                              | no host",
                "mün*.example.com                | in full",
                "xn--*.example.com               | in full",
                "xn-*.vercel.app                 | in full",
                "a!*.example.com                 | letters a to z",
                "＊.example.com                   | not a host",
                "*.127.0.0.1                     | an address",
                "*.0.0.1                         | four decimal parts",
                "*.[::1]                         | colon",
                "127.1                           | four decimal parts",
                "0x7f.1                          | four decimal parts",
                "0X7F.1                          | four decimal parts",
                "2130706433                      | four decimal parts",
                "127.0.0.01                      | four decimal parts",
                "256.0.0.1                       | four decimal parts",
                "https://1.2.3.4.5               | four decimal parts",
                "example%2ecom                   | percent-encoded",
                "[fe80::1%25eth0]                | zone id",
                "[::1                            | not a host",
                "[::1]x                          | not a host",
                "[1.2.3.4]                       | not a host",
                "[object]                        | not a host",
                "{}                              | not a host",
                "example..com                    | not a host",
                "example.com..                   | not a host",
                "exa$mple.com                    | not a host",
                "xn--a.de                        | not a host",
                "münchen$.de                     | not a host",
                "capacitor://münchen             | not a host",
                "`<script>.com`                  | not a host",
            })
    void entryThatCannotBeMeantIsRefusedByName(String entry, String reason) {
        assertRefused(entry, reason);
    }

    @Test
    void emptyEntryIsRefused() {
        assertRefused("", "empty");
        assertThatThrownBy(() -> OriginRules.of(List.of("example.com", " \t ")))
                .isInstanceOf(InvalidOriginRule.class)
                .hasMessage("Origin rule '' is refused: it is empty. Leave it out, or write a host such as"
                        + " 'example.com'.");
    }

    @Test
    void messageShowsWhatCannotBeSeen() {
        assertThatThrownBy(() -> OriginRules.of(List.of("exam\u0000ple\u202e.com\n.org")))
                .hasMessageStartingWith("Origin rule 'exam\\u{0}ple\\u{202E}.com\\u{A}.org' is refused");
    }

    @Test
    void messageShowsHundredCharactersOfTheEntry() {
        String hundred = "😀".repeat(98) + "_a";

        assertRefused(hundred, "'" + hundred + "' is refused");
        assertRefused(hundred + "b", "'" + hundred + "…' is refused");
    }

    @Test
    void hundredEntriesAreAcceptedAndNotOneMore() {
        List<String> hundred =
                IntStream.range(0, 100).mapToObj(i -> "localhost:" + (3000 + i)).toList();

        OriginRules rules = OriginRules.of(hundred);
        assertThat(hundred).allSatisfy(entry -> assertThat(rules.match(origin("http://" + entry)))
                .isEqualTo(entry));
        assertThat(rules.match(origin("http://localhost:3100"))).isNull();
        assertThatThrownBy(() -> OriginRules.of(Collections.nCopies(101, "example.com")))
                .isInstanceOf(InvalidOriginRule.class)
                .hasMessageContaining("at most 100")
                .hasMessageContaining("101");
    }

    private static void assertRefused(String entry, String reason) {
        assertThatThrownBy(() -> OriginRules.of(List.of("example.com", entry)))
                .isInstanceOf(InvalidOriginRule.class)
                .hasMessageContaining(reason)
                .satisfies(e -> assertThat(e.getMessage().replace("\\u{A0}", "\u00a0"))
                        .startsWith("Origin rule '" + entry.substring(0, Math.min(entry.length(), 100)))
                        .endsWith("."));
    }

    private static boolean matches(String entry, String header) {
        String matched = OriginRules.of(List.of(entry)).match(origin(header));
        assertThat(matched).isIn(entry, null);
        return matched != null;
    }

    private static Origin origin(String header) {
        return Objects.requireNonNull(Origin.parse(header), header);
    }
}
