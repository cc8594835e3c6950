package com.quotient.auth;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.id.Base62;
import com.quotient.keys.KeyAdmin.Issued;
import com.quotient.keys.KeyDetails;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeySpec;
import com.quotient.keys.KeyTier;
import com.quotient.keys.RateLimit;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticationTest {
    private static final String WHOAMI = "/api/v0/whoami";
    private static final String EVENTS = "/api/v0/analytics/events";
    private static final String TRACK = "/api/v0/analytics";
    private static final String CHALLENGE = "Bearer realm=\"quotient\"";

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;
    private static String business;
    private static String valid;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
        business = keys.business();
        valid = keys.secret(business);
    }

    /** Each KEY stands for a valid key; each string is the lines of the headers that carry it, or do not. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "X-Nothing: 1",
                "Authorization: ",
                "Authorization: Basic dXNlcjpwYXNz",
                "Authorization: KEY",
                "Authorization: BearerKEY",
                "Authorization: Bearer",
                "Authorization: Bearer\tKEY",
                "Authorization: Bearer\u00a0KEY",
                "Authorization: Token KEY",
                "Authorization: Bearer KEY\r\nAuthorization: Bearer KEY",
                "Authorization: Basic dXNlcjpwYXNz\r\nAuthorization: Bearer KEY",
                "Authorization: Bearer KEY\r\nauthorization: Bearer other",
                "X-Api-Key: KEY",
                "Cookie: Authorization=KEY"
            })
    void requestWithoutAKeyIsAnsweredWithHowToSendOne(String headers) {
        RawClient.Response response = raw(headers.replace("KEY", valid));

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.header("www-authenticate")).isEqualTo(CHALLENGE);
        assertThat(response.body()).contains("\"code\":\"UNAUTHORIZED\"").doesNotContain("reason");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bearer KEY, Bearer KEY",
                "Bearer KEY,KEY",
                "Bearer KEY KEY",
                "Bearer \u00a0KEY",
                "Bearer KEY\u00a0",
                "Bearer \tKEY",
                "Bearer KEYx",
                "Bearer xKEY",
                "Bearer \"KEY\"",
                "Bearer pk_",
                "Bearer sk_short",
                "Bearer rk_0123456789012345678901234567890123456789",
                "Bearer sk_0123456789012345678901234567890123456789x",
                "Bearer sk_012345678901234567890123456789/",
                "Bearer sk_01234567890123456789012345678\u00e9"
            })
    void malformedKeyIsInvalid(String authorization) {
        RawClient.Response response = raw("Authorization: " + authorization.replace("KEY", valid));

        assertThat(response.status()).isEqualTo(401);
        assertThat(response.header("www-authenticate")).isEqualTo(CHALLENGE + ", error=\"invalid_token\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "bearer", "BEARER", "bEaReR"})
    void schemeIsCaseInsensitive(String scheme) {
        assertThat(raw("Authorization: " + scheme + " " + valid).status()).isEqualTo(200);
        assertThat(raw("AUTHORIZATION: " + scheme + " " + valid).status()).isEqualTo(200);
    }

    @Test
    void schemeMayBeFollowedBySeveralSpaces() {
        assertThat(raw("Authorization: Bearer  " + valid).status()).isEqualTo(200);
        assertThat(raw("Authorization: Bearer     " + valid + " ").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"key", "apiKey", "api_key", "access_token", "Authorization"})
    void keyInTheQueryIsNeverRead(String parameter) {
        HttpResponse<String> response = server.get(WHOAMI + "?" + parameter + "=" + valid, null);

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(response.body()).doesNotContain(valid);
    }

    @ParameterizedTest
    @EnumSource(KeyTier.class)
    void unknownMalformedAndDeletedKeysGiveTheSameBytes(KeyTier tier) {
        Issued deleted = keys.issue(business, tier);
        assertThat(server.get(WHOAMI, deleted.key()).statusCode()).isEqualTo(200);
        TestPostgres.execute(
                server.databaseUrl(),
                "DELETE FROM api_key WHERE id = '" + deleted.details().id() + "'");
        eventually(
                Duration.ofSeconds(60),
                () -> assertThat(server.get(WHOAMI, deleted.key()).statusCode()).isEqualTo(401));

        TreeSet<String> answers = new TreeSet<>();
        for (String key : List.of(
                deleted.key(),
                KeyFormat.issue(tier, new SecureRandom()),
                tier.prefix() + "_test_1234567890abcdef",
                tier.prefix() + "_tooshort",
                "nothing like a key")) {
            RawClient.Response response = raw("Authorization: Bearer " + key);
            answers.add(String.join("\n", unstamped(response)) + response.body());
        }

        assertThat(answers).hasSize(1).first().asString().contains("UNAUTHORIZED");
    }

    @ParameterizedTest
    @EnumSource(KeyTier.class)
    void knownKeyThatCannotBeUsedGetsTheReason(KeyTier tier) {
        assertUnusable(
                changed(tier, id -> TestServer.await(keys.admin().revoke(business, id, TestKeys.ACTOR))), "revoked");
        assertUnusable(
                changed(tier, id -> TestServer.await(keys.admin().disable(business, id, TestKeys.ACTOR))), "disabled");
        assertUnusable(
                keys.issue(
                                business,
                                tier,
                                spec -> spec.withExpiresAt(Instant.now().minusSeconds(1)))
                        .key(),
                "expired");
    }

    @Test
    void enabledKeyWorksAgain() {
        Issued issued = keys.issue(business, KeyTier.SECRET);
        String id = issued.details().id();
        keys.awaitEverywhere(TestServer.await(keys.admin().disable(business, id, TestKeys.ACTOR))
                .version());
        assertThat(server.get(WHOAMI, issued.key()).statusCode()).isEqualTo(401);

        keys.awaitEverywhere(TestServer.await(keys.admin().enable(business, id, TestKeys.ACTOR))
                .version());

        assertThat(server.get(WHOAMI, issued.key()).statusCode()).isEqualTo(200);
    }

    @Test
    void keyExpiresWhileItIsUsed() {
        Duration patience = Duration.ofSeconds(60);
        // Another key if the machine stood still for a second.
        eventually(patience, () -> {
            Instant end = Instant.now().plusMillis(1500);
            String key = keys.issue(business, KeyTier.SECRET, spec -> spec.withExpiresAt(end))
                    .key();
            assertThat(server.get(WHOAMI, key).statusCode()).isEqualTo(200);

            HttpResponse<String> refused =
                    eventually(patience, () -> server.get(WHOAMI, key), response -> response.statusCode() == 401);

            assertThat(json(refused).path("reason").asText()).isEqualTo("expired");
            assertThat(Instant.now()).isBetween(end, end.plusSeconds(1));
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {-5, 5})
    void expiryFollowsTheClockOfTheDatabase(int skewMinutes) {
        Clock skewed = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(skewMinutes));
        TestServer other = TestServer.prepare(server.databaseUrl(), skewed);
        other.awaitStart();
        try {
            String ended = keys.issue(
                            business,
                            KeyTier.SECRET,
                            spec -> spec.withExpiresAt(Instant.now().minusSeconds(2)))
                    .key();
            String lasting = keys.issue(
                            business,
                            KeyTier.SECRET,
                            spec -> spec.withExpiresAt(Instant.now().plusSeconds(120)))
                    .key();

            assertThat(other.get(WHOAMI, ended).statusCode()).isEqualTo(401);
            assertThat(other.get(WHOAMI, lasting).statusCode()).isEqualTo(200);
        } finally {
            other.close();
        }
    }

    /** Several faults at once, and the one that must be reported. */
    static Stream<Arguments> orderOfChecks() {
        UnaryOperator<KeySpec> expired =
                spec -> spec.withExpiresAt(Instant.now().minusSeconds(1));
        UnaryOperator<KeySpec> elsewhere = spec -> spec.withAllowedIps(List.of("192.0.2.0/24"));
        UnaryOperator<KeySpec> reads = spec -> spec.withScopes(List.of("BLOG_READ"));
        UnaryOperator<KeySpec> bound = spec -> spec.withAllowedOrigins(List.of("https://app.example.com"));
        UnaryOperator<KeySpec> same = spec -> spec;
        return Stream.of(
                Arguments.of(
                        "expired before browser",
                        KeyTier.SECRET,
                        both(expired, elsewhere),
                        "Sec-Fetch-Site",
                        EVENTS,
                        "UNAUTHORIZED"),
                Arguments.of(
                        "browser before address",
                        KeyTier.SECRET,
                        both(elsewhere, reads),
                        "Sec-Fetch-Site",
                        EVENTS,
                        "SECRET_KEY_IN_BROWSER"),
                Arguments.of(
                        "address before scope",
                        KeyTier.SECRET,
                        both(elsewhere, reads),
                        "X-Other",
                        EVENTS,
                        "IP_NOT_ALLOWED"),
                Arguments.of(
                        "expired before origin",
                        KeyTier.PUBLIC,
                        both(expired, bound),
                        "X-Other",
                        EVENTS,
                        "UNAUTHORIZED"),
                Arguments.of(
                        "origin before tier", KeyTier.PUBLIC, both(bound, reads), "X-Other", EVENTS, "ORIGIN_REQUIRED"),
                Arguments.of("tier before scope", KeyTier.PUBLIC, reads, "X-Other", EVENTS, "KEY_TYPE_NOT_ALLOWED"),
                Arguments.of("scope before body", KeyTier.PUBLIC, reads, "X-Other", TRACK, "SCOPE_MISMATCH"),
                Arguments.of("body when all is well", KeyTier.PUBLIC, same, "X-Other", TRACK, "INVALID_REQUEST"));
    }

    private static UnaryOperator<KeySpec> both(UnaryOperator<KeySpec> first, UnaryOperator<KeySpec> second) {
        return spec -> second.apply(first.apply(spec));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("orderOfChecks")
    void firstFaultInTheOrderIsReported(
            String name, KeyTier tier, UnaryOperator<KeySpec> faults, String header, String path, String code) {
        String key = keys.issue(business, tier, faults).key();
        boolean posts = path.equals(TRACK);

        HttpResponse<String> response = server.send(
                posts ? "POST" : "GET",
                path + (posts ? "" : "?limit=none"),
                key,
                posts ? "{" : null,
                header,
                "cross-site");

        assertThat(json(response).path("code").asText()).as(response.body()).isEqualTo(code);
    }

    @Test
    void revokedAndExpiredKeyIsRevoked() {
        Issued issued = keys.issue(
                business,
                KeyTier.SECRET,
                spec -> spec.withExpiresAt(Instant.now().minusSeconds(1)));
        keys.awaitEverywhere(
                TestServer.await(keys.admin().revoke(business, issued.details().id(), TestKeys.ACTOR))
                        .version());

        assertUnusable(issued.key(), "revoked");
    }

    @Test
    void refusedRequestsDoNotSpendTheLimitAndBadBodiesDo() {
        String key = keys.issue(business, KeyTier.PUBLIC, spec -> spec.withRateLimit(new RateLimit(2, 3600))
                        .withAllowedOrigins(List.of("https://app.example.com")))
                .key();
        for (int i = 0; i < 10; i++) {
            assertThat(server.get(WHOAMI, key).statusCode()).isEqualTo(403);
            assertThat(server.get(EVENTS, key, "Origin", "https://app.example.com")
                            .statusCode())
                    .isEqualTo(403);
        }

        HttpResponse<String> badBody = server.post(TRACK, key, "{", "Origin", "https://app.example.com");
        assertThat(badBody.statusCode()).isEqualTo(400);
        assertThat(badBody.headers().firstValue("RateLimit"))
                .hasValueSatisfying(value -> assertThat(value).startsWith("\"default\";r=1;"));
        assertThat(server.post(TRACK, key, "{", "Origin", "https://app.example.com")
                        .statusCode())
                .isEqualTo(400);

        HttpResponse<String> limited = server.post(TRACK, key, "{", "Origin", "https://app.example.com");
        assertThat(limited.statusCode()).isEqualTo(429);
        assertThat(limited.headers().firstValue("RateLimit-Policy")).hasValue("\"default\";q=2;w=3600");
        assertThat(limited.headers().firstValue("RateLimit"))
                .hasValueSatisfying(value -> assertThat(value).startsWith("\"default\";r=0;"));
        assertThat(limited.headers().firstValueAsLong("Retry-After").orElse(0)).isBetween(1L, 1800L);
    }

    @Test
    void refusalsWithoutKeyComeBeforeTheBodyIsRead() {
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("POST", TRACK, "Content-Type: application/json", "Content-Length: 1000000000"));

            RawClient.Response response = client.read();

            assertThat(response.status()).isEqualTo(401);
            assertThat(response.header("connection")).isEqualTo("close");
        }
    }

    @Test
    void unknownKeysCostNoStatement() {
        int flood = 2000;
        double missesBefore = server.metric("quotient_key_validations_total{outcome=\"unknown\",tier=\"private\"}");
        long before = transactions();
        for (int i = 0; i < flood; i++) {
            String key = "sk_" + Base62.random(40, ThreadLocalRandom.current());
            assertThat(server.get(WHOAMI, key).statusCode()).isEqualTo(401);
        }

        assertThat(server.metric("quotient_key_validations_total{outcome=\"unknown\",tier=\"private\"}"))
                .isEqualTo(missesBefore + flood);
        // What is counted now are polls and heartbeats; Postgres reports with a delay of up to a second.
        assertThat(settledTransactions() - before).isLessThan(flood / 4);
    }

    /** Commits in the database once the count includes one that was made after the flood. */
    private static long settledTransactions() {
        long first = transactions();
        Instant reported = Instant.now().plusSeconds(2);
        return eventually(
                Duration.ofSeconds(60),
                AuthenticationTest::transactions,
                count -> count > first && Instant.now().isAfter(reported));
    }

    private static long transactions() {
        return (Long) TestPostgres.query(
                        server.databaseUrl(),
                        "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()")
                .get(0)
                .get(0);
    }

    private static String changed(KeyTier tier, Function<String, KeyDetails> change) {
        Issued issued = keys.issue(business, tier);
        keys.awaitEverywhere(change.apply(issued.details().id()).version());
        return issued.key();
    }

    private static void assertUnusable(String key, String reason) {
        HttpResponse<String> response = server.get(WHOAMI, key);

        assertThat(response.statusCode()).isEqualTo(401);
        assertThat(json(response).path("code").asText()).isEqualTo("UNAUTHORIZED");
        assertThat(json(response).path("reason").asText()).isEqualTo(reason);
        assertThat(response.headers().firstValue("WWW-Authenticate")).hasValue(CHALLENGE + ", error=\"invalid_token\"");
    }

    private static RawClient.Response raw(String headers) {
        try (RawClient client = RawClient.to(server)) {
            return client.send(RawClient.head("GET", WHOAMI, headers)).read();
        }
    }

    private static List<String> unstamped(RawClient.Response response) {
        return response.head().stream()
                .filter(line -> !line.toLowerCase(Locale.ROOT).startsWith("x-request-id:"))
                .toList();
    }
}
