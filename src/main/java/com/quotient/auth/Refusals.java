package com.quotient.auth;

import com.quotient.keys.Scope;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import java.util.List;

/** The problems of refused callers, with the challenges of RFC 6750. */
final class Refusals {
    private static final String CHALLENGE = "WWW-Authenticate";
    private static final String REALM = "Bearer realm=\"quotient\"";
    private static final String INVALID_TOKEN = REALM + ", error=\"invalid_token\"";

    /** No key, or more than one. RFC 6750 section 3.1: without a token the challenge names no error. */
    static final Problem MISSING = Problem.of(
                    ProblemType.UNAUTHORIZED,
                    "An API key is required; send it once, as \"Authorization: Bearer <key>\".")
            .withHeader(CHALLENGE, REALM);

    /** Unknown, malformed and deleted keys get the same bytes. */
    static final Problem INVALID =
            Problem.of(ProblemType.UNAUTHORIZED, "The API key is not valid.").withHeader(CHALLENGE, INVALID_TOKEN);

    static final Problem REVOKED = unusable("revoked", "The API key was revoked; use another one.");
    static final Problem DISABLED = unusable("disabled", "The API key is disabled; enable it or use another one.");
    static final Problem EXPIRED = unusable("expired", "The API key has expired; use another one.");

    static final Problem UNKNOWABLE = Problem.of(
                    ProblemType.UNAVAILABLE, "The API key cannot be checked at the moment; try again shortly.")
            .retryAfter(1);

    /** A browser sent a private key, in a header or a body. */
    static final Problem SECRET_IN_BROWSER = Problem.of(
            ProblemType.SECRET_KEY_IN_BROWSER,
            "A private (sk_) key was sent by a browser, where everybody can read it; rotate it and use a public"
                    + " (pk_) key in pages.");

    static final Problem ORIGIN_REQUIRED = Problem.of(
            ProblemType.ORIGIN_REQUIRED, "The API key is bound to origins and the request carries no Origin header.");

    static final Problem ADDRESS_NOT_ALLOWED =
            Problem.of(ProblemType.IP_NOT_ALLOWED, "The API key does not allow the network address of this request.");

    static final Problem PUBLIC_KEY_NOT_ALLOWED = Problem.of(
            ProblemType.KEY_TYPE_NOT_ALLOWED,
            "A public (pk_) key may not call this endpoint; use a private (sk_) key on a server.");

    private Refusals() {}

    static Problem originNotAllowed(String origin) {
        return Problem.of(ProblemType.ORIGIN_NOT_ALLOWED, "The API key does not allow the origin " + origin + ".")
                .with("origin", origin);
    }

    static Problem scopeMismatch(Scope needed, List<String> granted) {
        return Problem.of(ProblemType.SCOPE_MISMATCH, "The API key lacks the scope " + needed.name() + ".")
                .with("requiredScopes", List.of(needed.name()))
                .with("scopes", granted)
                .withHeader(CHALLENGE, REALM + ", error=\"insufficient_scope\", scope=\"" + needed.name() + "\"");
    }

    private static Problem unusable(String reason, String detail) {
        return Problem.of(ProblemType.UNAUTHORIZED, detail)
                .with("reason", reason)
                .withHeader(CHALLENGE, INVALID_TOKEN);
    }
}
