package com.quotient.share;

import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Shares a fixed number of slots fairly between businesses. A business holds at most its part of them. Waiting
 * businesses get free slots in turn, one each, however many requests one of them has waiting. A request that waits too
 * long, or finds the queue full, is refused with 503. Thread-safe; the work in a slot runs on the context of its
 * caller.
 */
public final class Shares {
    private static final int RETRY_AFTER_SECONDS = 1;

    private final Vertx vertx;
    private final String name;
    private final Limits limits;
    private final Map<String, Line> lines = new HashMap<>();

    /** Businesses below their part with waiting requests; the most recently served is last. */
    private final Deque<Line> turns = new ArrayDeque<>();

    private int taken;
    private int waiting;
    private long refused;

    /**
     * The limits.
     *
     * @param places slots in total
     * @param perBusiness slots that one business may hold
     * @param queue requests that may wait, in total
     * @param queuePerBusiness requests of one business that may wait
     * @param maxWait the maximum wait of a request
     */
    public record Limits(int places, int perBusiness, int queue, int queuePerBusiness, Duration maxWait) {
        /**
         * Limits of which each business may have a part, from 0 to 1, but at least one slot and one place in the queue.
         */
        public static Limits of(int places, double part, int queue, Duration maxWait) {
            return new Limits(places, part(places, part), queue, part(queue, part), maxWait);
        }

        private static int part(int whole, double part) {
            return Math.max(1, (int) (whole * part));
        }
    }

    /** {@code name} is the label in metrics. */
    public Shares(Vertx vertx, String name, Limits limits) {
        this.vertx = vertx;
        this.name = name;
        this.limits = limits;
    }

    /**
     * Runs work in a slot of the business, and frees the slot when the work's future completes.
     *
     * @return the result of the work; fails with {@code OVERLOADED} when no slot was free in time
     */
    public <T> Future<T> take(String business, Supplier<Future<T>> work) {
        Future<Void> place = enter(business);
        return place.succeeded() ? use(business, work) : place.compose(entered -> use(business, work));
    }

    public String name() {
        return name;
    }

    public Limits limits() {
        return limits;
    }

    /** Slots in use. */
    public synchronized int taken() {
        return taken;
    }

    /** Waiting requests. */
    public synchronized int waiting() {
        return waiting;
    }

    /** Requests that were refused since the start. */
    public synchronized long refused() {
        return refused;
    }

    private <T> Future<T> use(String business, Supplier<Future<T>> work) {
        Future<T> result;
        try {
            result = work.get();
        } catch (RuntimeException e) {
            result = Future.failedFuture(e);
        }
        return result.onComplete(done -> leave(business));
    }

    private synchronized Future<Void> enter(String business) {
        Line line = lines.computeIfAbsent(business, Line::new);
        // A freed slot goes directly to a waiting request, so a free slot means that no waiting request may take it.
        if (line.taken < limits.perBusiness() && taken < limits.places()) {
            line.taken++;
            taken++;
            return Future.succeededFuture();
        }
        if (waiting >= limits.queue() || line.waiters.size() >= limits.queuePerBusiness()) {
            forgetIdle(line);
            return Future.failedFuture(refusal(line));
        }
        Waiter waiter = new Waiter(vertx.getOrCreateContext());
        waiter.timer = vertx.setTimer(Math.max(1, limits.maxWait().toMillis()), fired -> giveUp(line, waiter));
        line.waiters.add(waiter);
        waiting++;
        queue(line);
        return waiter.promise.future();
    }

    private synchronized void leave(String business) {
        Line line = lines.get(business);
        if (line == null) {
            throw new IllegalStateException("A place was left twice.");
        }
        line.taken--;
        taken--;
        queue(line);
        while (taken < limits.places() && !turns.isEmpty()) {
            grant(turns.remove());
        }
        forgetIdle(line);
    }

    private void grant(Line line) {
        line.queued = false;
        Waiter waiter = line.waiters.poll();
        if (waiter == null) {
            return;
        }
        waiting--;
        line.taken++;
        taken++;
        queue(line);
        vertx.cancelTimer(waiter.timer);
        waiter.context.runOnContext(ready -> waiter.promise.complete());
    }

    private void queue(Line line) {
        if (!line.queued && !line.waiters.isEmpty() && line.taken < limits.perBusiness()) {
            line.queued = true;
            turns.add(line);
        }
    }

    private void giveUp(Line line, Waiter waiter) {
        ProblemException refusal;
        synchronized (this) {
            if (!line.waiters.remove(waiter)) {
                return;
            }
            waiting--;
            forgetIdle(line);
            refusal = refusal(line);
        }
        waiter.promise.fail(refusal);
    }

    private ProblemException refusal(Line line) {
        refused++;
        String detail = line.taken >= limits.perBusiness()
                ? "Your business has as many of these requests under way as it may, which is " + limits.perBusiness()
                        + "; send fewer at once, or try again shortly."
                : "The server is busy; try again shortly.";
        return Problem.of(ProblemType.OVERLOADED, detail)
                .retryAfter(RETRY_AFTER_SECONDS)
                .exception();
    }

    /** Removed when empty, so that there are never more entries than requests. */
    private void forgetIdle(Line line) {
        if (line.taken == 0 && line.waiters.isEmpty()) {
            lines.remove(line.business, line);
        }
    }

    /** The slots and waiting requests of one business. */
    private static final class Line {
        private final String business;
        private final Deque<Waiter> waiters = new ArrayDeque<>();
        private int taken;
        private boolean queued;

        Line(String business) {
            this.business = business;
        }
    }

    /** A waiting request. */
    private static final class Waiter {
        private final Context context;
        private final Promise<Void> promise = Promise.promise();
        private long timer;

        Waiter(Context context) {
            this.context = context;
        }
    }
}
