package com.quotient.http;

import com.quotient.http.Budget.Reservation;
import com.quotient.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;

/** A body that is being received into an array, which is never larger than its reservation. Used by one event loop. */
final class IncomingBody {
    /** The approximate memory of a request besides its headers and body, so that many small ones are counted, too. */
    private static final int MIN_RESERVED_BYTES = 2 * 1024;

    private static final int FIRST_BYTES = 4 * 1024;

    private final Promise<byte[]> whole = Promise.promise();
    private final long begunNanos = System.nanoTime();
    private final Reservation memory;
    private final int limit;

    private byte[] bytes = {};
    private int length;
    /** The reserved size, whether or not the array is allocated. */
    private int capacity;

    /**
     * Reserves the declared length, or at least what a request holds.
     *
     * @param headBytes the memory of the headers
     * @param declared the declared length, or -1
     * @throws ProblemException 503 if it does not fit the budget
     */
    IncomingBody(Reservation memory, int headBytes, int limit, int declared) {
        this.memory = memory;
        this.limit = limit;
        this.capacity = declared < 0 ? Math.min(FIRST_BYTES, limit) : declared;
        memory.require(Math.max(capacity, MIN_RESERVED_BYTES + headBytes));
    }

    long begunNanos() {
        return begunNanos;
    }

    Reservation memory() {
        return memory;
    }

    Future<byte[]> receive(HttpServerRequest request) {
        request.handler(this::take);
        request.endHandler(end -> whole.tryComplete(length == bytes.length ? bytes : Arrays.copyOf(bytes, length)));
        request.exceptionHandler(failure -> fail(Responses.NOT_HTTP.exception()));
        request.resume();
        return whole.future();
    }

    /** Fails the body, drops what was received and discards the rest. */
    void fail(ProblemException problem) {
        bytes = new byte[0];
        whole.tryFail(problem);
    }

    private void take(Buffer chunk) {
        if (whole.future().isComplete()) {
            return;
        }
        int needed = length + chunk.length();
        if (needed > limit) {
            fail(Bodies.tooLarge(limit));
        } else if (needed > capacity && !grow(needed)) {
            fail(Budget.overloaded());
        } else {
            bytes = bytes.length < capacity ? Arrays.copyOf(bytes, capacity) : bytes;
            chunk.getBytes(bytes, length);
            length = needed;
        }
    }

    private boolean grow(int needed) {
        int larger = Math.min(limit, Math.max(needed, 2 * capacity));
        if (!memory.grow(larger - capacity)) {
            return false;
        }
        capacity = larger;
        return true;
    }
}
