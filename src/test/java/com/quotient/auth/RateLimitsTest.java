package com.quotient.auth;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.auth.RateLimits.Allowance;
import com.quotient.auth.RateLimits.Bucket;
import com.quotient.keys.RateLimit;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateLimitsTest {
    private final AtomicLong nanos = new AtomicLong(-5_000_000_000L);
    private final AtomicInteger pods = new AtomicInteger(1);
    private final RateLimits limits = new RateLimits(nanos::get, pods::get);
    private final Bucket bucket = limits.bucket("key_1");

    @ParameterizedTest
    @CsvSource({"1,1", "3,60", "100,1", "1000,3600", "7,86400"})
    void burstIsTheLimitAndNoMore(int limit, int seconds) {
        RateLimit rateLimit = new RateLimit(limit, seconds);

        assertThat(takeAll(bucket, rateLimit)).isEqualTo(limit);
    }

    @Test
    void everyAnswerTellsWhatIsLeft() {
        RateLimit limit = new RateLimit(3, 60);

        assertThat(limits.take(bucket, limit)).isEqualTo(new Allowance(true, limit, 2, 20, 0));
        assertThat(limits.take(bucket, limit)).isEqualTo(new Allowance(true, limit, 1, 40, 0));
        assertThat(limits.take(bucket, limit)).isEqualTo(new Allowance(true, limit, 0, 60, 0));
        assertThat(limits.take(bucket, limit)).isEqualTo(new Allowance(false, limit, 0, 60, 20));
    }

    @Test
    void waitingForRetryAfterIsEnough() {
        RateLimit limit = new RateLimit(3, 60);
        takeAll(bucket, limit);

        advance(Duration.ofMillis(19_900));
        assertThat(limits.take(bucket, limit).allowed()).isFalse();
        assertThat(limits.take(bucket, limit).retryAfterSeconds()).isEqualTo(1);
        advance(Duration.ofSeconds(1));
        assertThat(limits.take(bucket, limit).allowed()).isTrue();
        assertThat(limits.take(bucket, limit).allowed()).isFalse();
    }

    @Test
    void refusalsCostNothing() {
        RateLimit limit = new RateLimit(3, 60);
        takeAll(bucket, limit);
        for (int i = 0; i < 1000; i++) {
            limits.take(bucket, limit);
        }

        advance(Duration.ofSeconds(60));

        assertThat(takeAll(bucket, limit)).isEqualTo(3);
    }

    @Test
    void longPauseSavesNoMoreThanTheLimit() {
        RateLimit limit = new RateLimit(5, 10);
        takeAll(bucket, limit);

        advance(Duration.ofDays(365));

        assertThat(takeAll(bucket, limit)).isEqualTo(5);
    }

    @Test
    void steadyCallerGetsTheLimitInEachWindow() {
        RateLimit limit = new RateLimit(10, 1);
        takeAll(bucket, limit);
        int allowed = 0;
        for (int i = 0; i < 10_000; i++) {
            advance(Duration.ofMillis(1));
            allowed += limits.take(bucket, limit).allowed() ? 1 : 0;
        }

        assertThat(allowed).isBetween(99, 100);
    }

    @Test
    void limitIsSharedByTheLiveServers() {
        RateLimit limit = new RateLimit(100, 60);
        pods.set(4);

        assertThat(takeAll(bucket, limit)).isEqualTo(25);
        advance(Duration.ofSeconds(60));
        Allowance first = limits.take(bucket, limit);
        assertThat(first.remaining()).as("over all pods").isEqualTo(96);
    }

    @Test
    void moreServersThanRequestsStillAdmitSome() {
        RateLimit limit = new RateLimit(2, 10);
        pods.set(8);

        assertThat(takeAll(bucket, limit)).isEqualTo(1);
        advance(Duration.ofSeconds(39));
        assertThat(limits.take(bucket, limit).allowed()).isFalse();
        advance(Duration.ofSeconds(1));
        assertThat(limits.take(bucket, limit).allowed()).isTrue();
    }

    @Test
    void podThatIsLeftAloneGetsTheWholeLimit() {
        RateLimit limit = new RateLimit(100, 60);
        pods.set(4);
        takeAll(bucket, limit);

        pods.set(1);
        advance(Duration.ofSeconds(60));

        assertThat(takeAll(bucket, limit)).isEqualTo(100);
    }

    @Test
    void oneKeyHasOneBucketAndAnotherItsOwn() {
        RateLimit limit = new RateLimit(2, 60);

        assertThat(limits.bucket("key_1")).isSameAs(bucket);
        takeAll(bucket, limit);
        assertThat(takeAll(limits.bucket("key_2"), limit)).isEqualTo(2);
    }

    @Test
    void headersFollowTheDraft() {
        Allowance allowance = new Allowance(true, new RateLimit(100, 60), 42, 35, 0);

        assertThat(allowance.header()).isEqualTo("\"default\";r=42;t=35");
        assertThat(allowance.policyHeader()).isEqualTo("\"default\";q=100;w=60");
    }

    private void advance(Duration duration) {
        nanos.addAndGet(duration.toNanos());
    }

    private int takeAll(Bucket from, RateLimit limit) {
        int taken = 0;
        while (limits.take(from, limit).allowed()) {
            taken++;
        }
        return taken;
    }
}
