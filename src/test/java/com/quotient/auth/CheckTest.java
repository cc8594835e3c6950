package com.quotient.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.address.IpRules;
import com.quotient.auth.Check.Question;
import com.quotient.keys.KeyHash;
import com.quotient.keys.KeyRecord;
import com.quotient.keys.KeyStatus;
import com.quotient.keys.KeyTier;
import com.quotient.keys.Scope;
import com.quotient.origin.OriginRules;
import com.quotient.usage.UsageNotes;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Each check by itself, and their order. */
class CheckTest {
    private static final long NOW = 1_800_000_000_000L;
    private static final Access ANY = Access.anyKey();
    private static final Facts SERVER = new Facts(null, false, false, "192.0.2.1");

    private KeyStatus status = KeyStatus.ACTIVE;
    private long expiresAt = KeyRecord.NEVER;
    private List<String> origins = List.of();
    private boolean allowMissingOrigin;
    private List<String> ips = List.of();
    private List<String> scopes = List.of("ALL");

    private record Facts(@Nullable String origin, boolean hasSeveralOrigins, boolean hasFetchMetadata, String address)
            implements RequestFacts {
        Facts from(@Nullable String other) {
            return new Facts(other, hasSeveralOrigins, hasFetchMetadata, address);
        }

        @Override
        public String routeName() {
            return "GET /whoami";
        }

        @Override
        public long receivedMillis() {
            return NOW;
        }

        @Override
        public @Nullable CharSequence userAgent() {
            return null;
        }

        @Override
        public String clientAddress() {
            return address;
        }
    }

    @ParameterizedTest
    @EnumSource
    void keyWithoutRestrictionsIsRefusedByNothing(KeyTier tier) {
        assertThat(refusal(tier, SERVER, ANY)).isNull();
        assertThat(refusal(tier, SERVER, Access.both(Scope.ANALYTICS_WRITE))).isNull();
    }

    @Test
    void revokedAndDisabledKeysAreRefused() {
        status = KeyStatus.REVOKED;
        assertThat(refusal(KeyTier.SECRET, SERVER, ANY)).isEqualTo(Outcome.REVOKED);
        status = KeyStatus.DISABLED;
        assertThat(refusal(KeyTier.SECRET, SERVER, ANY)).isEqualTo(Outcome.DISABLED);
    }

    @ParameterizedTest
    @CsvSource({"-1, EXPIRED", "0, EXPIRED", "1,"})
    void keyIsRefusedFromTheMillisecondOfItsExpiryOn(long left, @Nullable Outcome outcome) {
        expiresAt = NOW + left;
        assertThat(refusal(KeyTier.SECRET, SERVER, ANY)).isEqualTo(outcome);
    }

    @Test
    void privateKeyFromABrowserIsRefusedUnlessThatIsOnlyWarnedOf() {
        Facts page = SERVER.from("https://example.com");
        Facts navigation = new Facts(null, false, true, "192.0.2.1");
        for (Facts browser : List.of(page, navigation)) {
            assertThat(refusal(KeyTier.SECRET, browser, ANY)).isEqualTo(Outcome.BROWSER);
            assertThat(refusal(KeyTier.SECRET, browser, ANY, false)).isNull();
            assertThat(refusal(KeyTier.PUBLIC, browser, ANY)).isNull();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://example.com,",
        "http://www.example.com,",
        "https://example.org, ORIGIN",
        "https://example.com.evil.net, ORIGIN",
        "https://example.com:8443, ORIGIN",
        "example.com, ORIGIN",
        "null, ORIGIN",
        "'', ORIGIN"
    })
    void originThatTheListDoesNotAllowIsRefused(String origin, @Nullable Outcome outcome) {
        origins = List.of("example.com");
        assertThat(refusal(KeyTier.PUBLIC, SERVER.from(origin), ANY)).isEqualTo(outcome);
    }

    @Test
    void missingOriginIsRefusedWhereThereIsAListUnlessTheKeyAllowsIt() {
        origins = List.of("example.com");
        assertThat(refusal(KeyTier.PUBLIC, SERVER, ANY)).isEqualTo(Outcome.ORIGIN);
        allowMissingOrigin = true;
        assertThat(refusal(KeyTier.PUBLIC, SERVER, ANY)).isNull();
        assertThat(refusal(KeyTier.PUBLIC, SERVER.from("https://other.net"), ANY))
                .isEqualTo(Outcome.ORIGIN);
    }

    @Test
    void severalOriginsAreRefusedThoughOneIsAllowed() {
        origins = List.of("example.com");
        assertThat(refusal(KeyTier.PUBLIC, new Facts("https://example.com", true, false, "192.0.2.1"), ANY))
                .isEqualTo(Outcome.ORIGIN);
    }

    @Test
    void starAllowsWhateverIsSent() {
        origins = List.of("*");
        for (String origin : new String[] {null, "null", "nonsense", "https://other.net"}) {
            assertThat(refusal(KeyTier.PUBLIC, SERVER.from(origin), ANY)).isNull();
        }
    }

    @Test
    void addressOutsideOfTheNetworksIsRefused() {
        ips = List.of("192.0.2.0/24");
        assertThat(refusal(KeyTier.SECRET, SERVER, ANY)).isNull();
        assertThat(refusal(KeyTier.SECRET, new Facts(null, false, false, "192.0.3.1"), ANY))
                .isEqualTo(Outcome.ADDRESS);
    }

    @Test
    void publicKeyIsRefusedWhereAPrivateOneIsNeeded() {
        assertThat(refusal(KeyTier.PUBLIC, SERVER, Access.secret(Scope.ANALYTICS_WRITE)))
                .isEqualTo(Outcome.TIER);
        assertThat(refusal(KeyTier.SECRET, SERVER, Access.secret(Scope.ANALYTICS_WRITE)))
                .isNull();
    }

    @Test
    void keyWithoutTheScopeIsRefused() {
        scopes = List.of("BLOG_READ", "ANALYTICS_WRITE");
        for (KeyTier tier : KeyTier.values()) {
            assertThat(refusal(tier, SERVER, ANY)).isNull();
            assertThat(refusal(tier, SERVER, Access.both(Scope.BLOG_READ))).isNull();
            assertThat(refusal(tier, SERVER, Access.both(Scope.ANALYTICS_WRITE)))
                    .isNull();
            assertThat(refusal(tier, SERVER, Access.both(Scope.AUDIENCE_WRITE))).isEqualTo(Outcome.SCOPE);
        }
        assertThat(refusal(KeyTier.SECRET, SERVER, Access.secret(Scope.BLOG_WRITE)))
                .isEqualTo(Outcome.SCOPE);
        assertThat(refusal(KeyTier.SECRET, SERVER, Access.secret(Scope.ANALYTICS_READ)))
                .isEqualTo(Outcome.SCOPE);
    }

    @Test
    void firstFaultInTheOrderIsTheRefusal() {
        status = KeyStatus.REVOKED;
        expiresAt = NOW;
        ips = List.of("10.0.0.0/8");
        scopes = List.of("BLOG_READ");
        Access access = Access.secret(Scope.BLOG_WRITE);
        Facts page = SERVER.from("https://example.com");

        assertThat(refusal(KeyTier.SECRET, page, access)).isEqualTo(Outcome.REVOKED);
        status = KeyStatus.ACTIVE;
        assertThat(refusal(KeyTier.SECRET, page, access)).isEqualTo(Outcome.EXPIRED);
        expiresAt = KeyRecord.NEVER;
        assertThat(refusal(KeyTier.SECRET, page, access)).isEqualTo(Outcome.BROWSER);
        assertThat(refusal(KeyTier.SECRET, SERVER, access)).isEqualTo(Outcome.ADDRESS);
        ips = List.of();
        assertThat(refusal(KeyTier.SECRET, SERVER, access)).isEqualTo(Outcome.SCOPE);

        origins = List.of("example.org");
        assertThat(refusal(KeyTier.PUBLIC, page, access)).isEqualTo(Outcome.ORIGIN);
        origins = List.of("example.com");
        assertThat(refusal(KeyTier.PUBLIC, page, access)).isEqualTo(Outcome.TIER);
    }

    /** Requests skip the checks that cannot fail; asked one by one, each gives the same answer. */
    @Test
    void checkThatDoesNotConcernAKeyRefusesNothing() {
        origins = List.of("example.com");
        Question question = question(KeyTier.PUBLIC, SERVER, Access.secret(Scope.BLOG_WRITE), true);

        assertThat(question.caller().checks()).containsExactly(Check.ORIGIN, Check.TIER, Check.SCOPE);
        for (Check check : Check.values()) {
            assertThat(check.ask(question) != null)
                    .as("%s", check)
                    .isEqualTo(question.caller().checks().contains(check));
        }
    }

    private @Nullable Outcome refusal(KeyTier tier, Facts facts, Access access) {
        return refusal(tier, facts, access, true);
    }

    private @Nullable Outcome refusal(KeyTier tier, Facts facts, Access access, boolean secretInBrowserRefused) {
        Refused refused = Check.firstRefusal(question(tier, facts, access, secretInBrowserRefused));
        return refused == null ? null : refused.outcome();
    }

    private Question question(KeyTier tier, Facts facts, Access access, boolean secretInBrowserRefused) {
        KeyRecord key = new KeyRecord(
                new KeyHash(1, 2, 3, 4),
                "key_1",
                "biz_1",
                "One",
                tier,
                "test",
                scopes,
                Scope.bits(Scope.effective(tier, scopes)),
                OriginRules.of(origins),
                allowMissingOrigin,
                IpRules.of(ips),
                null,
                expiresAt,
                status,
                null);
        Caller caller = new Caller(key, new UsageNotes().of(key.id(), key.businessId()), null);
        return new Question(caller, facts, access, facts.receivedMillis(), secretInBrowserRefused);
    }
}
