package com.quotient.idempotency;

import com.quotient.config.Config;
import com.quotient.db.Database;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps answers in Postgres, so that every pod knows them. A request claims its name before it runs, for the time of a lease:
 * when its pod dies, the name is free again after that. Answers that say nothing definite, too large ones and streams are
 * not kept; the name is then free at once. Any thread may use it.
 *
 * <p>The answer is kept after the endpoint has done its work, in a transaction of its own. A pod that dies between the two
 * leaves work that was done and is done once more if the request is sent again after the lease.
 */
public final class KeptAnswers implements Idempotency {
    private static final Logger log = LoggerFactory.getLogger(KeptAnswers.class);

    /** A name may be freed between the attempt to claim it and the look at who has it, but hardly again and again. */
    private static final int MOST_CLAIMS = 3;

    private static final int DELETED_AT_ONCE = 1000;
    private static final int MOST_DELETIONS = 100;
    private static final int RETRY_AFTER_SECONDS = 1;
    private static final long RELEASE_DELAY_MILLIS = 100;

    private final Vertx vertx;
    private final IdempotencyStore store;
    private final Config.Idempotency config;
    private final IdempotencyStats stats;
    private volatile Future<Void> cleaning = Future.succeededFuture();
    private volatile long timer = -1;

    public KeptAnswers(Vertx vertx, Database database, Config.Idempotency config, IdempotencyStats stats) {
        this.vertx = vertx;
        this.store = new IdempotencyStore(database);
        this.config = config;
        this.stats = stats;
    }

    /** From now on deletes what is over, every {@code idempotency.cleaningInterval}. Any number of pods may do so. */
    public void startCleaning() {
        timer = vertx.setPeriodic(config.cleaningInterval().toMillis(), id -> {
            if (cleaning.isComplete()) {
                cleaning = clean(MOST_DELETIONS)
                        .onFailure(failure -> log.warn("Old answers could not be deleted: {}", failure.getMessage()));
            }
        });
    }

    /** Deletes no more, and ends with what is under way. */
    public Future<Void> stopCleaning() {
        vertx.cancelTimer(timer);
        return cleaning.otherwiseEmpty();
    }

    @Override
    public Future<Answer> once(Named request, Supplier<Future<Answer>> endpoint) {
        return once(request, endpoint, MOST_CLAIMS);
    }

    private Future<Answer> once(Named request, Supplier<Future<Answer>> endpoint, int claims) {
        long claim = ThreadLocalRandom.current().nextLong();
        return store.claim(request, claim, config.lease())
                .onFailure(failure -> freeLater(request, claim))
                .compose(claimed -> {
                    if (claimed) {
                        return run(request, claim, endpoint);
                    }
                    return store.find(request).compose(known -> {
                        if (known == null && claims > 1) {
                            return once(request, endpoint, claims - 1);
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
     * Only the reply to the claim may have been lost, and then nobody could send the request again before the lease is over.
     * Not at once, because the pool would give out the very connection that was lost, and nobody waits for it.
     */
    private void freeLater(Named request, long claim) {
        vertx.timer(RELEASE_DELAY_MILLIS)
                .compose(done -> store.release(request, claim))
                .onFailure(failure -> log.warn(
                        "A request with an Idempotency-Key may have to wait for the end of its lease: {}",
                        failure.getMessage()));
    }

    private Future<Answer> run(Named request, long claim, Supplier<Future<Answer>> endpoint) {
        Future<Answer> answer;
        try {
            answer = endpoint.get();
        } catch (RuntimeException e) {
            answer = Future.failedFuture(e);
        }
        return answer.transform(
                done -> settle(request, claim, done.result(), done.cause()).transform(settled -> {
                    stats.counted(settled.succeeded() ? settled.result() : Outcome.LOST);
                    if (settled.failed()) {
                        log.warn(
                                "What came of a request with an Idempotency-Key could not be stored: {}",
                                settled.cause().getMessage());
                    }
                    return done.succeeded() ? Future.succeededFuture(done.result()) : Future.failedFuture(done.cause());
                }));
    }

    /** Keeps what came of a request, or frees its name when the next attempt may be answered differently. */
    private Future<Outcome> settle(Named request, long claim, @Nullable Answer answer, @Nullable Throwable failure) {
        Replayed definite = definite(answer, failure);
        if (definite != null && definite.body().length() <= config.maxAnswerBytes()) {
            return store.keep(request, claim, definite, config.retention()).map(Outcome.KEPT);
        }
        boolean lost = definite != null || answer != null;
        return store.release(request, claim).map(lost ? Outcome.LOST : Outcome.RELEASED);
    }

    /** What every repetition would be answered; null when that is not known, or is no text. */
    private static @Nullable Replayed definite(@Nullable Answer answer, @Nullable Throwable failure) {
        if (answer instanceof Answer.Json json) {
            return new Replayed(200, json.body());
        }
        // All other refusals depend on what there is, which may be something else the next time; nothing was done.
        return failure instanceof ProblemException known && known.problem().type() == ProblemType.INVALID_REQUEST
                ? Replayed.of(known.problem())
                : null;
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
