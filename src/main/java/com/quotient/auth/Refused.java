package com.quotient.auth;

import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;

/** A request that was refused because of its key, and the outcome it is counted as. */
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
