package com.quotient.keyfile;

/** What became of the key files in the last round. Written by one verticle, read by metrics. */
public final class KeyFileStats {
    private volatile int refused;
    private volatile int drift;

    /** Files that cannot be applied, an older generation included. */
    public int refused() {
        return refused;
    }

    /** Keys that cannot be brought in line with their file. */
    public int drift() {
        return drift;
    }

    void round(int refusedFiles, int driftingKeys) {
        refused = refusedFiles;
        drift = driftingKeys;
    }
}
