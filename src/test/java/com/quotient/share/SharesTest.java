package com.quotient.share;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import com.quotient.share.Shares.Limits;
import com.quotient.testing.Eventually;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.junit5.VertxExtension;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VertxExtension.class)
class SharesTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private Vertx vertx;
    private final List<String> entered = Collections.synchronizedList(new ArrayList<>());

    @BeforeEach
    void take(Vertx vertx) {
        this.vertx = vertx;
    }

    @Test
    void businessHasNoMoreThanItsPart() {
        Shares shares = shares(4, 0.5, LONG);

        Promise<Void> one = occupy(shares, "a");
        occupy(shares, "a");
        occupy(shares, "a");
        occupy(shares, "b");

        assertThat(entered).containsExactly("a", "a", "b");
        one.complete();
        waitFor("a", "a", "b", "a");
        assertThat(shares.taken()).isEqualTo(3);
    }

    @Test
    void freePlacesGoToTheBusinessesInTurn() {
        Shares shares = shares(1, 1, LONG);
        Promise<Void> first = occupy(shares, "a");
        for (int i = 0; i < 3; i++) {
            shares.take("a", () -> enter("a"));
        }
        shares.take("b", () -> enter("b"));
        shares.take("c", () -> enter("c"));

        first.complete();

        waitFor("a", "b", "c", "a", "a", "a");
        Eventually.eventually(DEADLINE, () -> assertThat(shares.taken()).isZero());
    }

    @Test
    void placeIsFreeAgainHoweverTheWorkEnds() {
        Shares shares = shares(1, 1, LONG);

        assertThat(shares.take("a", () -> Future.failedFuture("broken")).failed())
                .isTrue();
        Future<Void> thrown = shares.take("a", () -> {
            throw new IllegalStateException("broken");
        });
        assertThat(thrown.cause()).isInstanceOf(IllegalStateException.class);
        assertThat(shares.take("a", () -> Future.succeededFuture(1)).result()).isEqualTo(1);
        assertThat(shares.taken()).isZero();
    }

    @Test
    void whoWaitsTooLongIsRefusedAndTakesNoPlaceLater() {
        Shares shares = shares(2, 0.5, Duration.ofMillis(20));
        Promise<Void> first = occupy(shares, "a");

        Future<Void> late = shares.take("a", () -> enter("late"));
        Eventually.eventually(DEADLINE, () -> assertThat(late.isComplete()).isTrue());

        assertThat(problem(late)).isEqualTo(ProblemType.OVERLOADED);
        assertThat(((ProblemException) late.cause()).problem().headers()).containsEntry("Retry-After", "1");
        assertThat(shares.refused()).isEqualTo(1);
        assertThat(shares.waiting()).isZero();
        first.complete();
        assertThat(entered).containsExactly("a");
        assertThat(shares.taken()).isZero();
    }

    @Test
    void queueIsBoundedForEachBusinessAndInAll() {
        Shares shares = new Shares(vertx, "test", new Limits(1, 1, 3, 2, LONG));
        occupy(shares, "a");
        shares.take("a", () -> enter("a"));
        shares.take("a", () -> enter("a"));

        assertThat(problem(shares.take("a", () -> enter("a")))).isEqualTo(ProblemType.OVERLOADED);
        shares.take("b", () -> enter("b"));
        assertThat(problem(shares.take("c", () -> enter("c")))).isEqualTo(ProblemType.OVERLOADED);
        assertThat(shares.waiting()).isEqualTo(3);
    }

    @Test
    void workRunsOnTheContextOfWhoAsked() {
        Shares shares = shares(1, 1, LONG);
        Promise<Void> first = occupy(shares, "a");
        Context context = vertx.getOrCreateContext();
        Promise<Context> seen = Promise.promise();
        Promise<Void> asked = Promise.promise();
        context.runOnContext(ready -> {
            shares.take("b", () -> {
                seen.complete(Vertx.currentContext());
                return Future.succeededFuture();
            });
            asked.complete();
        });
        asked.future().await();

        vertx.getOrCreateContext().runOnContext(elsewhere -> first.complete());

        assertThat(seen.future().await()).isSameAs(context);
    }

    @Test
    void manyAtOnceNeitherExceedTheLimitsNorLeaveAnythingBehind() {
        Shares shares = shares(8, 0.5, Duration.ofMillis(50));
        Random random = new Random(7);
        AtomicInteger under = new AtomicInteger();
        AtomicInteger max = new AtomicInteger();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            String business = "b" + random.nextInt(5);
            long millis = 1L + random.nextInt(3);
            Promise<Void> done = Promise.promise();
            all.add(done.future());
            vertx.getOrCreateContext().runOnContext(ready -> shares.take(business, () -> {
                        max.accumulateAndGet(under.incrementAndGet(), Math::max);
                        return vertx.timer(millis).onComplete(end -> under.decrementAndGet());
                    })
                    .onComplete(end -> done.complete()));
        }

        Future.all(all).await();

        assertThat(max.get()).isBetween(1, 8);
        assertThat(shares.taken()).isZero();
        assertThat(shares.waiting()).isZero();
    }

    private Shares shares(int places, double part, Duration wait) {
        return new Shares(vertx, "test", Limits.of(places, part, 100, wait));
    }

    private Promise<Void> occupy(Shares shares, String business) {
        Promise<Void> end = Promise.promise();
        shares.take(business, () -> {
            entered.add(business);
            return end.future();
        });
        return end;
    }

    private Future<Void> enter(String business) {
        entered.add(business);
        return Future.succeededFuture();
    }

    private void waitFor(String... businesses) {
        Eventually.eventually(DEADLINE, () -> assertThat(entered).containsExactly(businesses));
    }

    private static ProblemType problem(Future<?> refused) {
        return ((ProblemException) refused.cause()).problem().type();
    }
}
