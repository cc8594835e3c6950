package com.quotient.http;

import com.quotient.config.Config;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/** The bodies that one event loop is writing. A client that takes nothing of one for the write deadline is given up. */
public final class Writers {
    private final Set<PieceWriter> writing = new HashSet<>();
    private final long deadlineNanos;
    private final LongAdder stalled;

    /** {@code stalled} counts the responses that were given up. */
    Writers(Duration deadline, LongAdder stalled) {
        this.deadlineNanos = deadline.toNanos();
        this.stalled = stalled;
    }

    /** Those of the management port. */
    public static Writers ofManagement(Config config) {
        return new Writers(config.http().writeDeadline(), new LongAdder());
    }

    /** Ends when the client has taken all; fails when it has left or was given up, or when a piece fails. */
    Future<Void> write(PieceWriter writer) {
        writing.add(writer);
        return writer.write().onComplete(ended -> writing.remove(writer));
    }

    /** Ends the response with a page, which is in memory once for all who ask, or to {@code HEAD} with its length. */
    public Future<Void> write(HttpServerRequest request, Buffer page) {
        if (request.method().equals(HttpMethod.HEAD)) {
            return ResponseBody.end(request, page);
        }
        request.response().putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(page.length()));
        return write(PieceWriter.of(request, page));
    }

    /** Called once a second. */
    public void sweep(long nowNanos) {
        // A copy, because a writer that is given up leaves the set.
        for (PieceWriter writer : List.copyOf(writing)) {
            if (writer.isStalled(nowNanos, deadlineNanos)) {
                stalled.increment();
                writer.giveUp();
            }
        }
    }
}
