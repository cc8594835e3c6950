package com.quotient.auth;

import com.quotient.keys.KeyRecord;
import com.quotient.keys.KeyStatus;
import com.quotient.keys.KeyTier;
import com.quotient.keys.Scope;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a known key must pass before a request may have any effect, in the order in which it is asked. */
public enum Check {
    REVOKED(Outcome.REVOKED) {
        @Override
        public @Nullable Problem refuse(Question question) {
            return question.key().status() == KeyStatus.REVOKED
                    ? Refusals.unusable("revoked", "The API key was revoked; use another one.")
                    : null;
        }
    },
    DISABLED(Outcome.DISABLED) {
        @Override
        public @Nullable Problem refuse(Question question) {
            return question.key().status() == KeyStatus.DISABLED
                    ? Refusals.unusable("disabled", "The API key is disabled; enable it or use another one.")
                    : null;
        }
    },
    EXPIRED(Outcome.EXPIRED) {
        @Override
        public @Nullable Problem refuse(Question question) {
            return question.key().isExpired(question.nowMillis())
                    ? Refusals.unusable("expired", "The API key has expired; use another one.")
                    : null;
        }
    },
    /** Only a secret key's request shows a browser by its headers; a public key belongs there. */
    BROWSER(Outcome.BROWSER) {
        @Override
        public @Nullable Problem refuse(Question question) {
            return question.secretInBrowserRefused() && question.isSecretInBrowser()
                    ? Refusals.secretInBrowser()
                    : null;
        }
    },
    ORIGIN(Outcome.ORIGIN) {
        @Override
        public @Nullable Problem refuse(Question question) {
            KeyRecord key = question.key();
            if (key.tier() == KeyTier.SECRET
                    || key.origins().isUnrestricted()
                    || key.origins().allowsAny()) {
                return null;
            }
            RequestFacts facts = question.facts();
            String origin = facts.origin();
            if (origin == null) {
                return key.allowMissingOrigin()
                        ? null
                        : Problem.of(
                                ProblemType.ORIGIN_REQUIRED,
                                "The API key is bound to origins and the request carries no Origin header.");
            }
            if (facts.hasSeveralOrigins() || question.caller().matchOrigin(origin) == null) {
                return Problem.of(
                                ProblemType.ORIGIN_NOT_ALLOWED,
                                "The API key does not allow the origin of this request.")
                        .with("origin", origin);
            }
            return null;
        }
    },
    ADDRESS(Outcome.ADDRESS) {
        @Override
        public @Nullable Problem refuse(Question question) {
            KeyRecord key = question.key();
            return key.ips().isUnrestricted()
                            || key.ips().allows(question.facts().clientAddress())
                    ? null
                    : Problem.of(
                            ProblemType.IP_NOT_ALLOWED,
                            "The API key does not allow the network address of this request.");
        }
    },
    TIER(Outcome.TIER) {
        @Override
        public @Nullable Problem refuse(Question question) {
            return question.access().admits(question.key().tier())
                    ? null
                    : Problem.of(
                            ProblemType.KEY_TYPE_NOT_ALLOWED,
                            "A public (pk_) key may not call this endpoint; use a secret (sk_) key on a server.");
        }
    },
    SCOPE(Outcome.SCOPE) {
        @Override
        public @Nullable Problem refuse(Question question) {
            Scope needed = question.access().scope();
            return needed == null || question.key().holds(needed)
                    ? null
                    : Refusals.scopeMismatch(needed, question.key().scopes());
        }
    };

    private static final List<Check> IN_ORDER = List.of(values());

    /** How a validation that fails here is counted. */
    private final Outcome outcome;

    Check(Outcome outcome) {
        this.outcome = outcome;
    }

    /** The problem when the check fails, or null when it passes. */
    public abstract @Nullable Problem refuse(Question question);

    /** What the first check that fails says, or null when the key passes all of them. */
    static @Nullable Refused firstRefusal(Question question) {
        for (Check check : IN_ORDER) {
            Problem problem = check.refuse(question);
            if (problem != null) {
                return new Refused(check.outcome, problem);
            }
        }
        return null;
    }

    /** Everything a check may ask about. */
    public record Question(
            Caller caller, RequestFacts facts, Access access, long nowMillis, boolean secretInBrowserRefused) {
        KeyRecord key() {
            return caller.key();
        }

        boolean isSecretInBrowser() {
            return key().tier() == KeyTier.SECRET && (facts.origin() != null || facts.hasFetchMetadata());
        }
    }
}
