package com.quotient.http;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import org.jspecify.annotations.Nullable;

/**
 * Writes one body, slice by slice: the next slice when the socket has taken the last one, the next piece when all of the
 * last one is written. Whatever a body weighs, a client that does not read keeps no more than a slice in the buffers of
 * its connection. Used by one event loop.
 */
final class PieceWriter {
    private static final int SLICE_BYTES = 16 * 1024;

    /** A fast client gets so much at once; then others have their turn on the event loop. */
    private static final int TURN_BYTES = 256 * 1024;

    private final HttpServerResponse response;
    private final Pieces pieces;
    private final Context context = Vertx.currentContext();
    private final Promise<Void> done = Promise.promise();

    private @Nullable Buffer piece;
    private int offset;
    /** When the client was handed the slice that it has not taken yet, in nanoseconds; meaningless while it has. */
    private long handedNanos;

    private boolean waitsForClient;

    /** {@code first} is the first piece, already asked for; null when there is none. */
    PieceWriter(HttpServerResponse response, @Nullable Buffer first, Pieces pieces) {
        this.response = response;
        this.piece = first;
        this.pieces = pieces;
    }

    /** Ends when the client has taken all; fails when it has left, or when a piece fails. */
    Future<Void> write() {
        proceed();
        return done.future().onComplete(ended -> pieces.close());
    }

    /** Whether the client has taken nothing since a moment. */
    boolean isStalledSince(long nanos) {
        return waitsForClient && handedNanos - nanos <= 0;
    }

    /** A loop, since futures nested in futures would grow with every piece. */
    private void proceed() {
        int turn = 0;
        while (turn < TURN_BYTES) {
            Buffer current = piece;
            if (current == null) {
                end();
                return;
            }
            Future<Void> step;
            try {
                step = offset < current.length()
                        ? slice(current)
                        : pieces.next().map(this::begin);
            } catch (RuntimeException e) {
                step = Future.failedFuture(e);
            }
            if (!step.succeeded()) {
                step.onComplete(next -> proceed(), done::fail);
                return;
            }
            turn += SLICE_BYTES;
        }
        context.runOnContext(next -> proceed());
    }

    private @Nullable Void begin(@Nullable Buffer next) {
        piece = next;
        offset = 0;
        return null;
    }

    private Future<Void> slice(Buffer current) {
        Buffer slice = current.slice(offset, Math.min(offset + SLICE_BYTES, current.length()));
        offset += slice.length();
        return handed(response.write(slice));
    }

    private void end() {
        try {
            handed(response.end()).onComplete(done);
        } catch (RuntimeException e) {
            done.fail(e);
        }
    }

    private Future<Void> handed(Future<Void> taken) {
        if (!taken.isComplete()) {
            waitsForClient = true;
            handedNanos = System.nanoTime();
            taken.onComplete(ended -> waitsForClient = false);
        }
        return taken;
    }
}
