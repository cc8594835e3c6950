package com.quotient.keys;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFormatTest {
    private static final String BODY = "abcdefghijklmnopqrst";

    private final SecureRandom random = new SecureRandom();

    @Test
    void keyIsItsPrefixAndTwentyToFortyCharacters() {
        for (int length = 20; length <= 40; length++) {
            assertThat(KeyFormat.tier("pk_" + "x".repeat(length))).isEqualTo(KeyTier.PUBLIC);
            assertThat(KeyFormat.tier("sk_" + "x".repeat(length))).isEqualTo(KeyTier.SECRET);
        }
        assertThat(KeyFormat.tier("pk_" + "x".repeat(19))).isNull();
        assertThat(KeyFormat.tier("sk_" + "x".repeat(41))).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "pk", "rk_" + BODY, "PK_" + BODY, "pK_" + BODY, "p__" + BODY, "pk-" + BODY, "xpk_" + BODY})
    void otherPrefixesMakeNoKey(String text) {
        assertThat(KeyFormat.tier(text)).isNull();
    }

    /** Every character of ASCII and some beyond, at the begin and at the end of the body. */
    @Test
    void bodyConsistsOfLettersDigitsHyphensAndUnderscores() {
        for (char c = 0; c < 0x250; c++) {
            boolean allowed = String.valueOf(c).matches("[A-Za-z0-9_-]");
            assertThat(KeyFormat.tier("sk_" + c + BODY) != null)
                    .as("%x", (int) c)
                    .isEqualTo(allowed);
            assertThat(KeyFormat.tier("sk_" + BODY + c) != null)
                    .as("%x", (int) c)
                    .isEqualTo(allowed);
        }
    }

    @ParameterizedTest
    @EnumSource
    void issuedKeysAreWellFormedDifferentAndHaveAChecksum(KeyTier tier) {
        Set<String> issued = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            String key = KeyFormat.issue(tier, random);

            assertThat(key).hasSize(43).startsWith(tier.prefix() + "_");
            assertThat(KeyFormat.tier(key)).isEqualTo(tier);
            assertThat(KeyFormat.hasValidChecksum(key)).isTrue();
            assertThat(issued.add(key)).isTrue();
        }
    }

    @Test
    void keyWithOneOtherCharacterHasNoValidChecksum() {
        String key = KeyFormat.issue(KeyTier.SECRET, random);

        for (int i = 3; i < key.length(); i++) {
            char other = key.charAt(i) == 'x' ? 'y' : 'x';
            assertThat(KeyFormat.hasValidChecksum(key.substring(0, i) + other + key.substring(i + 1)))
                    .isFalse();
        }
        assertThat(KeyFormat.hasValidChecksum(key.substring(0, 42))).isFalse();
        assertThat(KeyFormat.hasValidChecksum("xx_" + key.substring(3))).isFalse();
    }

    @Test
    void issuedPrivateKeyIsFoundWhereverItStandsInAText() {
        String key = KeyFormat.issue(KeyTier.SECRET, random);

        assertThat(KeyFormat.holdsSecret(key)).isTrue();
        assertThat(KeyFormat.holdsSecret("token=" + key + "&x=1")).isTrue();
        assertThat(KeyFormat.holdsSecret("sk_sk_" + key)).isTrue();
        assertThat(KeyFormat.holdsSecret("sk_" + BODY + " " + key)).isTrue();

        assertThat(KeyFormat.holdsSecret(key.substring(0, 42))).isFalse();
        assertThat(KeyFormat.holdsSecret("sk_" + "x".repeat(40))).isFalse();
        assertThat(KeyFormat.holdsSecret(KeyFormat.issue(KeyTier.PUBLIC, random)))
                .isFalse();
        assertThat(KeyFormat.holdsSecret("")).isFalse();
    }
}
