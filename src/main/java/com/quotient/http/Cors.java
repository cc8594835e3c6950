package com.quotient.http;

import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import org.jspecify.annotations.Nullable;

/**
 * Cross-origin headers (the Fetch standard's CORS protocol). A preflight carries no key, so it is told yes; the key's
 * origin list is enforced on the real request. Every answer, errors included, names the caller's origin, so that a
 * developer can read the refusal in the browser. Credentials are never allowed: keys are not cookies.
 */
final class Cors {
    private static final CharSequence METHODS = HttpHeaders.createOptimized("GET,POST,PUT,PATCH,DELETE,OPTIONS");
    private static final CharSequence HEADERS =
            HttpHeaders.createOptimized("authorization,content-type,content-encoding,x-request-id,idempotency-key");
    private static final CharSequence MAX_AGE = HttpHeaders.createOptimized("7200");

    private Cors() {}

    /** Whether a request of the method {@code OPTIONS} is a preflight. */
    static boolean isPreflight(HttpServerRequest request) {
        return request.headers().contains(HttpHeaders.ORIGIN)
                && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
    }

    /** What a preflight is told beside {@link #addTo}. */
    static void addPreflight(MultiMap headers) {
        headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
                .set(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, HEADERS)
                .set(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    }

    /** What every answer carries. */
    static void addTo(MultiMap headers, @Nullable String origin) {
        headers.set(HttpHeaders.VARY, HttpNames.ORIGIN);
        if (origin != null) {
            headers.set(HttpHeaders.ACCESS_CONTROL_ALLOW_ORIGIN, origin)
                    .set(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, HttpNames.EXPOSED);
        }
    }
}
