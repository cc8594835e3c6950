package com.quotient.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.origin.OriginAdvice.Verdict;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginAdviceTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://example.com/shop?a=1 | https://example.com",
                "https://example.com/ | https://example.com",
                "example.com/ | example.com",
                "'\u200Bexa\u200Dmple.com ' | example.com",
                "* | *",
                "/ | /",
                "https:///path | https:///path",
                "://example.com | ://example.com",
                "https://example.com\\@evil.net | https://example.com",
                "app-*.example.com | app-*.example.com"
            })
    void whatIsPastedWithAnEntryIsRemoved(String given, String entry) {
        assertThat(OriginAdvice.clean(given)).isEqualTo(entry);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "* | Matches every origin, and requests without one.",
                "example.com | Matches http and https of example.com and all its subdomains, default port.",
                "https://example.com | Matches https of example.com and no other host, default port.",
                "localhost:3000 | Matches http and https of localhost and no other host, port 3000.",
                "*.example.com | Matches http and https of *.example.com, where * is one or more characters without a dot, default port.",
                "capacitor://localhost | Matches capacitor of localhost and no other host."
            })
    void entryIsExplainedInASentence(String entry, String sentence) {
        assertThat(OriginAdvice.explain(entry)).isEqualTo(sentence);
    }

    @Test
    void refusedEntryIsExplainedByTheRuleThatRefusesIt() {
        assertThatThrownBy(() -> OriginAdvice.explain("co.uk")).isInstanceOf(InvalidOriginRule.class);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "example.com | https://example.com:8443 | 'example.com' means the default port, and this is port 8443.",
                "example.com | http://a.example.com:1 | 'example.com' means the default port, and this is port 1.",
                "example.com:8443 | https://example.com | 'example.com:8443' means port 8443, and this is port 443.",
                "capacitor://localhost | capacitor://localhost:1 | 'capacitor://localhost' means no port, and this is port 1.",
                "electron://app:1 | electron://app | 'electron://app:1' means port 1, and this has none.",
                "https://example.com | http://example.com | 'https://example.com' allows https only, and this is http.",
                "localhost | capacitor://localhost | 'localhost' allows http and https only, and this is capacitor.",
                "app.example.com | https://x.app.example.com | 'app.example.com' matches that host only, and no subdomain of it.",
                "*.example.com | https://a.b.example.com | In '*.example.com' the * stands for one label, and not for none or several.",
                "*.example.com | https://example.com | In '*.example.com' the * stands for one label, and not for none or several.",
                "*.foo.com | https://x.foo.com.evil.com | 'x.foo.com.evil.com' only looks like '*.foo.com': it is another host, and may belong to somebody else.",
                "example.com | https://example.com.evil.com | 'example.com.evil.com' only looks like 'example.com': it is another host, and may belong to somebody else."
            })
    void missIsExplainedByTheNearestEntry(String entry, String origin, String sentence) {
        Verdict verdict = OriginAdvice.test(OriginRules.of(List.of(entry)), origin);

        assertThat(verdict).isEqualTo(new Verdict(origin, false, entry, sentence));
    }

    /** The port is nearer than the scheme, that than the depth, and that than the look. */
    @Test
    void nearestOfSeveralEntriesIsTheOneThatExplains() {
        List<String> nearestFirst = List.of(
                "x.sub.example.com:8443",
                "http://x.sub.example.com",
                "sub.example.com",
                "x.sub.example.co",
                "example.net");
        for (int i = 0; i < 4; i++) {
            List<String> entries = new ArrayList<>(nearestFirst.subList(i, 5));
            assertThat(nearest(entries)).isEqualTo(nearestFirst.get(i));
            Collections.reverse(entries);
            assertThat(nearest(entries)).isEqualTo(nearestFirst.get(i));
        }
        assertThat(nearest(List.of("x.sub.example.com:1", "x.sub.example.com:2")))
                .as("the first of two that are as near")
                .isEqualTo("x.sub.example.com:1");
    }

    private static @Nullable String nearest(List<String> entries) {
        return OriginAdvice.test(OriginRules.of(entries), "https://x.sub.example.com")
                .entry();
    }

    @Test
    void whatNoEntryExplainsIsSaidWithoutOne() {
        OriginRules rules = OriginRules.of(List.of("example.com"));

        assertThat(OriginAdvice.test(rules, "https://other.net"))
                .isEqualTo(new Verdict("https://other.net", false, null, "No entry names the host 'other.net'."));
        assertThat(OriginAdvice.test(rules, "nonsense"))
                .isEqualTo(new Verdict(
                        "nonsense",
                        false,
                        null,
                        "This is no origin. Browsers send scheme, host and port, such as 'https://example.com'."));
    }

    @Test
    void allowedOriginIsExplainedByWhatAllowsIt() {
        assertThat(OriginAdvice.test(OriginRules.none(), "https://example.com"))
                .isEqualTo(new Verdict(
                        "https://example.com", true, null, "The list is empty, so every origin is allowed."));
        assertThat(OriginAdvice.test(OriginRules.of(List.of("*")), "nonsense"))
                .isEqualTo(new Verdict(
                        "nonsense", true, "*", "Allowed by '*', which allows whatever is sent as an origin."));
        assertThat(OriginAdvice.test(OriginRules.of(List.of("*", "example.com")), "https://example.com"))
                .isEqualTo(new Verdict("https://example.com", true, "example.com", "Allowed by 'example.com'."));
    }

    @Test
    void pageAddressIsTestedByItsOrigin() {
        Verdict verdict = OriginAdvice.test(OriginRules.of(List.of("example.com")), "https://www.example.com/cart");

        assertThat(verdict.allowed()).isTrue();
        assertThat(verdict.entry()).isEqualTo("example.com");
    }

    @ParameterizedTest
    @CsvSource({
        "https://shop.example.com, https://shop.example.com",
        "HTTPS://Example.com.:443, https://example.com",
        "http://localhost:3000, http://localhost:3000",
        "http://example.com:443, http://example.com:443",
        "capacitor://localhost, capacitor://localhost"
    })
    void entryIsOfferedThatAllowsTheOriginAndNoOther(String origin, String entry) {
        assertThat(OriginAdvice.entryFor(origin)).isEqualTo(entry);
    }

    @ParameterizedTest
    @CsvSource({"null", "https://co.uk", "nonsense", "https://example.com/path"})
    void whatNoEntryCanAllowIsNotOffered(String origin) {
        assertThat(OriginAdvice.entryFor(origin)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "https://192.0.2.1, is an address",
        "http://[2001:db8::1], is an address",
        "http://localhost:3000, any program on the computer",
        "http://shop.localhost, any program on the computer",
        "https://example.com.evil.net, looks like 'example.com'",
        "https://example-shop.net, looks like 'example.com'",
        "https://examp1e.com, looks like 'example.com'",
        "https://exarnple.com, looks like 'example.com'",
        "https://exampl.com, looks like 'example.com'",
        "https://xample.com, looks like 'example.com'",
        "https://example.co, looks like 'example.com'",
        "https://exxample.com, looks like 'example.com'",
        "https://example.comm, looks like 'example.com'",
        "https://exanple.com, looks like 'example.com'",
        "https://vvww.net, looks like 'www.net'",
        "https://b0ard.org, looks like 'board.org'",
        "https://xn--exmple-cua.com, letters beyond ASCII"
    })
    void originThatMayBeAnotherThanItSeemsNeedsASecondThought(String origin, String why) {
        OriginRules rules = OriginRules.of(List.of("*", "app-*.example.org", "example.com", "www.net", "board.org"));

        assertThat(OriginAdvice.warning(rules, origin)).contains(why).endsWith(".");
    }

    @ParameterizedTest
    @CsvSource({
        "https://shop.other.net",
        "http://shop.example.com:3000",
        "https://example.com:3000",
        "https://exmaple.com",
        "https://exxxample.com",
        "https://ample.com",
        "https://notlocalhost",
        "nonsense"
    })
    void originThatIsWhatItSeemsNeedsNone(String origin) {
        assertThat(OriginAdvice.warning(OriginRules.of(List.of("*", "example.com")), origin))
                .isNull();
    }

    @Test
    void localhostIsWhatItSeemsWhereNothingElseIsAllowed() {
        assertThat(OriginAdvice.warning(OriginRules.none(), "http://localhost:3000"))
                .isNull();
    }
}
