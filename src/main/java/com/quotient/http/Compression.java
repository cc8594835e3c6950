package com.quotient.http;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;

/**
 * Which answers are compressed. No answer of the API holds a secret, so its length may depend on what stands in it. What is
 * compressed piece by piece needs a quarter of a megabyte outside of the heap for as long as its client reads, so there are
 * at most so many; others are sent plain. Used by one event loop.
 */
final class Compression {
    private final int most;
    private int current;

    Compression(int most) {
        this.most = most;
    }

    /** Whether the answer to a request, whose coding is up to its caller, is compressed. */
    boolean negotiate(ApiRequest request, MultiMap headers) {
        headers.set(HttpHeaders.VARY, HttpNames.ORIGIN_AND_ENCODING);
        return current < most && Gzip.isWanted(request.header(HttpHeaders.ACCEPT_ENCODING));
    }

    /** The same for a whole body, which may be too small for it. */
    boolean negotiate(ApiRequest request, MultiMap headers, Buffer body) {
        return body.length() >= Gzip.MIN_BYTES && negotiate(request, headers);
    }

    Pieces pieces(Pieces plain) {
        current++;
        return new GzipPieces(plain, () -> current--);
    }
}
