package com.quotient.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A body that is made while it is written: the next piece is asked for when the socket has taken the last, so a slow
 * reader holds one piece. Used by the event loop of its request. {@link Rows} makes the usual ones.
 */
@FunctionalInterface
public interface Pieces {
    /**
     * The next piece, which may be empty; null when the body is complete. The first is asked for before the response
     * begins, so its failure is answered with a status; a later failure cuts the response.
     */
    Future<@Nullable Buffer> next();

    /** Called once, when nothing more will be asked for: at the end, after a failure, and when the client has left. */
    default void close() {}
}
