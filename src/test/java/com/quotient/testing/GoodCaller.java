package com.quotient.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A caller that goes on calling on one connection while something else happens to the server, and can tell whether it
 * was served as well as before. The machines that run tests have other work, so that one good window is enough.
 */
public final class GoodCaller {
    private static final String WHOAMI = "/api/v0/whoami";
    private static final int WINDOW = 100;
    private static final int WINDOWS = 20;
    private static final long FREE_NANOS = 50_000_000;

    private final int port;
    private final String authorization;
    private final ConcurrentLinkedQueue<Integer> unserved = new ConcurrentLinkedQueue<>();
    private final long before;

    private GoodCaller(int port, String key) {
        this.port = port;
        this.authorization = "Authorization: Bearer " + key;
        long best = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            best = Math.min(best, slowest99());
        }
        this.before = best;
    }

    /** Measures how it is served now. */
    public static GoodCaller start(int port, String key) {
        return new GoodCaller(port, key);
    }

    /** Whether it is served as before: no request fails, and of 100 all but one in twice the time or 50 ms more. */
    public void assertUnharmed() {
        List<Long> measured = new ArrayList<>();
        long limit = Math.max(2 * before, before + FREE_NANOS);
        for (int i = 0; i < WINDOWS; i++) {
            long now = slowest99();
            assertThat(unserved).as("statuses other than 200").isEmpty();
            if (now <= limit) {
                return;
            }
            measured.add(now / 1_000_000);
        }
        throw new AssertionError("p99 was " + before / 1_000_000 + " ms and is " + measured + " ms");
    }

    /** The time within which all but one of a hundred requests were answered, in nanoseconds. */
    private long slowest99() {
        List<Long> nanos = new ArrayList<>();
        try (RawClient client = RawClient.to(port)) {
            for (int i = 0; i < WINDOW; i++) {
                long begin = System.nanoTime();
                int status = client.send(RawClient.head("GET", WHOAMI, authorization))
                        .read()
                        .status();
                nanos.add(System.nanoTime() - begin);
                if (status != 200) {
                    unserved.add(status);
                }
            }
        }
        return nanos.stream().sorted().toList().get(WINDOW - 2);
    }
}
