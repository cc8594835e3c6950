package com.quotient.http;

import io.vertx.core.http.HttpHeaders;

/** Header names and values that Vert.x does not name, encoded once. */
final class HttpNames {
    static final CharSequence X_REQUEST_ID = HttpHeaders.createOptimized("X-Request-Id");
    static final CharSequence X_FORWARDED_FOR = HttpHeaders.createOptimized("X-Forwarded-For");
    static final CharSequence SEC_FETCH_SITE = HttpHeaders.createOptimized("Sec-Fetch-Site");
    static final CharSequence RATE_LIMIT = HttpHeaders.createOptimized("RateLimit");
    static final CharSequence RATE_LIMIT_POLICY = HttpHeaders.createOptimized("RateLimit-Policy");

    static final CharSequence STRICT_TRANSPORT_SECURITY = HttpHeaders.createOptimized("Strict-Transport-Security");
    static final CharSequence IDEMPOTENCY_KEY = HttpHeaders.createOptimized("Idempotency-Key");
    static final CharSequence IDEMPOTENCY_REPLAYED = HttpHeaders.createOptimized("Idempotency-Replayed");

    static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
    static final CharSequence PRIVATE_NO_CACHE = HttpHeaders.createOptimized("private, no-cache");
    static final CharSequence ORIGIN = HttpHeaders.createOptimized("Origin");
    static final CharSequence ORIGIN_AND_ENCODING = HttpHeaders.createOptimized("Origin, Accept-Encoding");
    static final CharSequence GZIP = HttpHeaders.createOptimized("gzip");
    static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
    static final CharSequence PROBLEM_JSON = HttpHeaders.createOptimized("application/problem+json");
    static final CharSequence EXPOSED = HttpHeaders.createOptimized(
            "X-Request-Id, Retry-After, RateLimit, RateLimit-Policy, ETag, Idempotency-Replayed");

    private HttpNames() {}
}
