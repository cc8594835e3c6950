package com.quotient.testing;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/** Waits for what becomes true by itself, with a deadline and without sleeping longer than needed. */
public final class Eventually {
    private static final Duration PAUSE = Duration.ofMillis(10);

    private Eventually() {}

    /** An assertion; it may fail with an exception as well. */
    @FunctionalInterface
    public interface ThrowingRunnable {
        void run() throws Exception;
    }

    /** Runs an assertion until it passes; at the deadline its last failure is thrown. It runs once at least. */
    public static void eventually(Duration deadline, ThrowingRunnable assertion) {
        long end = System.nanoTime() + deadline.toNanos();
        while (true) {
            try {
                assertion.run();
                return;
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

    private static final class Answer<T> {
        private T value;
    }
}
