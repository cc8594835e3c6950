package com.quotient.http;

import com.quotient.db.PgErrors;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The problem that tells the client of a failed request what happened. */
final class FailureProblem {
    private static final Logger log = LoggerFactory.getLogger(FailureProblem.class);

    private static final Problem INTERNAL = Problem.of(
            ProblemType.INTERNAL, "Something went wrong in the server; try again, and report the X-Request-Id.");
    private static final Problem UNAVAILABLE = Problem.of(
                    ProblemType.UNAVAILABLE, "The database cannot be reached at the moment; try again shortly.")
            .retryAfter(1);

    private static final Problem TOO_LONG = Problem.of(
                    ProblemType.OVERLOADED, "This took the database too long; ask for less, or try again shortly.")
            .retryAfter(1);

    private FailureProblem() {}

    /** Also logs what is not a problem of the request. */
    static Problem of(ApiRequest request, Throwable failure) {
        if (failure instanceof ProblemException known) {
            return known.problem();
        }
        if (PgErrors.isTimeout(failure)) {
            log.warn("Request {} took the database too long", request.id());
            return TOO_LONG;
        }
        if (PgErrors.isUnavailable(failure)) {
            // The pool has logged it; a line per request would fill the log.
            log.debug("Request {} met an unavailable database: {}", request.id(), failure.toString());
            return UNAVAILABLE;
        }
        log.error("Request {} failed", request.id(), failure);
        return INTERNAL;
    }
}
