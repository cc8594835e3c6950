package com.quotient.auth;

import com.quotient.Config;
import com.quotient.DatabaseClock;
import com.quotient.auth.Check.Question;
import com.quotient.auth.RateLimits.Allowance;
import com.quotient.keys.KeyRecord;
import com.quotient.keys.KeyTier;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import com.quotient.usage.UseOutcome;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.auth.authentication.TokenCredentials;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Stands before every endpoint: who calls, and may they? Used by one event loop. */
public final class ApiKeyHandler {
    private static final String SCHEME = "Bearer ";

    private final ApiKeyProvider provider;
    private final RateLimits rateLimits;
    private final DatabaseClock clock;
    private final ValidationStats stats;
    private final boolean secretInBrowserRefused;

    public ApiKeyHandler(
            ApiKeyProvider provider,
            RateLimits rateLimits,
            DatabaseClock clock,
            ValidationStats stats,
            Config.Auth config) {
        this.provider = provider;
        this.rateLimits = rateLimits;
        this.clock = clock;
        this.stats = stats;
        this.secretInBrowserRefused = config.secretKeyInBrowser() == Config.SecretKeyInBrowser.REFUSE;
    }

    /** The caller of the one {@code Authorization: Bearer} header (RFC 6750); fails with {@link Refused}. */
    public Future<Caller> identify(MultiMap headers) {
        List<String> given = headers.getAll(HttpHeaders.AUTHORIZATION);
        if (given.size() != 1 || !given.get(0).regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            stats.count(null, Outcome.MALFORMED);
            return Future.failedFuture(new Refused(Outcome.MALFORMED, Refusals.MISSING));
        }
        return identify(given.get(0).substring(SCHEME.length()));
    }

    /** The caller of a key; fails with {@link Refused}. */
    public Future<Caller> identify(String key) {
        return provider.authenticate(new TokenCredentials(key)).map(Caller.class::cast);
    }

    /** The caller of a key that a page sent in the body of a beacon, where only public keys may be. */
    public Future<Caller> identifyInBody(@Nullable String key, RequestFacts facts) {
        if (key == null) {
            stats.count(null, Outcome.MALFORMED);
            return Future.failedFuture(new Refused(Outcome.MALFORMED, Refusals.MISSING));
        }
        return identify(key).compose(caller -> {
            if (caller.key().tier() == KeyTier.PUBLIC) {
                return Future.succeededFuture(caller);
            }
            caller.notes().seenInBrowser(facts.clientAddress(), facts.origin());
            return Future.failedFuture(counted(caller, new Refused(Outcome.BROWSER, Refusals.secretInBrowser())));
        });
    }

    /**
     * Asks every {@link Check} in order, then takes one request from the key's rate limit.
     *
     * @return what is left of the limit, or null when the key has none
     * @throws Refused at the first check that fails
     */
    public @Nullable Allowance admit(Caller caller, RequestFacts facts, Access access) {
        long now = clock.millis();
        Question question = new Question(caller, facts, access, now, secretInBrowserRefused);
        if (question.isSecretInBrowser()) {
            caller.notes().seenInBrowser(facts.clientAddress(), facts.origin());
        }
        Refused refusal = Check.firstRefusal(question);
        if (refusal != null) {
            throw counted(caller, refusal);
        }
        Allowance allowance = take(caller);
        stats.count(caller.key().tier(), Outcome.ACCEPTED);
        caller.notes().used(now);
        return allowance;
    }

    private @Nullable Allowance take(Caller caller) {
        KeyRecord key = caller.key();
        if (caller.bucket() == null || key.rateLimit() == null) {
            return null;
        }
        Allowance allowance = rateLimits.take(caller.bucket(), key.rateLimit());
        if (!allowance.allowed()) {
            Problem problem = Problem.of(
                            ProblemType.RATE_LIMITED,
                            "The API key has used up its " + key.rateLimit().limit() + " requests in "
                                    + key.rateLimit().windowSeconds() + " seconds; try again later.")
                    .retryAfter(Math.max(1, allowance.retryAfterSeconds()))
                    .withHeader("RateLimit", allowance.header())
                    .withHeader("RateLimit-Policy", allowance.policyHeader());
            throw counted(caller, new Refused(Outcome.RATE_LIMITED, problem));
        }
        return allowance;
    }

    private Refused counted(Caller caller, Refused refusal) {
        stats.count(caller.key().tier(), refusal.outcome());
        caller.notes().ended(refusal.outcome() == Outcome.RATE_LIMITED ? UseOutcome.RATE_LIMITED : UseOutcome.REFUSED);
        return refusal;
    }
}
