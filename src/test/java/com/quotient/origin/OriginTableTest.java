package com.quotient.origin;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.base.Splitter;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

class OriginTableTest {

    /** After {@code =} a rule; after {@code +} an {@code Origin} header it allows, after {@code -} one it does not. */
    private static final String TABLE = """
            = *
            + https://example.com
            + http://localhost:3000
            + chrome-extension://aapocclcgogkmnckokdopfmhonfmgoek
            + foo://bar
            + http://[::1]:5173
            - null
            - example.com
            - https://example.com/
            - https://example.com,https://example.org
            - https://example.com https://example.org
            - file://

            = example.com
            + https://example.com
            + http://example.com
            + https://example.com:443
            + http://example.com:80
            + https://example.com.
            + https://EXAMPLE.com
            + HTTPS://Example.COM
            + https://www.example.com
            + https://a.b.c.example.com
            + https://a.example.com.
            + https://_a.example.com
            + https://-.example.com
            + https://xn--mnchen-3ya.example.com
            + https://münchen.example.com
            + https://example.com.example.com
            + https://com.example.com
            + https://ｅｘａｍｐｌｅ.com
            + https://example．com
            + https://example。com
            + https://example｡com
            - https://evilexample.com
            - https://evil-example.com
            - https://example.com.evil.com
            - https://example.com.evil
            - https://example-com.evil
            - https://example-com.com
            - https://examplecom.com
            - https://examplexcom
            - https://example.org
            - https://example.co
            - https://example.comm
            - https://example.com.com
            - https://xexample.com
            - https://example
            - https://com
            - https://.com
            - https://.example.com
            - https://example..com
            - https://example.com..
            - https://a..example.com
            - https://example.com:444
            - https://example.com:80
            - http://example.com:443
            - https://example.com:0443
            - https://example.com:00443
            - https://example.com:99999
            - https://example.com:65979
            - https://example.com:0
            - https://example.com:
            - https://example.com:443:443
            - https://example.com:443a
            - https://example.com:+443
            - https://example.com:4４3
            - https://example.com@evil.com
            - https://evil.com@example.com
            - https://user:pass@example.com
            - https://@example.com
            - https://evil.com:443@example.com
            - https://evil.com\\.example.com
            - https://evil.com\\@example.com
            - https://evil.com/.example.com
            - https://evil.com/example.com
            - https://evil.com?.example.com
            - https://evil.com#.example.com
            - https://evil.com;.example.com
            - https://evil.com%2f.example.com
            - https://evil.com%00.example.com
            - https://evil.com%23.example.com
            - https://example%2ecom
            - https://a%2eexample.com
            - https://example%E3%80%82com
            - https://%65xample.com
            - https://example.com%2eevil.com
            - https://evil.com／.example.com
            - https://evil.com＃.example.com
            - https://evil.com＠example.com
            - https://example.com：443
            - https://ex\u200b$ample.com
            - https://example.com\t
            - https://exam\tple.com
            - \thttps://example.com
            - https://example.com\u00a0
            - https://exam\u00a0ple.com
            - \u00a0https://example.com
            - https://\u00a0example.com
            - https://example.com\0
            - https://evil.com\0.example.com
            - https://evil.com\r.example.com
            - https://evil.com .example.com
            - https://example.com \40
            - \40 https://example.com
            - https://example.com,
            - https://example.com,https://example.com
            - https://example.com, https://example.com
            - https://evil.com,https://example.com
            - https://evil.com,example.com
            - https://evil.com https://example.com
            - null
            - Null
            - example.com
            - //example.com
            - https:example.com
            - https:/example.com
            - https:///example.com
            - https:\\\\example.com
            - https://https://example.com
            - blob:https://example.com
            - view-source:https://example.com
            - data:https://example.com
            - file://example.com
            - ftp://example.com
            - ws://example.com
            - wss://example.com
            - app://example.com
            - capacitor://example.com
            - chrome-extension://example.com
            - https://*
            - https://*.example.com
            - https://\u0435xample.com
            - https://ex\u0430mple.com
            - https://examp\u0131e.com
            - https://\u03b5xample.com
            - https://xn--xample-2of.com
            - https://xn--exmple-4nf.com
            - https://example.com.xn--p1ai
            - https://[::1]
            - https://127.0.0.1
            - https://93.184.216.34

            = app.example.com
            + https://app.example.com
            + http://app.example.com
            + https://APP.example.com
            + https://app.example.com:443
            + https://app.example.com.
            - https://example.com
            - https://x.app.example.com
            - https://xapp.example.com
            - https://app-example.com
            - https://app.x.example.com
            - https://app.example.com.evil.com
            - https://app.example.com:8443
            - https://other.example.com
            - https://appexample.com
            - app://app.example.com

            = https://app.example.com
            + https://app.example.com
            + https://app.example.com:443
            + HTTPS://app.EXAMPLE.com
            - http://app.example.com
            - http://app.example.com:443
            - https://app.example.com:80
            - https://x.app.example.com
            - https://example.com
            - https://app.example.com.evil.com
            - https://app.example.com@evil.com
            - httpss://app.example.com
            - http s://app.example.com

            = https://example.com
            + https://example.com
            + https://example.com.
            - http://example.com
            - https://www.example.com
            - https://evilexample.com
            - https://example.com:8443

            = http://example.com
            + http://example.com
            + http://example.com:80
            - https://example.com
            - http://www.example.com
            - http://example.com:8080

            = https://app.example.com:8080
            + https://app.example.com:8080
            - https://app.example.com
            - https://app.example.com:80
            - https://app.example.com:808
            - https://app.example.com:80800
            - https://app.example.com:08080
            - http://app.example.com:8080
            - https://x.app.example.com:8080

            = https://example.com:443
            + https://example.com
            + https://example.com:443
            - http://example.com
            - https://example.com:8443
            - https://a.example.com

            = example.com:8443
            + https://example.com:8443
            + http://example.com:8443
            + https://a.b.example.com:8443
            - https://example.com
            - http://example.com
            - https://a.example.com
            - https://example.com:443
            - https://example.com:843
            - https://evilexample.com:8443
            - https://example.com.evil.com:8443
            - app://example.com:8443

            = localhost
            + http://localhost
            + https://localhost
            + http://LOCALHOST:80
            - http://localhost:3000
            - http://a.localhost
            - http://localhost.com
            - http://localhost.evil.com
            - http://127.0.0.1
            - http://[::1]
            - capacitor://localhost
            - ionic://localhost

            = localhost:3000
            + http://localhost:3000
            + https://localhost:3000
            + http://localhost.:3000
            - http://localhost
            - http://localhost:300
            - http://localhost:30000
            - http://localhost:03000
            - http://localhost:3001
            - http://localhost:3000.evil.com
            - http://localhost:3000@evil.com
            - http://localhost:3000/
            - http://a.localhost:3000
            - http://mylocalhost:3000
            - http://127.0.0.1:3000
            - capacitor://localhost:3000

            = capacitor://localhost
            + capacitor://localhost
            + CAPACITOR://LOCALHOST
            - capacitor://localhost:80
            - capacitor://localhost:8100
            - capacitor://a.localhost
            - http://localhost
            - https://localhost
            - ionic://localhost
            - capacitors://localhost

            = chrome-extension://aapocclcgogkmnckokdopfmhonfmgoek
            + chrome-extension://aapocclcgogkmnckokdopfmhonfmgoek
            - chrome-extension://aapocclcgogkmnckokdopfmhonfmgoel
            - chrome-extension://x.aapocclcgogkmnckokdopfmhonfmgoek
            - chrome-extension://aapocclcgogkmnckokdopfmhonfmgoek/popup.html
            - moz-extension://aapocclcgogkmnckokdopfmhonfmgoek
            - https://aapocclcgogkmnckokdopfmhonfmgoek

            = safari-web-extension://4EF8C6A1-0000-4000-8000-000000000000
            + safari-web-extension://4EF8C6A1-0000-4000-8000-000000000000
            + safari-web-extension://4ef8c6a1-0000-4000-8000-000000000000
            - safari-web-extension://4ef8c6a1-0000-4000-8000-000000000001

            = app://obsidian.md
            + app://obsidian.md
            - app://x.obsidian.md
            - https://obsidian.md

            = vscode-webview://1234567
            + vscode-webview://1234567
            - https://1234567

            = 127.0.0.1:5173
            + http://127.0.0.1:5173
            + https://127.0.0.1:5173
            + http://127.0.0.1.:5173
            + http://１２７。0.0.1:5173
            - http://127.0.0.1
            - http://127.0.0.1:5174
            - http://127.0.0.2:5173
            - http://127.1:5173
            - http://127.0.1:5173
            - http://0x7f.1:5173
            - http://0x7f.0.0.1:5173
            - http://0177.0.0.1:5173
            - http://127.0.0.01:5173
            - http://2130706433:5173
            - http://1.127.0.0.1:5173
            - http://a.127.0.0.1:5173
            - http://127.0.0.1.evil.com:5173
            - http://127.0.0.1.1:5173
            - http://[::ffff:127.0.0.1]:5173
            - http://[::1]:5173
            - http://localhost:5173

            = [::1]:5173
            + http://[::1]:5173
            + https://[::1]:5173
            + http://[0:0:0:0:0:0:0:1]:5173
            + http://[0000::0001]:5173
            + http://[::0.0.0.1]:5173
            - http://[::1]
            - http://[::1]:05173
            - http://[::2]:5173
            - http://[::1%25lo]:5173
            - http://[::1%lo]:5173
            - http://::1:5173
            - http://[::1]x:5173
            - http://[::1].example.com:5173
            - http://[::1]@evil.com:5173
            - http://127.0.0.1:5173
            - http://0.0.0.1:5173

            = [2001:DB8:0:0:1::1]
            + https://[2001:db8::1:0:0:1]
            + https://[2001:db8:0:0:1:0:0:1]
            + http://[2001:0DB8::0001:0:0:1]
            - https://[2001:db8::1:0:1]
            - https://[2001:db8::1]

            = app-*.vercel.app
            + https://app-1.vercel.app
            + http://app-1.vercel.app
            + https://app-git-main-team.vercel.app
            + https://APP-X.vercel.app
            + https://app--.vercel.app
            - https://app-.vercel.app
            - https://app.vercel.app
            - https://vercel.app
            - https://evil.vercel.app
            - https://evil-app-1.vercel.app
            - https://xapp-1.vercel.app
            - https://app-1.evil.vercel.app
            - https://evil.app-1.vercel.app
            - https://app-1.vercel.app.evil.com
            - https://app-1.vercel.app:8443
            - https://app-1.evilvercel.app
            - https://app-1vercel.app
            - https://app-1.vercel.com
            - https://app-.evil.vercel.app
            - https://app-1.app
            - https://app-*.vercel.app
            - app://app-1.vercel.app

            = *-team.vercel.app
            + https://app-team.vercel.app
            + https://a-team.vercel.app
            - https://-team.vercel.app
            - https://team.vercel.app
            - https://app-team-x.vercel.app
            - https://app.x-team.evil.vercel.app
            - https://evil.app-team.vercel.app

            = app-*-team.vercel.app
            + https://app-1-team.vercel.app
            + https://app---team.vercel.app
            - https://app--team.vercel.app
            - https://app-team.vercel.app
            - https://app-1-team-x.vercel.app
            - https://app-1.x-team.vercel.app

            = https://*.example.com
            + https://a.example.com
            + https://xn--mnchen-3ya.example.com
            + https://a.example.com:443
            - http://a.example.com
            - https://example.com
            - https://.example.com
            - https://a.b.example.com
            - https://a.example.com:8443
            - https://aexample.com
            - https://a.example.com.evil.com
            - https://*.example.com

            = *.example.com:8443
            + https://a.example.com:8443
            + http://a.example.com:8443
            - https://a.example.com
            - https://example.com:8443
            - https://a.b.example.com:8443

            = *.app.example.com
            + https://a.app.example.com
            - https://app.example.com
            - https://a.b.app.example.com
            - https://a-app.example.com

            = me.github.io
            + https://me.github.io
            + https://a.me.github.io
            - https://you.github.io
            - https://github.io
            - https://notme.github.io
            - https://me-github.io

            = example.co.uk
            + https://example.co.uk
            + https://a.example.co.uk
            - https://co.uk
            - https://evil.co.uk
            - https://evilexample.co.uk
            - https://example.uk
            - https://example.com

            = foo.internal
            + https://foo.internal
            + http://a.foo.internal
            - http://internal
            - http://bar.internal
            - http://xfoo.internal

            = a.foo.internal
            + https://a.foo.internal
            - https://b.a.foo.internal
            - https://foo.internal

            = münchen.de
            + https://xn--mnchen-3ya.de
            + https://www.xn--mnchen-3ya.de
            + https://münchen.de
            + https://MÜNCHEN.de
            + https://mu\u0308nchen.de
            + https://XN--MNCHEN-3YA.DE
            - https://munchen.de
            - https://muenchen.de
            - https://xn--mnchen-3yb.de
            - https://evilmünchen.de
            - https://münchen.de.evil.com

            = xn--mnchen-3ya.de:8443
            + https://münchen.de:8443
            + https://xn--mnchen-3ya.de:8443
            - https://münchen.de

            = ｅｘａｍｐｌｅ．ｃｏｍ
            + https://example.com
            + https://a.example.com
            - https://evilexample.com

            = my-app.example.com
            + https://my-app.example.com
            - https://my_app.example.com
            - https://x.my-app.example.com

            = electron://app
            + electron://app
            - electron://app/
            - electron://apps
            - https://app
            - electron://app:80

            = tauri://localhost
            + tauri://localhost
            - http://localhost
            - tauri://localhost.evil
            """;

    private static final String LABEL_CHARACTERS = "abcdefghijklmnopqrstuvwxyz0123456789-";

    /** None of these stands anywhere in an origin but where the scheme ends and the port begins. */
    private static final String NEVER_IN_AN_ORIGIN =
            "/\\@?#%,;*<>\"'`|^{}()=&!$~ \t\r\n\0\u007f\u00a0\u2028\uff0f\uff20";

    private record Pair(String header, String rule, boolean allowed) {}

    @Test
    void everyPairIsDecidedAsWrittenAndAsTheSlowMatcherDoes() {
        SoftAssertions softly = new SoftAssertions();
        for (Pair pair : pairs()) {
            softly.assertThat(matches(pair.header, pair.rule)).as("%s", pair).isEqualTo(pair.allowed);
            softly.assertThat(SlowMatcher.matches(pair.header, pair.rule))
                    .as("slow: %s", pair)
                    .isEqualTo(pair.allowed);
        }
        softly.assertAll();
        assertThat(pairs()).hasSizeGreaterThan(250);
    }

    @Test
    void charactersThatNeverStandInAnOriginNeverPassWhereverTheyAreInserted() {
        for (Pair pair : pairs()) {
            if (pair.allowed) {
                OriginRules rules = OriginRules.of(List.of(pair.rule));
                for (int at = 0; at <= pair.header.length(); at++) {
                    for (int i = 0; i < NEVER_IN_AN_ORIGIN.length(); i++) {
                        String header = new StringBuilder(pair.header)
                                .insert(at, NEVER_IN_AN_ORIGIN.charAt(i))
                                .toString();
                        assertThat(isAllowed(rules, header))
                                .as("%s by %s", header, pair.rule)
                                .isFalse();
                    }
                }
            }
        }
    }

    @Test
    void labelsInsertedIntoAnAllowedHostNeverPass() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<String> names = List.of("example.com", "example.co.uk", "me.github.io", "foo.internal", "a.b.example.org");
        for (int round = 0; round < 30_000; round++) {
            String name = names.get(random.nextInt(names.size()));
            String port = random.nextBoolean() ? "" : ":" + (1 + random.nextInt(65_535));
            OriginRules rules = OriginRules.of(List.of(name + port));
            String strange =
                    switch (random.nextInt(5)) {
                        case 0 -> label(random) + name;
                        case 1 -> name + label(random);
                        case 2 -> name + "." + label(random) + (random.nextBoolean() ? "" : ".com");
                        case 3 -> name.replaceFirst("\\.", "." + label(random) + ".");
                        default -> name.replaceFirst("\\.", label(random));
                    };
            String below = random.nextBoolean() ? "" : label(random) + ".";
            String scheme = random.nextBoolean() ? "https://" : "http://";

            assertThat(isAllowed(rules, scheme + name + port))
                    .as("seed %d", seed)
                    .isTrue();
            assertThat(isAllowed(rules, scheme + below + strange + port))
                    .as("seed %d: %s by %s", seed, below + strange + port, rules)
                    .isFalse();
        }
    }

    /** Labels are put into and around hosts that wildcards allow; some of them still fit. */
    @Test
    void labelsInsertedIntoAWildcardsHostAreDecidedAsTheSlowMatcherDoes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<String> entries =
                List.of("app-*.vercel.app", "*.example.com", "a*b.example.com", "*-x.me.github.io", "web*.internal");
        for (int round = 0; round < 30_000; round++) {
            String entry = entries.get(random.nextInt(entries.size()));
            String host = entry.replace("*", label(random));
            int at = random.nextInt(host.length() + 1);
            String strange = random.nextInt(4) == 0
                    ? host
                    : host.substring(0, at)
                            + pick(random, label(random), ".", label(random) + ".", "." + label(random))
                            + host.substring(at);
            String header = pick(random, "http://", "https://") + strange;

            assertThat(matches(header, entry))
                    .as("seed %d: %s by %s", seed, header, entry)
                    .isEqualTo(SlowMatcher.matches(header, entry));
        }
    }

    @Test
    void randomPairsAreDecidedAsTheSlowMatcherDoes() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int allowed = 0;
        for (int round = 0; round < 30_000; round++) {
            String rule = rule(random);
            String header = header(random);
            boolean expected = SlowMatcher.matches(header, rule);
            assertThat(matches(header, rule))
                    .as("seed %d: %s by %s", seed, header, rule)
                    .isEqualTo(expected);
            allowed += expected ? 1 : 0;
        }
        assertThat(allowed).as("seed %d: both answers are tried", seed).isBetween(500, 29_500);
    }

    @Test
    void listAllowsWhatOneOfItsEntriesAllowsAndNamesThatEntry() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 300; round++) {
            List<String> entries = new ArrayList<>();
            for (int size = 1 + random.nextInt(OriginRules.MAX_ENTRIES); size > 0; size--) {
                entries.add(rule(random));
            }
            OriginRules rules = OriginRules.of(entries);
            List<OriginRules> alone = entries.stream()
                    .map(entry -> OriginRules.of(List.of(entry)))
                    .toList();
            for (int i = 0; i < 50; i++) {
                Origin origin = Objects.requireNonNull(Origin.parse(header(random)));
                String named = rules.match(origin);
                List<String> matching = alone.stream()
                        .map(one -> one.match(origin))
                        .filter(Objects::nonNull)
                        .toList();
                if (matching.isEmpty()) {
                    assertThat(named)
                            .as("seed %d: %s by %s", seed, origin, rules)
                            .isNull();
                } else {
                    assertThat(named)
                            .as("seed %d: %s by %s", seed, origin, rules)
                            .isIn(matching);
                }
            }
        }
    }

    private static List<Pair> pairs() {
        List<Pair> pairs = new ArrayList<>();
        String rule = "";
        for (String line : Splitter.on('\n').split(TABLE)) {
            if (line.startsWith("= ")) {
                rule = line.substring(2);
            } else if (!line.isEmpty()) {
                pairs.add(new Pair(line.substring(2), rule, line.startsWith("+ ")));
            }
        }
        return pairs;
    }

    private static boolean matches(String header, String rule) {
        return isAllowed(OriginRules.of(List.of(rule)), header);
    }

    private static boolean isAllowed(OriginRules rules, String header) {
        Origin origin = Origin.parse(header);
        return origin != null && rules.match(origin) != null;
    }

    private static String rule(Random random) {
        String host = pick(random, "", "", "a.", "b.", "ab.", "a*.", "*b.", "a*b.", "*.")
                + pick(random, "x.com", "y.com", "x.co.uk");
        return pick(random, "", "", "http://", "https://", "") + host + pick(random, "", "", ":80", ":443", ":3000");
    }

    private static String header(Random random) {
        String host = pick(random, "", "a.", "b.", "ab.", "acb.", "aab.", "b.a.", "a.b.", "a", "")
                + pick(random, "x.com", "y.com", "x.co.uk");
        return pick(random, "http://", "https://", "https://", "app://")
                + host
                + pick(random, "", "", ":80", ":443", ":3000");
    }

    /** A label with a q, which no name here has, so that none of them is made by chance. */
    private static String label(Random random) {
        StringBuilder label = new StringBuilder();
        for (int length = random.nextInt(8); length > 0; length--) {
            label.append(LABEL_CHARACTERS.charAt(random.nextInt(LABEL_CHARACTERS.length())));
        }
        return label.insert(random.nextInt(label.length() + 1), 'q').toString();
    }

    private static String pick(Random random, String... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
