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

/**
 * The response bodies that one event loop is writing. A body that makes no progress for the write deadline is reset.
 */
public final class Writers {
    private final Set<PieceWriter> writing = new HashSet<>();
    private final long deadlineNanos;
    private final LongAdder stalled;

    /** {@code stalled} counts the responses that were reset. */
    Writers(Duration deadline, LongAdder stalled) {
        this.deadlineNanos = deadline.toNanos();
        this.stalled = stalled;
    }

    /** The writers of the management port. */
    public static Writers ofManagement(Config config) {
        return new Writers(config.http().writeDeadline(), new LongAdder());
    }

    /** Completes when the client has read everything. Fails if the client disconnects, stalls, or if a piece fails. */
    Future<Void> write(PieceWriter writer) {
        writing.add(writer);
        return writer.write().onComplete(ended -> writing.remove(writer));
    }

    /** Ends the response with a page that is shared in memory, or with its length for {@code HEAD}. */
    public Future<Void> write(HttpServerRequest request, Buffer page) {
        if (request.method().equals(HttpMethod.HEAD)) {
            return ResponseBody.end(request, page);
        }
        request.response().putHeader(HttpHeaders.CONTENT_LENGTH, Integer.toString(page.length()));
        return write(PieceWriter.of(request, page));
    }

    /** Called once a second. */
    public void sweep(long nowNanos) {
        // A copy, since a writer that is reset leaves the set.
        for (PieceWriter writer : List.copyOf(writing)) {
            if (writer.isStalled(nowNanos, deadlineNanos)) {
                stalled.increment();
                writer.giveUp();
            }
        }
    }
}
