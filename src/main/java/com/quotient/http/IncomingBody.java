package com.quotient.http;

import com.quotient.http.Budget.Reservation;
import com.quotient.problem.ProblemException;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;

/** One body that is being received, in an array that never is larger than what is reserved for it. Used by one event loop. */
final class IncomingBody {
    /** About what a request holds besides its headers and its body, so that many small ones are counted, too. */
    private static final int MIN_RESERVED_BYTES = 2 * 1024;

    private static final int FIRST_BYTES = 4 * 1024;

    private final Promise<byte[]> whole = Promise.promise();
    private final long begunNanos = System.nanoTime();
    private final Reservation memory;
    private final int limit;

    private byte[] bytes = {};
    private int length;
    /** What is reserved, whether the array has been made or not. */
    private int capacity;

    /**
     * Reserves what is declared, and for a small body what its request holds.
     *
     * @param headBytes what the headers of the request hold
     * @param declared -1 if nothing is
     * @throws ProblemException 503 when it does not fit
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

    /** What was received is forgotten, and what comes yet is thrown away. */
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
