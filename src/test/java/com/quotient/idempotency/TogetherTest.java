package com.quotient.idempotency;

import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyTier;
import com.quotient.testing.FaultProxy;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a request with an {@code Idempotency-Key} does and its kept answer are there together, or neither is. */
class TogetherTest {
    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final String business = keys.business();
    private final String secret = keys.issue(business, KeyTier.SECRET).key();
    private final String name = UUID.randomUUID().toString();

    /**
     * A request that changes something.
     *
     * @param table where its effect is
     */
    record Effect(String path, String body, String table) {
        @Override
        public String toString() {
            return path;
        }
    }

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
        // As when a pod dies between the work and the answer that is kept.
        TestPostgres.execute(server.databaseUrl(), """
                CREATE TABLE dying (business_id text);
                CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF EXISTS (SELECT FROM dying WHERE business_id = NEW.business_id) THEN
                        PERFORM pg_terminate_backend(pg_backend_pid());
                    END IF;
                    RETURN NEW;
                END $$;
                CREATE TRIGGER die BEFORE UPDATE ON idempotency FOR EACH ROW WHEN (NEW.status IS NOT NULL)
                    EXECUTE FUNCTION die();
                """);
    }

    static Stream<Effect> effects() {
        return Stream.of(
                new Effect("/people", "{\"emailAddress\":\"ada@example.com\",\"deviceId\":\"d\"}", "person"),
                new Effect("/audience/people", "{\"emailAddress\":\"ada@example.com\"}", "person"),
                new Effect("/audience/companies", "{\"domain\":\"example.com\"}", "company"),
                new Effect("/audience/lists", "{\"slug\":\"news\"}", "audience_list"),
                new Effect(
                        "/audience/lists/old/people",
                        "{\"people\":[{\"emailAddress\":\"ada@example.com\"}]}",
                        "audience_list_member"),
                new Effect(
                        "/audience/properties",
                        "{\"name\":\"plan\",\"target\":\"PERSON\",\"type\":\"TEXT\"}",
                        "audience_property"),
                new Effect("/blog", "{\"title\":\"Hello\",\"markdown\":\"# Hello\"}", "blog_post"),
                new Effect("/blog/authors", "{\"name\":\"Ada\"}", "blog_author"),
                new Effect("/blog/tags", "{\"name\":\"news\"}", "blog_tag"),
                new Effect("/memory/guides/returns.md", "{\"content\":\"# Returns\"}", "memory_chunk"),
                new Effect("/memory/drafts", "{\"type\":\"folder\"}", "memory_node"),
                new Effect("/flow/flw_" + "${business}" + "/trigger", "{\"personId\":\"per_1\"}", "flow_enrolment"));
    }

    @ParameterizedTest
    @MethodSource("effects")
    void nothingIsDoneWhenItsAnswerCannotBeKept(Effect effect) {
        prepare(effect);
        execute("INSERT INTO dying VALUES ('" + business + "')");

        HttpResponse<String> died = post(effect);

        assertThat(died.statusCode()).as(died.body()).isEqualTo(503);
        assertThat(rows(effect.table())).isZero();
        execute("DELETE FROM dying WHERE business_id = '" + business + "'; UPDATE idempotency SET expires_at = now()"
                + " WHERE business_id = '" + business + "' AND status IS NULL");
        HttpResponse<String> first = post(effect);
        HttpResponse<String> again = post(effect);
        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        assertThat(first.headers().firstValue("Idempotency-Replayed")).isEmpty();
        assertThat(again.body()).isEqualTo(first.body());
        assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
        assertThat(rows(effect.table())).isPositive();
    }

    @Test
    void requestWhoseReplyWasLostAfterTheCommitIsAnsweredAsItWas() throws Exception {
        try (FaultProxy proxy = new FaultProxy(server.databaseUrl());
                TestServer behindProxy =
                        TestServer.on(proxy.url(server.databaseUrl().replaceAll(".*/", "")))) {
            Effect effect = new Effect("/blog/authors", "{\"name\":\"Ada\"}", "blog_author");
            // The claim is a statement without a transaction, so that the first commit is that of the effect.
            var cut = proxy.cutReplyAfterCommit("COMMIT");

            HttpResponse<String> lost = post(behindProxy, effect);
            HttpResponse<String> again = post(behindProxy, effect);

            assertThat(cut).isDone();
            assertThat(lost.statusCode()).isEqualTo(503);
            assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
            assertThat(again.headers().firstValue("Idempotency-Replayed")).hasValue("true");
            assertThat(rows("blog_author")).isEqualTo(1);
        }
    }

    @Test
    void eventsThatAreStoredButNotAnsweredAreKnownWhenTheyAreSentAgain() {
        String batch = "{\"batch\":[{\"eventType\":\"paid\"},{\"eventType\":\"paid\"},{\"eventType\":\"paid\","
                + "\"messageId\":\"mine\"}]}";
        Effect effect = new Effect("/analytics", batch, "event");
        execute("INSERT INTO dying VALUES ('" + business + "')");

        assertThat(post(effect).statusCode()).isEqualTo(200);
        assertThat(rows("event")).isEqualTo(3);
        execute("DELETE FROM dying WHERE business_id = '" + business
                + "'; DELETE FROM idempotency WHERE business_id = '" + business + "'");
        HttpResponse<String> again = post(effect);

        assertThat(again.headers().firstValue("Idempotency-Replayed")).isEmpty();
        assertThat(json(again).path("duplicates").asInt()).isEqualTo(3);
        assertThat(rows("event")).isEqualTo(3);
        assertThat(server.post(
                                "/api/v0/analytics",
                                secret,
                                batch,
                                "Idempotency-Key",
                                UUID.randomUUID().toString())
                        .statusCode())
                .isEqualTo(200);
        assertThat(rows("event")).as("another key is another request").isEqualTo(5);
    }

    @Test
    void requestsWithoutAKeyOnTheSameEventLoopAreNoPartOfIt() {
        execute("INSERT INTO dying VALUES ('" + business + "')");
        String other = keys.issue(keys.business(), KeyTier.SECRET).key();

        List<Integer> statuses = IntStream.range(0, 200)
                .parallel()
                .mapToObj(i -> {
                    Effect effect = new Effect("/blog/tags", "{\"name\":\"tag " + i + "\"}", "blog_tag");
                    return i % 2 == 0
                            ? server.post("/api/v0" + effect.path(), secret, effect.body(), "Idempotency-Key", name + i)
                                    .statusCode()
                            : server.post("/api/v0" + effect.path(), other, effect.body())
                                    .statusCode();
                })
                .toList();

        assertThat(rows("blog_tag")).isZero();
        assertThat(IntStream.range(0, 200).filter(i -> i % 2 == 1).mapToObj(statuses::get))
                .containsOnly(200);
    }

    private void prepare(Effect effect) {
        if (effect.path().contains("/lists/old")) {
            server.post("/api/v0/audience/lists", secret, "{\"slug\":\"old\"}");
        }
        if (effect.path().startsWith("/flow")) {
            execute("INSERT INTO person (business_id, id, email, domain) VALUES ('" + business
                    + "', 'per_1', 'ada@example.com', 'example.com');"
                    + "INSERT INTO flow (business_id, id, name, trigger_type, secret) VALUES ('" + business + "', 'flw_"
                    + business + "', 'Welcome', 'PROGRAMMATIC', 'whsec_');"
                    + "INSERT INTO flow_step (business_id, flow_id, position, wait_millis) VALUES ('" + business
                    + "', 'flw_" + business + "', 1, 1000)");
        }
    }

    private HttpResponse<String> post(Effect effect) {
        return post(server, effect);
    }

    private HttpResponse<String> post(TestServer to, Effect effect) {
        return to.post(
                "/api/v0" + effect.path().replace("${business}", business),
                secret,
                effect.body(),
                "Idempotency-Key",
                name);
    }

    private long rows(String table) {
        return (Long) TestPostgres.query(
                        server.databaseUrl(),
                        "SELECT count(*) FROM " + table + " WHERE business_id = '" + business + "'")
                .get(0)
                .get(0);
    }

    private static void execute(String sql) {
        TestPostgres.execute(server.databaseUrl(), sql);
    }
}
