package com.quotient.audience;

import static org.assertj.core.api.Assertions.assertThat;

import com.ibm.icu.text.IDNA;
import java.text.Normalizer;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;

class EmailAddressTest {
    private static final List<String> NAMES = List.of(
            "ada",
            "ada+news",
            "jos\u00e9",
            "\u00e5ngstr\u00f6m",
            "\u0434\u0430\u0432\u0438\u0434",
            "\u1e69x",
            "\uac00\ub098");
    private static final List<String> HOSTS = List.of(
            "example.com",
            "www.example.com",
            "m\u00fcnchen.example",
            "b\u00fccher.m\u00fcnchen.example",
            "stra\u00dfe.example",
            "\u03b2\u03cc\u03bb\u03bf\u03c2.example",
            "\u0440\u0444.example");
    private static final String AROUND = " \t\u00a0\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u202f";

    /** RFC 6532 holds normal forms equal, UTS-46 U-labels, A-labels, their cases, widths and dots. */
    @Test
    void everySpellingOfAnAddressIsTheSamePerson() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (String name : NAMES) {
            for (String host : HOSTS) {
                EmailAddress plain = parsed(name + "@" + host);
                for (int i = 0; i < 300; i++) {
                    String spelling = around(random) + form(cased(name, random), random) + "@" + host(host, random)
                            + around(random);
                    EmailAddress other = parsed(spelling);
                    assertThat(other.value())
                            .as("seed " + seed + ": " + spelling)
                            .isEqualTo(plain.value());
                    assertThat(other.domain()).isEqualTo(plain.domain());
                }
            }
        }
        assertThat(parsed("ada@m\u00fcnchen.example").value()).isEqualTo("ada@xn--mnchen-3ya.example");
        assertThat(parsed("ada@www.example.com").value())
                .isNotEqualTo(parsed("ada@example.com").value());
        assertThat(parsed("ada@www.example.com").domain()).isEqualTo("example.com");
    }

    @Test
    void otherAddressesStayOtherPeople() {
        List<String> all = NAMES.stream()
                .flatMap(name ->
                        HOSTS.stream().map(host -> parsed(name + "@" + host).value()))
                .toList();
        assertThat(all).doesNotHaveDuplicates();
        assertThat(parsed("stra\u00dfe@b.example").value())
                .isNotEqualTo(parsed("strasse@b.example").value());
    }

    @Test
    void textThatIsNoAddressIsRejected() {
        for (String text : List.of(
                "",
                "@",
                "a@",
                "@b.example",
                "a@b@c.example",
                "a b@c.example",
                "a@b.example.",
                "a@b.example\u3002",
                "\u200b",
                "a@b..example",
                "a@[::1]",
                "a@xn--\u00fc.example",
                "a@b.example:80",
                "a@" + "b".repeat(64) + ".example",
                "a".repeat(250) + "@b.example",
                "a\n@b.example")) {
            assertThat(EmailAddress.parse(text)).as(text).isNull();
        }
    }

    private static EmailAddress parsed(String text) {
        return Objects.requireNonNull(EmailAddress.parse(text), text);
    }

    private static String around(Random random) {
        StringBuilder around = new StringBuilder();
        for (int i = random.nextInt(3); i > 0; i--) {
            around.append(AROUND.charAt(random.nextInt(AROUND.length())));
        }
        return around.toString();
    }

    private static String host(String host, Random random) {
        if (random.nextInt(3) == 0) {
            StringBuilder ascii = new StringBuilder();
            IDNA.getUTS46Instance(IDNA.NONTRANSITIONAL_TO_ASCII).nameToASCII(host, ascii, new IDNA.Info());
            return cased(ascii.toString(), random);
        }
        String spelled =
                form(host.indexOf('\u00df') >= 0 || host.indexOf('\u03c2') >= 0 ? host : cased(host, random), random);
        StringBuilder wide = new StringBuilder();
        spelled.codePoints().forEach(c -> {
            boolean full = c > ' ' && c <= '~' && random.nextInt(4) == 0;
            wide.appendCodePoint(c == '.' && full ? '\u3002' : full ? c + 0xFEE0 : c);
        });
        return wide.toString();
    }

    private static String form(String text, Random random) {
        return Normalizer.normalize(text, random.nextBoolean() ? Normalizer.Form.NFC : Normalizer.Form.NFD);
    }

    private static String cased(String text, Random random) {
        StringBuilder cased = new StringBuilder();
        text.codePoints()
                .mapToObj(Character::toString)
                .forEach(c -> cased.append(random.nextBoolean() ? c : c.toUpperCase(Locale.ROOT)));
        return cased.toString();
    }
}
