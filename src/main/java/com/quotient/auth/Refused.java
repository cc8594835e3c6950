package com.quotient.auth;

import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;

/** A request that its key does not open; knows how it is counted. */
public final class Refused extends ProblemException {
    private static final long serialVersionUID = 1L;

    private final Outcome outcome;

    Refused(Outcome outcome, Problem problem) {
        super(problem);
        this.outcome = outcome;
    }

    public Outcome outcome() {
        return outcome;
    }
}
