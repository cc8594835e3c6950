package com.quotient.auth;

import com.quotient.auth.Check.Question;
import com.quotient.auth.RateLimits.Allowance;
import com.quotient.config.AuthConfig;
import com.quotient.config.SecretKeyInBrowser;
import com.quotient.keys.KeyRecord;
import com.quotient.keys.KeyTier;
import com.quotient.keys.Scope;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import com.quotient.usage.UseOutcome;
import io.vertx.core.Future;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Authenticates and authorizes every request before its endpoint runs. Used by one event loop. */
public final class ApiKeyHandler {
    private static final String SCHEME = "Bearer ";

    /** The reason that is counted when the {@code Origin} header is missing rather than wrong. */
    private static final String ORIGIN_MISSING = "origin_missing";

    private final ApiKeyProvider provider;
    private final RateLimits rateLimits;
    private final ValidationStats stats;
    private final boolean secretInBrowserRefused;

    public ApiKeyHandler(ApiKeyProvider provider, RateLimits rateLimits, ValidationStats stats, AuthConfig config) {
        this.provider = provider;
        this.rateLimits = rateLimits;
        this.stats = stats;
        this.secretInBrowserRefused = config.secretKeyInBrowser() == SecretKeyInBrowser.REFUSE;
    }

    /**
     * The caller of the {@code Authorization: Bearer} header (RFC 6750). The future of a cached caller is already
     * completed. Fails with {@link Refused}.
     *
     * @param authorization its value; null when there is none or more than one
     */
    public Future<Caller> identify(@Nullable String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return missing();
        }
        // Any number of spaces may follow the scheme (RFC 9110 section 11.4).
        int key = SCHEME.length();
        while (key < authorization.length() && authorization.charAt(key) == ' ') {
            key++;
        }
        return provider.find(authorization.substring(key));
    }

    /** The caller of a key that a page sent in the body of a beacon. Only public keys are accepted there. */
    public Future<Caller> identifyInBody(@Nullable String key, RequestFacts facts) {
        if (key == null) {
            return missing();
        }
        return provider.find(key).compose(caller -> {
            if (caller.key().tier() == KeyTier.PUBLIC) {
                return Future.succeededFuture(caller);
            }
            caller.notes().seenInBrowser(facts.clientAddress(), facts.origin());
            return Future.failedFuture(
                    counted(caller, new Refused(Outcome.BROWSER, Refusals.SECRET_IN_BROWSER), facts, null));
        });
    }

    /**
     * Runs every {@link Check} in order, then takes one request from the key's rate limit. Restrictions on trial refuse
     * nothing; what they would have refused is counted.
     *
     * @return the state of the limit, or null if the key has none
     * @throws Refused at the first check that fails
     */
    public @Nullable Allowance admit(Caller caller, RequestFacts facts, Access access) {
        Question question = new Question(caller, facts, access, facts.receivedMillis(), secretInBrowserRefused);
        if (question.isSecretInBrowser()) {
            caller.notes().seenInBrowser(facts.clientAddress(), facts.origin());
        }
        Refused refusal = Check.firstRefusal(question);
        if (refusal != null) {
            throw counted(caller, refusal, facts, access.scope());
        }
        Allowance allowance = take(caller, facts);
        stats.count(caller.key().tier(), Outcome.ACCEPTED);
        Caller.Trial trial = caller.trial();
        if (trial != null) {
            tryOn(trial, facts, access);
        }
        caller.notes()
                .used(caller.lastOrigin(facts.origin()), facts.routeName(), facts.userAgent(), facts.receivedMillis());
        return allowance;
    }

    private void tryOn(Caller.Trial trial, RequestFacts facts, Access access) {
        Refused refusal = Check.firstRefusal(
                new Question(trial.proposed(), facts, access, facts.receivedMillis(), secretInBrowserRefused));
        if (refusal != null) {
            Outcome outcome = refusal.outcome();
            trial.proposed()
                    .notes()
                    .wouldBeRefused(
                            trial.since(),
                            reason(outcome, facts),
                            subject(outcome, facts, access.scope()),
                            facts.routeName(),
                            facts.receivedMillis());
        }
    }

    private Future<Caller> missing() {
        stats.count(null, Outcome.MALFORMED);
        return Future.failedFuture(new Refused(Outcome.MALFORMED, Refusals.MISSING));
    }

    private @Nullable Allowance take(Caller caller, RequestFacts facts) {
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
            throw counted(caller, new Refused(Outcome.RATE_LIMITED, problem), facts, null);
        }
        return allowance;
    }

    private Refused counted(Caller caller, Refused refusal, RequestFacts facts, @Nullable Scope needed) {
        Outcome outcome = refusal.outcome();
        stats.count(caller.key().tier(), outcome);
        caller.notes()
                .refused(
                        outcome == Outcome.RATE_LIMITED ? UseOutcome.RATE_LIMITED : UseOutcome.REFUSED,
                        reason(outcome, facts),
                        subject(outcome, facts, needed),
                        facts.routeName(),
                        facts.receivedMillis());
        return refusal;
    }

    private static String reason(Outcome outcome, RequestFacts facts) {
        return outcome == Outcome.ORIGIN && facts.origin() == null ? ORIGIN_MISSING : outcome.label();
    }

    /** What an administrator needs to decide whether the request should have been allowed, or empty. */
    private static String subject(Outcome outcome, RequestFacts facts, @Nullable Scope needed) {
        String subject =
                switch (outcome) {
                    case ORIGIN, BROWSER -> facts.origin();
                    case ADDRESS -> facts.clientAddress();
                    case SCOPE -> needed == null ? null : needed.name();
                    default -> null;
                };
        return Objects.requireNonNullElse(subject, "");
    }
}
