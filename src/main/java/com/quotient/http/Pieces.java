package com.quotient.http;

import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A body that is produced while it is written. The next piece is requested when the socket has taken the last one, so a
 * slow reader holds one piece. Used by the event loop of its request. See {@link Rows}.
 */
@FunctionalInterface
public interface Pieces {
    /**
     * The next piece, which may be empty; null if the body is complete. The first is requested before the response
     * begins, so its failure is answered with a status. A later failure cuts the response.
     */
    Future<@Nullable Buffer> next();

    /**
     * Called once, when no more pieces will be requested: at the end, after a failure, or when the client has
     * disconnected.
     */
    default void close() {}
}
