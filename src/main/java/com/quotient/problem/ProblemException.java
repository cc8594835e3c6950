package com.quotient.problem;

/** Carries a {@link Problem} to the one place that writes it. It is an answer, not a fault: it has no stack trace. */
public class ProblemException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Problem problem;

    public ProblemException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
