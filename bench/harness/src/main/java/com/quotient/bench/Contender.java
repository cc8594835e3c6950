package com.quotient.bench;

/** A server that is compared with others. A new one is a class of its own in the package of them. */
public interface Contender {
    String name();

    /** Whether it can answer such requests at all. */
    default boolean takes(Workload workload) {
        return true;
    }

    /** Starts it, ready for every workload of the course that it takes. */
    Running start(Lab lab, Course course);
}
