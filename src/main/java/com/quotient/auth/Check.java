package com.quotient.auth;

import com.quotient.keys.KeyRecord;
import com.quotient.keys.KeyStatus;
import com.quotient.keys.KeyTier;
import com.quotient.keys.Scope;
import com.quotient.problem.Problem;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The checks that a known key must pass before a request may have any effect, in order. */
public enum Check {
    REVOKED(Outcome.REVOKED) {
        @Override
        boolean concerns(KeyRecord key) {
            return key.status() == KeyStatus.REVOKED;
        }

        @Override
        Problem refuse(Question question) {
            return Refusals.REVOKED;
        }
    },
    DISABLED(Outcome.DISABLED) {
        @Override
        boolean concerns(KeyRecord key) {
            return key.status() == KeyStatus.DISABLED;
        }

        @Override
        Problem refuse(Question question) {
            return Refusals.DISABLED;
        }
    },
    EXPIRED(Outcome.EXPIRED) {
        @Override
        boolean concerns(KeyRecord key) {
            return key.expiresAtMillis() != KeyRecord.NEVER;
        }

        @Override
        @Nullable
        Problem refuse(Question question) {
            return question.key().isExpired(question.nowMillis()) ? Refusals.EXPIRED : null;
        }
    },
    /** Only for private keys: a public key belongs in a browser. */
    BROWSER(Outcome.BROWSER) {
        @Override
        boolean concerns(KeyRecord key) {
            return key.tier() == KeyTier.SECRET;
        }

        @Override
        @Nullable
        Problem refuse(Question question) {
            return question.secretInBrowserRefused() && question.isSecretInBrowser()
                    ? Refusals.SECRET_IN_BROWSER
                    : null;
        }
    },
    ORIGIN(Outcome.ORIGIN) {
        @Override
        boolean concerns(KeyRecord key) {
            return key.tier() == KeyTier.PUBLIC
                    && !key.origins().isUnrestricted()
                    && !key.origins().allowsAny();
        }

        @Override
        @Nullable
        Problem refuse(Question question) {
            RequestFacts facts = question.facts();
            String origin = facts.origin();
            if (origin == null) {
                return question.key().allowMissingOrigin() ? null : Refusals.ORIGIN_REQUIRED;
            }
            return facts.hasSeveralOrigins() || question.caller().matchOrigin(origin) == null
                    ? Refusals.originNotAllowed(origin)
                    : null;
        }
    },
    ADDRESS(Outcome.ADDRESS) {
        @Override
        boolean concerns(KeyRecord key) {
            return !key.ips().isUnrestricted();
        }

        @Override
        @Nullable
        Problem refuse(Question question) {
            return question.key().ips().allows(question.facts().clientAddress()) ? null : Refusals.ADDRESS_NOT_ALLOWED;
        }
    },
    TIER(Outcome.TIER) {
        @Override
        boolean concerns(KeyRecord key) {
            return key.tier() == KeyTier.PUBLIC;
        }

        @Override
        @Nullable
        Problem refuse(Question question) {
            return question.access().admits(question.key().tier()) ? null : Refusals.PUBLIC_KEY_NOT_ALLOWED;
        }
    },
    SCOPE(Outcome.SCOPE) {
        @Override
        boolean concerns(KeyRecord key) {
            return true;
        }

        @Override
        @Nullable
        Problem refuse(Question question) {
            Scope needed = question.access().scope();
            return needed == null || question.key().holds(needed)
                    ? null
                    : Refusals.scopeMismatch(needed, question.key().scopes());
        }
    };

    private static final Map<List<Check>, List<Check>> COMBINATIONS = new ConcurrentHashMap<>();

    /** The outcome under which a failure of this check is counted. */
    private final Outcome outcome;

    Check(Outcome outcome) {
        this.outcome = outcome;
    }

    /** Whether a request with this key can fail this check. Checks that cannot fail are skipped. */
    abstract boolean concerns(KeyRecord key);

    /** The problem, or null if the check passes. Called only for keys that it concerns. */
    abstract @Nullable Problem refuse(Question question);

    /** The problem, or null if the check passes. */
    public final @Nullable Problem ask(Question question) {
        return concerns(question.key()) ? refuse(question) : null;
    }

    /** The checks that concern a key, in order. Keys of one kind share one list. */
    static List<Check> concerning(KeyRecord key) {
        return COMBINATIONS.computeIfAbsent(
                Stream.of(values()).filter(check -> check.concerns(key)).toList(), same -> same);
    }

    /** The refusal of the first check that fails, or null if all pass. */
    static @Nullable Refused firstRefusal(Question question) {
        List<Check> checks = question.caller().checks();
        for (int i = 0; i < checks.size(); i++) {
            Check check = checks.get(i);
            Problem problem = check.refuse(question);
            if (problem != null) {
                return new Refused(check.outcome, problem);
            }
        }
        return null;
    }

    /** The input of a check. */
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
