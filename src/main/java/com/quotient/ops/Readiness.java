package com.quotient.ops;

/** Where the server is in its life, for the probes of Kubernetes. Thread-safe. */
public final class Readiness {
    /** The phases, in order. */
    public enum Phase {
        /** Waiting for the database, migrating, reading keys. */
        STARTING,
        SERVING,
        /** Finishing what is under way; no new traffic please. */
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

    /** What holds the start up, for a person who looks at the probe. */
    public void waitingFor(String what) {
        waitingFor = what;
    }

    String waitingFor() {
        return waitingFor;
    }
}
