package com.quotient.idempotency;

import com.quotient.config.IdempotencyConfig;
import com.quotient.db.Database;
import com.quotient.db.SharedPool;
import com.quotient.http.Answer;
import com.quotient.http.Answer.Replayed;
import com.quotient.http.Idempotency;
import com.quotient.idempotency.IdempotencyStats.Outcome;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps answers in Postgres, where every server finds them. A request claims its key before it runs, for the time of a
 * lease; if its server dies, the key is free when the lease ends. Answers that are not final, too large or streamed are
 * not kept, and the key is freed at once. Thread-safe.
 *
 * <p>The endpoint's work and its answer are one transaction: a server that dies, or whose key another request claimed
 * meanwhile, leaves both or neither. An endpoint that commits by itself must be idempotent; its answer is kept
 * afterwards.
 */
public final class KeptAnswers implements Idempotency {
    private static final Logger log = LoggerFactory.getLogger(KeptAnswers.class);

    /** A key may be freed between the failed claim and the look-up, but hardly repeatedly. */
    private static final int MOST_CLAIMS = 3;

    private static final int DELETED_AT_ONCE = 1000;
    private static final int MOST_DELETIONS = 100;
    private static final int RETRY_AFTER_SECONDS = 1;
    private static final long RELEASE_DELAY_MILLIS = 100;

    private final Vertx vertx;
    private final SharedPool pool;
    private final IdempotencyStore store;
    private final IdempotencyConfig config;
    private final IdempotencyStats stats;
    private volatile Future<Void> cleaning = Future.succeededFuture();
    private volatile long timer = -1;

    public KeptAnswers(Vertx vertx, Database database, IdempotencyConfig config, IdempotencyStats stats) {
        this.vertx = vertx;
        this.pool = database.features();
        this.store = new IdempotencyStore(database);
        this.config = config;
        this.stats = stats;
    }

    /** Starts to delete expired keys, every {@code idempotency.cleaningInterval}. Any number of servers may do so. */
    public void startCleaning() {
        timer = vertx.setPeriodic(config.cleaningInterval().toMillis(), id -> {
            if (cleaning.isComplete()) {
                cleaning = clean(MOST_DELETIONS)
                        .onFailure(failure -> log.warn("Old answers could not be deleted: {}", failure.getMessage()));
            }
        });
    }

    /** Stops deleting, and completes when the current deletion ends. */
    public Future<Void> stopCleaning() {
        vertx.cancelTimer(timer);
        return cleaning.otherwiseEmpty();
    }

    @Override
    public Future<Answer> once(Named request, boolean commitsItself, Supplier<Future<Answer>> endpoint) {
        return once(request, commitsItself, endpoint, MOST_CLAIMS);
    }

    private Future<Answer> once(Named request, boolean commitsItself, Supplier<Future<Answer>> endpoint, int claims) {
        long claim = ThreadLocalRandom.current().nextLong();
        return store.claim(request, claim, config.lease())
                .onFailure(failure -> freeLater(request, claim))
                .compose(claimed -> {
                    if (claimed) {
                        return run(request, claim, commitsItself, endpoint);
                    }
                    return store.find(request).compose(known -> {
                        if (known == null && claims > 1) {
                            return once(request, commitsItself, endpoint, claims - 1);
                        }
                        if (known != null && !known.same()) {
                            stats.counted(Outcome.REUSED);
                            return Future.failedFuture(Problem.of(
                                            ProblemType.IDEMPOTENCY_KEY_REUSED,
                                            "This Idempotency-Key was sent with another request; use a new one.")
                                    .exception());
                        }
                        if (known == null || known.answer() == null) {
                            stats.counted(Outcome.RUNNING);
                            return Future.failedFuture(stillRunning());
                        }
                        stats.counted(Outcome.REPLAYED);
                        return Future.succeededFuture(known.answer());
                    });
                });
    }

    /**
     * Perhaps only the reply to the claim was lost; then the key would block retries until the lease ends. Runs a
     * moment later, because the pool might still hand out the lost connection.
     */
    private void freeLater(Named request, long claim) {
        vertx.timer(RELEASE_DELAY_MILLIS)
                .compose(done -> store.release(request, claim))
                .onFailure(failure -> log.warn(
                        "A request with an Idempotency-Key may have to wait for the end of its lease: {}",
                        failure.getMessage()));
    }

    private Future<Answer> run(Named request, long claim, boolean commitsItself, Supplier<Future<Answer>> endpoint) {
        Future<Answer> answer = commitsItself
                ? begin(endpoint).compose(done -> settle(request, claim, done)
                        .otherwise(failure -> {
                            log.warn(
                                    "The answer to a request with an Idempotency-Key was not kept: {}",
                                    failure.getMessage());
                            return Outcome.LOST;
                        })
                        .map(outcome -> counted(outcome, done)))
                : pool.together(request.businessId(), transaction -> begin(endpoint)
                                .compose(done ->
                                        settle(request, claim, done).map(outcome -> new Settled(done, outcome))))
                        .map(settled -> counted(settled.outcome(), settled.answer()));
        return answer.recover(
                failure -> refuse(request, claim, failure).transform(done -> Future.failedFuture(failure)));
    }

    /** An answer that is sent only after its transaction is committed. */
    private record Settled(Answer answer, Outcome outcome) {}

    private Answer counted(Outcome outcome, Answer answer) {
        stats.counted(outcome);
        return answer;
    }

    private static Future<Answer> begin(Supplier<Future<Answer>> endpoint) {
        try {
            return endpoint.get();
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    /**
     * Keeps the answer, or frees the key if the answer cannot be kept. Fails if another request holds the key by now.
     */
    private Future<Outcome> settle(Named request, long claim, Answer answer) {
        if (!(answer instanceof Answer.Json json) || json.body().length() > config.maxAnswerBytes()) {
            return store.release(request, claim).map(Outcome.LOST);
        }
        return store.keep(request, claim, new Replayed(200, json.body()), config.retention())
                .map(kept -> {
                    if (!kept) {
                        throw stillRunning();
                    }
                    return Outcome.KEPT;
                });
    }

    /**
     * Keeps a refusal that every retry would get, or frees the key: other refusals depend on data that may have changed
     * by the next attempt. Nothing was written.
     */
    private Future<Void> refuse(Named request, long claim, Throwable failure) {
        Future<Outcome> settled =
                failure instanceof ProblemException known && known.problem().type() == ProblemType.INVALID_REQUEST
                        ? store.keep(request, claim, Replayed.of(known.problem()), config.retention())
                                .map(Outcome.KEPT)
                        : store.release(request, claim).map(Outcome.RELEASED);
        return settled.onSuccess(stats::counted)
                .onFailure(unsettled -> freeLater(request, claim))
                .otherwise(Outcome.RELEASED)
                .mapEmpty();
    }

    private Future<Void> clean(int deletions) {
        return store.forget(DELETED_AT_ONCE)
                .compose(deleted ->
                        deleted < DELETED_AT_ONCE || deletions <= 1 ? Future.succeededFuture() : clean(deletions - 1));
    }

    private static ProblemException stillRunning() {
        return Problem.of(
                        ProblemType.CONFLICT,
                        "The first request with this Idempotency-Key is still running; send it again shortly.")
                .retryAfter(RETRY_AFTER_SECONDS)
                .exception();
    }
}
