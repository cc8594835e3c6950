package com.quotient.http;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * Writes one body in slices: the next slice when the socket has taken the last one, the next piece when the last piece
 * is written. A client that does not read holds at most one slice in the buffers of its connection, whatever the size
 * of the body. Used by one event loop.
 */
final class PieceWriter {
    private static final int SLICE_BYTES = 16 * 1024;

    /** The maximum that a fast client gets in one turn of the event loop. */
    private static final int TURN_BYTES = 256 * 1024;

    /** RFC 9113 section 7. */
    private static final long HTTP2_CANCEL = 8;

    private static final Pieces NO_MORE = Future::succeededFuture;

    private final HttpServerRequest request;
    private final HttpServerResponse response;
    private final Pieces pieces;
    private final Promise<Void> done = Promise.promise();

    private @Nullable Buffer piece;
    private int offset;
    private boolean ended;
    /** The client has disconnected or stalled. */
    private boolean gaveUp;
    /** When the pending slice was written, in nanoseconds; meaningless if there is none. */
    private long handedNanos;

    private boolean waitsForClient;

    private PieceWriter(HttpServerRequest request, @Nullable Buffer first, Pieces pieces) {
        this.request = request;
        this.response = request.response();
        this.piece = first;
        this.pieces = pieces;
    }

    /** For a body that is complete. */
    static PieceWriter of(HttpServerRequest request, Buffer body) {
        return new PieceWriter(request, body, NO_MORE);
    }

    /** For pieces whose first one has been requested already; it is null if there is none. */
    static PieceWriter of(HttpServerRequest request, @Nullable Buffer first, Pieces pieces) {
        return new PieceWriter(request, first, pieces);
    }

    /**
     * Completes when the client has read everything. Fails if the client disconnects or stalls, or if a piece fails.
     */
    Future<Void> write() {
        proceed();
        return done.future().onComplete(ended -> pieces.close());
    }

    /** Whether the client has read nothing for the deadline. */
    boolean isStalled(long nowNanos, long deadlineNanos) {
        return waitsForClient && nowNanos - handedNanos > deadlineNanos;
    }

    /** Resets the stream, or the connection in HTTP/1.1. */
    void giveUp() {
        gaveUp = true;
        if (request.version() == HttpVersion.HTTP_2) {
            response.reset(HTTP2_CANCEL).onComplete(reset -> done.tryFail("reset"));
        } else {
            WriteDeadline.reset(request.connection());
        }
    }

    boolean gaveUp() {
        return gaveUp;
    }

    /** A loop, since futures nested in futures would grow with every piece. */
    private void proceed() {
        for (int turn = 0; turn < TURN_BYTES; turn += SLICE_BYTES) {
            Future<Void> step;
            try {
                step = step();
            } catch (RuntimeException e) {
                step = Future.failedFuture(e);
            }
            if (ended) {
                step.onComplete(all -> done.tryComplete(), done::tryFail);
                return;
            }
            if (!step.succeeded()) {
                step.onComplete(next -> proceed(), done::tryFail);
                return;
            }
        }
        Turns.later(this::proceed);
    }

    private Future<Void> step() {
        Buffer current = piece;
        if (current == null) {
            ended = true;
            return handed(response.end());
        }
        if (offset == current.length() && pieces != NO_MORE) {
            return pieces.next().map(this::begin);
        }
        Buffer slice = current.slice(offset, Math.min(offset + SLICE_BYTES, current.length()));
        offset += slice.length();
        ended = offset == current.length() && pieces == NO_MORE;
        return handed(ended ? response.end(slice) : response.write(slice));
    }

    private @Nullable Void begin(@Nullable Buffer next) {
        piece = next;
        offset = 0;
        return null;
    }

    private Future<Void> handed(Future<Void> taken) {
        if (!taken.isComplete()) {
            waitsForClient = true;
            handedNanos = System.nanoTime();
            taken.onComplete(ended -> waitsForClient = false);
        }
        return taken.onFailure(left -> gaveUp = true);
    }
}
