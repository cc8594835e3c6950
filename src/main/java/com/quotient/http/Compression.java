package com.quotient.http;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;

/**
 * Decides which answers are compressed. No answer of the API holds a secret, so its compressed length reveals nothing.
 * A compressed stream needs 256 KiB of native memory for as long as its client reads, so their number is limited, and
 * others are sent uncompressed. Used by one event loop.
 */
final class Compression {
    private final int max;
    private int current;

    Compression(int max) {
        this.max = max;
    }

    /** Whether the streamed answer to a request is compressed. The caller adds the header. */
    boolean negotiate(ApiRequest request, MultiMap headers) {
        headers.set(HttpHeaders.VARY, HttpNames.ORIGIN_AND_ENCODING);
        return current < max && Gzip.isWanted(request.header(HttpHeaders.ACCEPT_ENCODING));
    }

    /** As above, for a whole body, which may be too small to be worth it. */
    boolean negotiate(ApiRequest request, MultiMap headers, Buffer body) {
        return body.length() >= Gzip.MIN_BYTES && negotiate(request, headers);
    }

    Pieces pieces(Pieces plain) {
        current++;
        return new GzipPieces(plain, () -> current--);
    }
}
