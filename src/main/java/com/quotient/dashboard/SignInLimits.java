package com.quotient.dashboard;

import com.google.common.base.Ticker;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import com.quotient.config.DashboardConfig;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Limits failed sign-ins per account and per network. An attempt is counted before its password is checked, so that
 * concurrent attempts count too; the right password takes its attempt back. Thread-safe.
 */
final class SignInLimits {
    /** Maximum accounts and networks to remember; new ones displace the oldest. */
    private static final int MAX_COUNTED = 20_000;

    private final DashboardConfig config;
    private final Cache<String, Attempts> accounts;
    private final Cache<String, Attempts> networks;
    private final Ticker ticker;

    SignInLimits(DashboardConfig config, Ticker ticker) {
        this.config = config;
        this.ticker = ticker;
        this.accounts = cache();
        this.networks = cache();
    }

    record Attempts(long startedNanos, AtomicInteger count) {}

    /** An attempt that was admitted. */
    record Attempt(Attempts account, Attempts network) {
        /** Takes the attempt back, because it was no failure. */
        void forgive() {
            account.count().decrementAndGet();
            network.count().decrementAndGet();
        }
    }

    /**
     * Counts an attempt.
     *
     * @throws com.quotient.problem.ProblemException 429 when there were too many
     */
    Attempt begin(String account, String network) {
        Attempts ofNetwork = take(networks, network, config.signInAttemptsPerAddress());
        return new Attempt(take(accounts, account, config.signInAttempts()), ofNetwork);
    }

    private Attempts take(Cache<String, Attempts> counted, String name, int most) {
        long now = ticker.read();
        Attempts attempts = counted.asMap().computeIfAbsent(name, key -> new Attempts(now, new AtomicInteger()));
        if (attempts.count().incrementAndGet() > most) {
            attempts.count().decrementAndGet();
            long left = config.signInWindow().toNanos() - (now - attempts.startedNanos());
            throw Problem.of(
                            ProblemType.RATE_LIMITED,
                            "There were too many attempts to sign in; wait "
                                    + (TimeUnit.NANOSECONDS.toMinutes(left) + 1) + " minutes and try again.")
                    .retryAfter(Math.max(1, TimeUnit.NANOSECONDS.toSeconds(left) + 1))
                    .exception();
        }
        return attempts;
    }

    private Cache<String, Attempts> cache() {
        return CacheBuilder.newBuilder()
                .maximumSize(MAX_COUNTED)
                .expireAfterWrite(config.signInWindow())
                .ticker(ticker)
                .build();
    }
}
