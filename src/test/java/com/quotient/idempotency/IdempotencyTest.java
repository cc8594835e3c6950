package com.quotient.idempotency;

import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyTier;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The header {@code Idempotency-Key} from the caller's view. An event without a message id is stored each time it is
 * sent.
 */
class IdempotencyTest {
    private static final String EVENTS = "/api/v0/analytics";
    private static final String EVENT = "{\"eventType\":\"paid\"}";

    private static TestServer server;
    private static TestServer otherPod;
    private static TestKeys keys;

    private final String business = keys.business();
    private final String secret = keys.issue(business, KeyTier.SECRET).key();
    private final String name = UUID.randomUUID().toString();

    @BeforeAll
    static void start() {
        server = TestServer.start();
        otherPod = TestServer.on(server.databaseUrl());
        keys = new TestKeys(server);
    }

    @AfterAll
    static void stop() {
        otherPod.close();
        server.close();
    }

    @Test
    void retriedRequestIsExecutedOnceAndAnsweredAlikeByEveryServer() {
        HttpResponse<String> first = post(EVENTS, EVENT);
        HttpResponse<String> again = post(EVENTS, EVENT);
        HttpResponse<String> elsewhere = otherPod.post(EVENTS, secret, EVENT, "Idempotency-Key", name);

        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        assertThat(first.headers().firstValue("Idempotency-Replayed")).isEmpty();
        for (HttpResponse<String> replayed : List.of(again, elsewhere)) {
            assertThat(replayed.statusCode()).isEqualTo(200);
            assertThat(replayed.body()).isEqualTo(first.body());
            assertThat(replayed.headers().firstValue("Content-Type"))
                    .isEqualTo(first.headers().firstValue("Content-Type"));
            assertThat(replayed.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(replayed.headers().firstValue("Idempotency-Replayed")).hasValue("true");
            assertThat(replayed.headers().firstValue("X-Request-Id"))
                    .isNotEqualTo(first.headers().firstValue("X-Request-Id"));
        }
        assertThat(events()).isEqualTo(1);
    }

    @Test
    void requestWithoutTheHeaderLeavesNoTrace() {
        server.post(EVENTS, secret, EVENT);
        server.post(EVENTS, secret, EVENT);

        assertThat(events()).isEqualTo(2);
        assertThat(names()).isZero();
    }

    @Test
    void keyOfAnotherRequestIsRefusedAndDoesNothing() {
        post(EVENTS, EVENT);

        for (HttpResponse<String> reused : List.of(
                post(EVENTS, "{\"eventType\":\"refunded\"}"),
                post("/api/v0/people", EVENT),
                post("/api/v0/audience/lists", EVENT))) {
            assertThat(reused.statusCode()).isEqualTo(422);
            assertThat(json(reused).path("code").asText()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
            assertThat(reused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        }
        assertThat(events()).isEqualTo(1);
        assertThat(server.metric("quotient_idempotency_requests_total{outcome=\"reused\"}"))
                .isGreaterThanOrEqualTo(3);
    }

    @Test
    void ofManyRequestsAtOnceOneIsDone() {
        List<HttpResponse<String>> responses = IntStream.range(0, 32)
                .parallel()
                .mapToObj(i -> (i % 2 == 0 ? server : otherPod).post(EVENTS, secret, EVENT, "Idempotency-Key", name))
                .toList();

        assertThat(events()).isEqualTo(1);
        String answer = post(EVENTS, EVENT).body();
        assertThat(responses)
                .anySatisfy(response -> assertThat(response.statusCode()).isEqualTo(200))
                .allSatisfy(response -> {
                    if (response.statusCode() == 200) {
                        assertThat(response.body()).isEqualTo(answer);
                    } else {
                        assertThat(response.statusCode()).isEqualTo(409);
                        assertThat(json(response).path("code").asText()).isEqualTo("CONFLICT");
                        assertThat(response.headers().firstValue("Retry-After")).isPresent();
                    }
                });
    }

    @Test
    void problemOfTheRequestItselfIsRepeatedAsItWas() {
        String path = "/api/v0/flow/flw_" + name + "/trigger";
        HttpResponse<String> first = post(path, "{\"personId\":1}");
        HttpResponse<String> again = post(path, "{\"personId\":1}");

        assertThat(first.statusCode()).isEqualTo(400);
        assertThat(again.statusCode()).isEqualTo(400);
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
    }

    @Test
    void whatWasNotThereIsLookedForAgain() {
        String path = "/api/v0/flow/flw_" + name + "/trigger";
        post(path, "{\"personId\":\"per_1\"}");
        HttpResponse<String> again = post(path, "{\"personId\":\"per_1\"}");

        assertThat(again.statusCode()).isEqualTo(404);
        assertThat(again.headers().firstValue("Idempotency-Replayed")).isEmpty();
    }

    @Test
    void businessesAndTiersHaveKeysOfTheirOwn() {
        String other = keys.issue(keys.business(), KeyTier.SECRET).key();
        String publicKey = keys.issue(business, KeyTier.PUBLIC).key();
        String path = "/api/v0/flow/flw_none/trigger";
        String id = json(post(EVENTS, EVENT)).path("eventId").asText();

        HttpResponse<String> ofOther = server.post(EVENTS, other, EVENT, "Idempotency-Key", name);
        HttpResponse<String> ofVisitor = server.post(path, publicKey, "{\"personId\":\"a\"}", "Idempotency-Key", name);

        assertThat(ofOther.statusCode()).isEqualTo(200);
        assertThat(json(ofOther).path("eventId").asText()).isNotEqualTo(id);
        assertThat(ofVisitor.statusCode()).isEqualTo(404);
        assertThat(json(post(EVENTS, EVENT)).path("eventId").asText()).isEqualTo(id);
        assertThat(server.post(EVENTS, other, EVENT, "Idempotency-Key", name).body())
                .isEqualTo(ofOther.body());
    }

    @Test
    void anotherKeyOfTheBusinessGetsTheSameAnswer() {
        String successor = keys.issue(business, KeyTier.SECRET).key();

        String answer = post(EVENTS, EVENT).body();

        assertThat(server.post(EVENTS, successor, EVENT, "Idempotency-Key", name)
                        .body())
                .isEqualTo(answer);
    }

    @Test
    void answerIsNotForKeysThatMayNotAsk() {
        post(EVENTS, EVENT);

        HttpResponse<String> response =
                server.post(EVENTS, keys.secret(business, "BLOG_READ"), EVENT, "Idempotency-Key", name);

        assertThat(response.statusCode()).isEqualTo(403);
    }

    @Test
    void publicKeyIsHeardWhereAFlowIsTriggeredOnly() {
        String publicKey = keys.issue(business, KeyTier.PUBLIC).key();
        String path = "/api/v0/flow/flw_none/trigger";
        for (int i = 0; i < 2; i++) {
            assertThat(server.post(EVENTS, publicKey, EVENT, "Idempotency-Key", name)
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(events()).isEqualTo(2);

        server.post(path, publicKey, "{\"personId\":1}", "Idempotency-Key", name);
        HttpResponse<String> reused = server.post(path, publicKey, "{\"personId\":2}", "Idempotency-Key", name);
        assertThat(reused.statusCode()).isEqualTo(422);
    }

    @Test
    void methodsOtherThanPostTakeNoNotice() {
        HttpResponse<String> response = server.get("/api/v0/whoami", secret, "Idempotency-Key", name);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(names()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\tb", "clé"})
    void valueThatCannotBeAKeyIsRefusedByName(String value) {
        assertRefused("Idempotency-Key: " + value);
    }

    @Test
    void keyMayHave255CharactersAndMustBeSentOnce() {
        assertThat(server.post(EVENTS, secret, EVENT, "Idempotency-Key", "k".repeat(255))
                        .statusCode())
                .isEqualTo(200);
        assertRefused("Idempotency-Key: " + "k".repeat(256));
        assertRefused("Idempotency-Key: a\r\nIdempotency-Key: b");
        assertRefused("Idempotency-Key: a\r\nIdempotency-Key: a");
    }

    private void assertRefused(String header) {
        long before = events();
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head(
                            "POST",
                            EVENTS,
                            "Authorization: Bearer " + secret,
                            "Content-Type: application/json",
                            "Content-Length: " + EVENT.length(),
                            header)
                    + EVENT);
            RawClient.Response response = client.read();
            assertThat(response.status()).as(response.body()).isEqualTo(400);
            assertThat(response.body()).contains("\"issues\":[{\"path\":\"Idempotency-Key\"");
        }
        assertThat(events()).isEqualTo(before);
    }

    private HttpResponse<String> post(String path, String body) {
        return server.post(path, secret, body, "Idempotency-Key", name);
    }

    private long events() {
        return count("event");
    }

    private long names() {
        return count("idempotency");
    }

    private long count(String table) {
        return (Long) TestPostgres.query(
                        server.databaseUrl(),
                        "SELECT count(*) FROM " + table + " WHERE business_id = '" + business + "'")
                .get(0)
                .get(0);
    }
}
