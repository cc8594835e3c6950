package com.quotient.auth;

import com.quotient.keys.Scope;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import java.util.List;

/** The problems a caller without a usable key is told, with the challenges of RFC 6750. */
public final class Refusals {
    private static final String CHALLENGE = "WWW-Authenticate";
    private static final String REALM = "Bearer realm=\"quotient\"";

    /** No key, or more than one. RFC 6750 section 3.1: without a token the challenge names no error. */
    static final Problem MISSING = Problem.of(
                    ProblemType.UNAUTHORIZED,
                    "An API key is required; send it once, as \"Authorization: Bearer <key>\".")
            .withHeader(CHALLENGE, REALM);

    /** Unknown, malformed and deleted keys are told the same, byte for byte. */
    static final Problem INVALID = Problem.of(ProblemType.UNAUTHORIZED, "The API key is not valid.")
            .withHeader(CHALLENGE, REALM + ", error=\"invalid_token\"");

    static final Problem UNKNOWABLE = Problem.of(
                    ProblemType.UNAVAILABLE, "The API key cannot be checked at the moment; try again shortly.")
            .retryAfter(1);

    private Refusals() {}

    static Problem unusable(String reason, String detail) {
        return Problem.of(ProblemType.UNAUTHORIZED, detail)
                .with("reason", reason)
                .withHeader(CHALLENGE, REALM + ", error=\"invalid_token\"");
    }

    /** A secret key that a browser sent, in a header or in a body. */
    static Problem secretInBrowser() {
        return Problem.of(
                ProblemType.SECRET_KEY_IN_BROWSER,
                "A secret (sk_) key was sent by a browser, where everybody can read it; rotate it and use a public"
                        + " (pk_) key in pages.");
    }

    static Problem scopeMismatch(Scope needed, List<String> granted) {
        return Problem.of(ProblemType.SCOPE_MISMATCH, "The API key lacks the scope " + needed.name() + ".")
                .with("requiredScopes", List.of(needed.name()))
                .with("scopes", granted)
                .withHeader(CHALLENGE, REALM + ", error=\"insufficient_scope\", scope=\"" + needed.name() + "\"");
    }
}
