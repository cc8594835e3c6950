package com.quotient.ops;

/** The phase of the server, for the probes of Kubernetes. Thread-safe. */
public final class Readiness {
    /** The phases, in order. */
    public enum Phase {
        /** Waiting for the database, migrating, reading keys. */
        STARTING,
        SERVING,
        /** Finishing the requests in progress; wants no new traffic. */
        STOPPING
    }

    private volatile Phase phase = Phase.STARTING;
    private volatile String waitingFor = "";

    public Phase phase() {
        return phase;
    }

    public void enter(Phase next) {
        phase = next;
    }

    /** What the start is waiting for, for a person who reads the probe. */
    public void waitingFor(String what) {
        waitingFor = what;
    }

    String waitingFor() {
        return waitingFor;
    }
}
