package com.quotient.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.config.Config;
import com.quotient.config.MemorySize;
import com.quotient.config.Settings;
import com.quotient.http.Budget.Kind;
import com.quotient.http.Budget.Reservation;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BudgetTest {
    /** 1000 bytes, 500 for a business, 250 for an address. */
    private final Budget budget = new Budget(Kind.BODIES, new MemorySize(1000), 0.5, 0.25, 100);

    @Test
    void noAddressHoldsMoreThanItsShare() {
        assertThat(budget.reservation("biz_a", "192.0.2.1").grow(250)).isTrue();
        assertThat(budget.reservation("biz_b", "192.0.2.1").grow(1)).isFalse();
        assertThat(budget.reservation("biz_b", "192.0.2.2").grow(1)).isTrue();
    }

    @Test
    void noBusinessAndNotAllUnknownCallersTogetherHoldMoreThanAShare() {
        for (String business : new String[] {"biz_a", null}) {
            String network = business == null ? "198.51.100." : "192.0.2.";
            assertThat(budget.reservation(business, network + 1).grow(250)).isTrue();
            assertThat(budget.reservation(business, network + 2).grow(250)).isTrue();
            assertThat(budget.reservation(business, network + 3).grow(1)).isFalse();
        }
        assertThat(budget.used()).isEqualTo(1000);
        assertThat(budget.reservation("biz_b", "203.0.113.1").grow(1)).isFalse();
        assertThat(budget.refused()).isEqualTo(3);
    }

    /** Who has a /64 of IPv6, as every subscriber of an access provider has, has one share. */
    @ParameterizedTest
    @CsvSource({"2001:db8::1,2001:db8::ffff:1,false", "2001:db8::1,2001:db8:0:1::1,true"})
    void addressesOfOneNetworkShareAShare(String one, String other, boolean fits) {
        assertThat(budget.reservation("biz_a", one).grow(250)).isTrue();
        assertThat(budget.reservation("biz_a", other).grow(1)).isEqualTo(fits);
    }

    @Test
    void requestThatDoesNotFitIsAskedToRetry() {
        assertThatThrownBy(() -> budget.reservation("biz_a", "192.0.2.1").require(251))
                .isInstanceOfSatisfying(ProblemException.class, refused -> {
                    assertThat(refused.problem().type()).isEqualTo(ProblemType.OVERLOADED);
                    assertThat(refused.problem().headers()).containsKey("Retry-After");
                });
        assertThat(budget.used()).isZero();
    }

    @Test
    void whatIsGivenBackCanBeTakenAgain() {
        Reservation reservation = budget.reservation("biz_a", "192.0.2.1");
        reservation.require(250);
        reservation.shrinkTo(100);
        assertThat(budget.used()).isEqualTo(100);
        assertThat(reservation.grow(150)).isTrue();
        assertThat(budget.holders()).isEqualTo(2);
        reservation.shrinkTo(0);
        reservation.shrinkTo(0);
        assertThat(budget.used()).isZero();
        assertThat(budget.holders()).as("who holds nothing takes no memory").isZero();
        assertThat(budget.reservation("biz_b", "192.0.2.1").grow(250)).isTrue();
    }

    @Test
    void whatIsGivenBackFreesNoMoreOfAnyShare() {
        Reservation first = budget.reservation("biz_a", "192.0.2.1");
        first.require(250);
        first.shrinkTo(100);
        assertThat(budget.reservation("biz_b", "192.0.2.1").grow(151))
                .as("of the address")
                .isFalse();

        budget.reservation("biz_a", "192.0.2.2").require(250);
        assertThat(budget.reservation("biz_a", "192.0.2.3").grow(151))
                .as("of the business")
                .isFalse();
        assertThat(budget.reservation("biz_a", "192.0.2.3").grow(150)).isTrue();
    }

    @Test
    void reservationGrowsToASizeOnceAndNeverShrinksByThat() {
        Reservation reservation = budget.reservation("biz_a", "192.0.2.1");

        assertThat(reservation.growTo(100)).isTrue();
        assertThat(reservation.growTo(100)).isTrue();
        assertThat(reservation.growTo(50)).isTrue();
        assertThat(budget.used()).isEqualTo(100);
        assertThat(reservation.growTo(251)).isFalse();
        assertThat(budget.used()).isEqualTo(100);
        assertThat(reservation.growTo(250)).isTrue();
        assertThat(budget.used()).isEqualTo(250);
    }

    /** A compressed body is held beside its inflated form. */
    @Test
    void shareHoldsOneOfTheLargestRequestsHoweverSmallItIs() {
        Config config = Settings.defaults()
                .with("budget.heads", "1MiB")
                .with("budget.bodies", "100MiB")
                .with("budget.maxBusinessShare", "0.001")
                .with("budget.maxAddressShare", "0.001")
                .with("http.maxHeaderBytes", "16384")
                .with("http.maxPublicBodyBytes", "2000000")
                .with("http.maxSecretBodyBytes", "3000000")
                .with("analytics.maxBatchBytes", "1000000")
                .config();
        Budgets budgets = new Budgets(config);

        assertThat(budgets.all()).extracting(Budget::kind).containsExactly(Kind.values());
        Reservation bodies = budgets.bodies().reservation("biz_a", "192.0.2.1");
        assertThat(bodies.grow(6_000_000)).isTrue();
        assertThat(bodies.grow(1)).isFalse();
        Reservation heads = budgets.heads().reservation(null, "192.0.2.1");
        assertThat(heads.grow(4 * 16384)).isTrue();
        assertThat(heads.grow(1)).isFalse();
    }

    @Test
    void threadsThatTakeAndGiveLeaveNothingBehind() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Random random = new Random(thread);
                Callable<?> work = () -> {
                    for (int i = 0; i < 20_000; i++) {
                        Reservation reservation =
                                budget.reservation("biz_" + random.nextInt(3), "192.0.2." + random.nextInt(3));
                        reservation.grow(random.nextInt(300));
                        assertThat(budget.used()).isLessThanOrEqualTo(1000 + 4 * 300);
                        reservation.grow(random.nextInt(300));
                        reservation.shrinkTo(0);
                    }
                    return null;
                };
                done.add(threads.submit(work));
            }
            for (Future<?> one : done) {
                one.get();
            }
        } finally {
            threads.shutdown();
        }
        assertThat(budget.used()).isZero();
        assertThat(budget.reservation("biz_0", "192.0.2.0").grow(250)).isTrue();
    }
}
