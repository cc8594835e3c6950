package com.quotient.keys;

/**
 * The number of live servers on this database, including this one. Written by the key feed, read by the rate limits.
 */
public final class Pods {
    private volatile int live = 1;

    public int live() {
        return live;
    }

    void live(int count) {
        live = Math.max(1, count);
    }
}
