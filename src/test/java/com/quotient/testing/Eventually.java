package com.quotient.testing;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for what becomes true by itself, with a deadline and without sleeping longer than needed. */
public final class Eventually {
    private static final Duration PAUSE = Duration.ofMillis(10);
    private static final int ATTEMPTS = 5;

    private Eventually() {}

    /** An assertion; it may fail with an exception as well. */
    @FunctionalInterface
    public interface ThrowingRunnable {
        void run() throws Exception;
    }

    /**
     * Runs an assertion until it passes; at the deadline its last failure is thrown. It runs once at least.
     *
     * @return after how long it passed
     */
    public static Duration eventually(Duration deadline, ThrowingRunnable assertion) {
        long start = System.nanoTime();
        long end = start + deadline.toNanos();
        while (true) {
            try {
                assertion.run();
                return Duration.ofNanos(System.nanoTime() - start);
            } catch (AssertionError e) {
                if (System.nanoTime() - end >= 0) {
                    throw e;
                }
            } catch (Exception e) {
                if (System.nanoTime() - end >= 0) {
                    throw new AssertionError("Still failing after " + deadline + ": " + e, e);
                }
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** Asks until the answer is as wanted, and returns it. */
    public static <T> T eventually(Duration deadline, Callable<T> question, Predicate<? super T> wanted) {
        Answer<T> answer = new Answer<>();
        eventually(deadline, () -> {
            answer.value = question.call();
            if (!wanted.test(answer.value)) {
                throw new AssertionError("Still after " + deadline + ": " + answer.value);
            }
        });
        return answer.value;
    }

    /**
     * Tries until something takes no longer than promised, five times at most. A busy machine, or one that stands still
     * for a moment, makes it take longer than by itself, and never shorter.
     */
    public static void within(Duration promised, Callable<Duration> attempt) throws Exception {
        List<Duration> taken = new ArrayList<>();
        do {
            if (taken.size() == ATTEMPTS) {
                throw new AssertionError("Promised within " + promised + ", and took " + taken);
            }
            taken.add(attempt.call());
        } while (taken.get(taken.size() - 1).compareTo(promised) > 0);
    }

    private static final class Answer<T> {
        private T value;
    }
}
