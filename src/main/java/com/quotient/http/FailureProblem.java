package com.quotient.http;

import com.quotient.db.PgErrors;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import com.quotient.trace.TraceParent;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** The problem that answers a failed request. */
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
            traced(log.atWarn(), request).log("Request {} took the database too long", request.id());
            return TOO_LONG;
        }
        if (PgErrors.isUnavailable(failure)) {
            // The pool has logged it; a line per request would fill the log.
            log.debug("Request {} met an unavailable database: {}", request.id(), failure.toString());
            return UNAVAILABLE;
        }
        traced(log.atError(), request).setCause(failure).log("Request {} failed", request.id());
        return INTERNAL;
    }

    private static LoggingEventBuilder traced(LoggingEventBuilder line, ApiRequest request) {
        TraceParent trace = request.trace();
        return trace == null ? line : line.addKeyValue("traceId", trace.traceId());
    }
}
