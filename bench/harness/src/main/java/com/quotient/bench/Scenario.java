package com.quotient.bench;

/** Something that is measured. A new one is a class of its own in the package of them, and a line in {@link Bench}. */
public interface Scenario {
    /** As it is named on the command line. */
    String name();

    /** What it finds out, in a sentence or two for the report. */
    String question();

    void run(Lab lab, Section section);
}
