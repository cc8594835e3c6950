package com.quotient.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.address.IpRules;
import com.quotient.origin.Origin;
import com.quotient.origin.OriginRules;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PackedKeyTest {
    private static final KeyHash HASH = KeyHash.of("pk_test_1234567890abcdef1234567890");

    private final List<String> complaints = new ArrayList<>();

    @Test
    void keyComesOutAsItWentIn() {
        PackedKey packed = new PackedKey(
                HASH,
                "key_1",
                "biz_1",
                "Bücher & Söhne 書店",
                KeyTier.SECRET,
                "line one\nline two",
                List.of("ANALYTICS_READ", "MEMORY_WRITE"),
                List.of(),
                true,
                List.of("10.0.0.0/8", "2001:db8::/32"),
                new RateLimit(5000, 3600),
                1_800_000_000_000L,
                KeyStatus.REVOKED,
                null);

        assertThat(packed.unpack(complaints::add))
                .isEqualTo(new KeyRecord(
                        HASH,
                        "key_1",
                        "biz_1",
                        "Bücher & Söhne 書店",
                        KeyTier.SECRET,
                        "line one\nline two",
                        List.of("ANALYTICS_READ", "MEMORY_WRITE"),
                        Scope.ANALYTICS_READ.bit() | Scope.MEMORY_WRITE.bit(),
                        OriginRules.none(),
                        true,
                        IpRules.of(List.of("10.0.0.0/8", "2001:db8::/32")),
                        new RateLimit(5000, 3600),
                        1_800_000_000_000L,
                        KeyStatus.REVOKED,
                        null));
        assertThat(complaints).isEmpty();
    }

    @Test
    void keyWithNothingButNamesComesOutAsItWentIn() {
        KeyRecord key = new PackedKey(
                        HASH,
                        "key_1",
                        "biz_1",
                        "",
                        KeyTier.PUBLIC,
                        "",
                        List.of(),
                        List.of(),
                        false,
                        List.of(),
                        null,
                        KeyRecord.NEVER,
                        KeyStatus.ACTIVE,
                        null)
                .unpack(complaints::add);

        assertThat(key.name()).isEmpty();
        assertThat(key.scopes()).isEmpty();
        assertThat(key.origins().isUnrestricted()).isTrue();
        assertThat(key.ips().isUnrestricted()).isTrue();
        assertThat(key.allowMissingOrigin()).isFalse();
        assertThat(key.rateLimit()).isNull();
        assertThat(key.isExpired(Long.MAX_VALUE - 1)).isFalse();
    }

    @Test
    void trialComesOutBesideTheKey() {
        KeyTrial trial = new KeyTrial(Instant.EPOCH, List.of("BLOG_READ"), List.of("b.example.com"), true, null);
        KeyRecord key = trying(trial.json().encode());

        KeyRecord proposed = key.trial().proposed();
        assertThat(proposed.scopeBits()).isEqualTo(Scope.BLOG_READ.bit());
        assertThat(proposed.origins().entries()).containsExactly("b.example.com");
        assertThat(proposed.allowMissingOrigin()).isTrue();
        assertThat(proposed.ips()).isEqualTo(key.ips());
        assertThat(proposed.trial()).isNull();
        assertThat(key.scopes()).containsExactly("ANALYTICS_WRITE");
        assertThat(key.origins().entries()).containsExactly("a.example.com");
        assertThat(trying(null).trial()).isNull();
        assertThat(complaints).isEmpty();
    }

    @Test
    void trialThatCannotBeReadLeavesTheKeyAsItIs() {
        for (String broken : List.of(
                "{\"since\":\"1970-01-01T00:00:00Z\",\"allowedOrigins\":[\"co.uk\"]}", "{\"since\":\"then\"}", "[1]")) {
            complaints.clear();

            KeyRecord key = trying(broken);

            assertThat(key.status()).as(broken).isEqualTo(KeyStatus.ACTIVE);
            assertThat(key.trial()).as(broken).isNull();
            assertThat(complaints).singleElement().asString().contains("key_1", "ignored");
        }
    }

    private KeyRecord trying(@Nullable String trial) {
        return new PackedKey(
                        HASH,
                        "key_1",
                        "biz_1",
                        "One",
                        KeyTier.PUBLIC,
                        "Shop",
                        List.of("ANALYTICS_WRITE"),
                        List.of("a.example.com"),
                        false,
                        List.of(),
                        null,
                        KeyRecord.NEVER,
                        KeyStatus.ACTIVE,
                        trial)
                .unpack(complaints::add);
    }

    @Test
    void ruleThatCannotBeReadMatchesNothingAndTheOthersHold() {
        KeyRecord key = unpacked("co.uk", "shop.example.com", "no host, two\nlines");

        assertThat(key.status()).isEqualTo(KeyStatus.ACTIVE);
        assertThat(key.origins().match(Origin.parse("https://shop.example.com")))
                .isEqualTo("shop.example.com");
        assertThat(key.origins().match(Origin.parse("https://shop.co.uk"))).isNull();
        assertThat(key.origins().match(Origin.parse("https://lines"))).isNull();
        assertThat(complaints).singleElement().asString().contains("key_1", "'co.uk'");
    }

    @Test
    void keyWithoutAnyRuleThatCanBeReadOpensNothing() {
        KeyRecord key = unpacked("co.uk");

        assertThat(key.status()).isEqualTo(KeyStatus.DISABLED);
        assertThat(complaints).singleElement().asString().contains("key_1", "disabled", "'co.uk'");
    }

    @Test
    void keyWithTooManyRulesOpensNothing() {
        KeyRecord key = unpacked(
                Collections.nCopies(OriginRules.MAX_ENTRIES + 1, "example.com").toArray(String[]::new));

        assertThat(key.status()).isEqualTo(KeyStatus.DISABLED);
        assertThat(complaints).singleElement().asString().contains("key_1", "disabled");
    }

    private KeyRecord unpacked(String... origins) {
        return PackedKeys.key(HASH, "key_1", List.of(origins)).unpack(complaints::add);
    }
}
