package com.quotient.idempotency;

import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.config.IdempotencyConfig;
import com.quotient.db.Database;
import com.quotient.db.DatabaseUrl;
import com.quotient.http.Answer;
import com.quotient.http.Answer.Replayed;
import com.quotient.http.Idempotency.Named;
import com.quotient.idempotency.IdempotencyStats.Outcome;
import com.quotient.keys.KeyTier;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import com.quotient.testing.Eventually;
import com.quotient.testing.FaultProxy;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Which answers are kept and for how long, and the state after a crash. */
class KeptAnswersTest {
    private static final Answer DONE = Answer.json(Map.of("done", true));

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final IdempotencyStats stats = new IdempotencyStats();
    private final KeptAnswers answers = answers();
    private final AtomicInteger runs = new AtomicInteger();
    private final Named request =
            new Named(keys.business(), KeyTier.SECRET, UUID.randomUUID().toString(), Buffer.buffer("what was asked"));

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
    }

    @Test
    void requestThatIsStillRunningIsNotRunAgain() {
        Promise<Answer> running = Promise.promise();
        Future<Answer> first = once(running::future);
        awaitClaim();

        assertThatThrownBy(() -> await(once(Future.succeededFuture(DONE))))
                .isInstanceOfSatisfying(ProblemException.class, refused -> {
                    assertThat(refused.problem().type()).isEqualTo(ProblemType.CONFLICT);
                    assertThat(refused.problem().headers()).containsEntry("Retry-After", "1");
                });
        running.complete(DONE);

        assertThat(await(first)).isEqualTo(DONE);
        assertThat(await(once(Future.succeededFuture(DONE)))).isInstanceOf(Replayed.class);
        assertThat(runs).hasValue(1);
        assertThat(stats.count(Outcome.RUNNING)).isEqualTo(1);
        assertThat(stats.count(Outcome.KEPT)).isEqualTo(1);
        assertThat(stats.count(Outcome.REPLAYED)).isEqualTo(1);
    }

    @Test
    void requestOfACrashedServerCanBeRetriedAfterTheLease() {
        Promise<Answer> crashed = Promise.promise();
        Future<Answer> first = once(crashed::future);
        awaitClaim();
        endLease();

        assertThat(await(once(Future.succeededFuture(DONE)))).isEqualTo(DONE);

        // It was only very slow; what it did and says is too late to be kept.
        crashed.complete(Answer.json(Map.of("done", "late")));
        assertThatThrownBy(() -> await(first)).isInstanceOf(ProblemException.class);
        assertThat(await(once(Future.succeededFuture(DONE))))
                .isInstanceOfSatisfying(
                        Replayed.class,
                        known -> assertThat(known.body().toString()).isEqualTo("{\"done\":true}"));
        assertThat(runs).hasValue(2);
    }

    @Test
    void lateFailureDoesNotFreeTheNameOfASuccessor() {
        Promise<Answer> crashed = Promise.promise();
        Future<Answer> first = once(crashed::future);
        awaitClaim();
        endLease();
        Promise<Answer> running = Promise.promise();
        Future<Answer> second = once(running::future);
        Eventually.eventually(Duration.ofSeconds(60), () -> assertThat(runs).hasValue(2));

        crashed.fail("too late");
        assertThatThrownBy(() -> await(first)).hasMessageContaining("too late");

        assertThatThrownBy(() -> await(once(Future.succeededFuture(DONE)))).isInstanceOf(ProblemException.class);
        running.complete(DONE);
        assertThat(await(second)).isEqualTo(DONE);
    }

    @Test
    void whatMayPassIsNotKept() {
        List<Supplier<Future<Answer>>> passing = List.of(
                () -> Future.failedFuture("the database is away"),
                () -> {
                    throw new IllegalStateException("a fault");
                },
                () -> Future.failedFuture(
                        Problem.of(ProblemType.OVERLOADED, "Later.").exception()),
                () -> Future.failedFuture(
                        Problem.of(ProblemType.CONFLICT, "Taken.").exception()));
        for (Supplier<Future<Answer>> endpoint : passing) {
            assertThatThrownBy(() -> await(once(endpoint))).isNotNull();
            assertThat(rows()).isZero();
        }

        assertThat(await(once(Future.succeededFuture(DONE)))).isEqualTo(DONE);
        assertThat(runs).hasValue(passing.size() + 1);
        assertThat(stats.count(Outcome.RELEASED)).isEqualTo(passing.size());
    }

    @Test
    void answerThatIsTooLargeOrStreamedIsGivenAndNotKept() {
        Answer large = Answer.json(Map.of("text", "x".repeat(config().maxAnswerBytes())));
        Answer stream = Answer.stream("text/plain", Future::succeededFuture);

        for (Answer answer : List.of(large, stream)) {
            assertThat(await(once(Future.succeededFuture(answer)))).isEqualTo(answer);
            assertThat(rows()).isZero();
        }
        assertThat(stats.count(Outcome.LOST)).isEqualTo(2);
    }

    @Test
    void answerIsKeptForADay() {
        await(once(Future.succeededFuture(DONE)));

        assertThat(TestPostgres.query(
                        server.databaseUrl(),
                        "SELECT expires_at - now() BETWEEN interval '23:59:00' AND interval '24:00:00' FROM idempotency"
                                + where()))
                .isEqualTo(List.of(List.of(true)));
    }

    @Test
    void answerThatIsTooOldIsForgottenAndItsNameFree() {
        await(once(Future.succeededFuture(DONE)));
        endLease();

        assertThat(await(once(Future.succeededFuture(DONE)))).isEqualTo(DONE);
        assertThat(runs).hasValue(2);
    }

    @Test
    void cleaningDeletesWhatIsOverAndNothingElse() {
        await(once(Future.succeededFuture(DONE)));
        TestPostgres.execute(
                server.databaseUrl(),
                "INSERT INTO idempotency (business_id, tier, key, fingerprint, claim, expires_at) SELECT '"
                        + request.businessId() + "', 'sk', 'old-' || i, '', 1, now() - interval '1 second'"
                        + " FROM generate_series(1, 2500) AS i");
        KeptAnswers cleaner = new KeptAnswers(
                server.server().vertx(),
                server.server().database(),
                config("idempotency.cleaningInterval", "10ms"),
                stats);

        cleaner.startCleaning();

        Eventually.eventually(Duration.ofSeconds(60), () -> assertThat(rows()).isEqualTo(1));
        await(cleaner.stopCleaning());
        assertThat(await(once(Future.succeededFuture(DONE)))).isInstanceOf(Replayed.class);
    }

    @Test
    void cleaningUsesTheIndexHoweverManyAreKept() {
        TestPostgres.execute(
                server.databaseUrl(),
                "INSERT INTO idempotency (business_id, tier, key, fingerprint, claim, expires_at) SELECT '"
                        + request.businessId() + "', 'sk', 'kept-' || i, '', 1, now() + interval '1 hour'"
                        + " FROM generate_series(1, 50000) AS i; ANALYZE idempotency");

        String plan = TestPostgres.query(
                        server.databaseUrl(), "EXPLAIN " + IdempotencyStore.FORGET.replace("$1", "1000"))
                .toString();

        assertThat(plan).contains("idempotency_by_end").doesNotContain("Seq Scan");
    }

    @Test
    void claimWhoseReplyWasLostDoesNotBlockTheNextAttempt() throws Exception {
        try (FaultProxy proxy = new FaultProxy(server.databaseUrl())) {
            String url = proxy.url(server.databaseUrl().replaceAll(".*/", ""));
            Database database = new Database(server.server().vertx(), TestServer.config(url), DatabaseUrl.parse(url));
            KeptAnswers behindProxy = new KeptAnswers(server.server().vertx(), database, config(), stats);
            var cut = proxy.cutReplyAfterCommit();

            assertThatThrownBy(() -> await(behindProxy.once(request, false, () -> Future.succeededFuture(DONE))))
                    .isNotNull();
            assertThat(cut).succeedsWithin(Duration.ofSeconds(60));

            Eventually.eventually(Duration.ofSeconds(60), () -> assertThat(
                            await(behindProxy.once(request, false, () -> Future.succeededFuture(DONE))))
                    .isEqualTo(DONE));
            await(database.close());
        }
    }

    private KeptAnswers answers() {
        return new KeptAnswers(server.server().vertx(), server.server().database(), config(), stats);
    }

    private static IdempotencyConfig config(String... settings) {
        return TestServer.config(server.databaseUrl(), settings).idempotency();
    }

    private Future<Answer> once(Future<Answer> answer) {
        return once(() -> answer);
    }

    private Future<Answer> once(Supplier<Future<Answer>> endpoint) {
        return answers.once(request, false, () -> {
            runs.incrementAndGet();
            return endpoint.get();
        });
    }

    private void awaitClaim() {
        Eventually.eventually(Duration.ofSeconds(60), () -> assertThat(runs).hasValue(1));
    }

    private void endLease() {
        TestPostgres.execute(server.databaseUrl(), "UPDATE idempotency SET expires_at = now()" + where());
    }

    private long rows() {
        return (Long) TestPostgres.query(server.databaseUrl(), "SELECT count(*) FROM idempotency" + where())
                .get(0)
                .get(0);
    }

    private String where() {
        return " WHERE business_id = '" + request.businessId() + "'";
    }
}
