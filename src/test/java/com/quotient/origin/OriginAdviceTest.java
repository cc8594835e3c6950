package com.quotient.origin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.origin.OriginAdvice.Verdict;
import java.util.List;
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
                "*.foo.com | https://x.foo.com.evil.com | only looks like",
                "example.com | https://example.com:8443 | the default port, and this is port 8443",
                "https://example.com | http://example.com | allows https only",
                "app.example.com | https://x.app.example.com | that host only",
                "*.example.com | https://a.b.example.com | one label",
                "example.com | https://other.net | No entry names",
                "example.com | nonsense | no origin"
            })
    void missIsExplainedByTheNearestEntry(String entry, String origin, String part) {
        Verdict verdict = OriginAdvice.test(OriginRules.of(List.of(entry)), origin);

        assertThat(verdict.allowed()).isFalse();
        assertThat(verdict.explanation()).contains(part);
    }

    @Test
    void pageAddressIsTestedByItsOrigin() {
        Verdict verdict = OriginAdvice.test(OriginRules.of(List.of("example.com")), "https://www.example.com/cart");

        assertThat(verdict.allowed()).isTrue();
        assertThat(verdict.entry()).isEqualTo("example.com");
    }

    @ParameterizedTest
    @CsvSource({"null", "https://co.uk", "nonsense", "https://example.com/path"})
    void whatNoEntryCanAllowIsNotOffered(String origin) {
        assertThat(OriginAdvice.entryFor(origin)).isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "https://192.0.2.1",
        "http://localhost:3000",
        "https://example.com.evil.net",
        "https://examp1e.com",
        "https://exampl.com",
        "https://xn--exmple-cua.com"
    })
    void originThatMayBeAnotherThanItSeemsNeedsASecondThought(String origin) {
        assertThat(OriginAdvice.warning(OriginRules.of(List.of("example.com")), origin))
                .isNotNull();
    }

    @ParameterizedTest
    @CsvSource({"https://shop.other.net", "http://shop.example.com:3000"})
    void originThatIsWhatItSeemsNeedsNone(String origin) {
        assertThat(OriginAdvice.warning(OriginRules.of(List.of("example.com")), origin))
                .isNull();
    }
}
