package com.quotient.http;

import com.quotient.gzip.Gunzip;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import java.util.Arrays;
import java.util.zip.DataFormatException;

/** A compressed body that is inflated in bounded steps, up to a limit. Used by one thread at a time. */
final class Inflation implements AutoCloseable {
    /** An upper bound for the inflation of one byte (zlib's technical details: 1032 to 1). */
    private static final int MAX_RATIO = 1032;

    /** The approximate output of a step, which takes less than a millisecond. */
    private static final int STEP_BYTES = 64 * 1024;

    private static final int READS_PER_STEP = 16;

    private final Gunzip gunzip = new Gunzip();
    private final int limit;
    private final int maxBytes;
    private final byte[] read = new byte[STEP_BYTES / READS_PER_STEP];

    private byte[] inflated = {};
    private int size;

    Inflation(byte[] packed, int limit) {
        this.limit = limit;
        this.maxBytes = (int) Math.min(limit, (long) packed.length * MAX_RATIO);
        gunzip.add(packed);
    }

    /** An upper bound of the inflated size. */
    int maxBytes() {
        return maxBytes;
    }

    /** The inflated size so far. */
    int size() {
        return size;
    }

    byte[] result() {
        return size == inflated.length ? inflated : Arrays.copyOf(inflated, size);
    }

    /**
     * Runs one step.
     *
     * @return whether the body is complete
     * @throws ProblemException 400 if it is not gzip, 413 if it exceeds the limit
     */
    boolean step() {
        try {
            for (int reads = 0; reads < READS_PER_STEP; reads++) {
                int count = gunzip.read(read);
                take(count);
                if (count == 0 && gunzip.needsInput()) {
                    if (gunzip.isComplete()) {
                        return true;
                    }
                    throw invalid();
                }
            }
            return false;
        } catch (DataFormatException e) {
            throw invalid();
        }
    }

    /** Runs the remaining steps and returns the body. */
    byte[] finish() {
        boolean done = step();
        while (!done) {
            done = step();
        }
        return result();
    }

    @Override
    public void close() {
        gunzip.close();
    }

    private void take(int count) {
        if (size + count > limit) {
            throw Bodies.tooLarge(limit);
        }
        if (size + count > inflated.length) {
            inflated = Arrays.copyOf(inflated, Math.max(size + count, Math.min(maxBytes, 2 * inflated.length)));
        }
        System.arraycopy(read, 0, inflated, size, count);
        size += count;
    }

    private static ProblemException invalid() {
        return Problem.invalid("", "The body is not valid gzip.").exception();
    }
}
