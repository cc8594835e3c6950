package com.quotient.http;

import com.quotient.keys.KeyTier;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.function.Supplier;

/**
 * Executes a request with an {@code Idempotency-Key} once and repeats its answer for every retry
 * (draft-ietf-httpapi-idempotency-key-header). Thread-safe.
 */
public interface Idempotency {

    /**
     * The identity of a request.
     *
     * @param name the value of the header
     * @param fingerprint SHA-256 of the request; the same name with another fingerprint is an error of the caller
     */
    record Named(String businessId, KeyTier tier, String name, Buffer fingerprint) {}

    /**
     * The answer of the endpoint, or of an earlier request with this name.
     *
     * <p>Fails as the endpoint does, with 422 if the name belongs to another request, and with 409 while the first one
     * is running.
     *
     * @param commitsItself whether the endpoint commits by itself and can be repeated without another effect; otherwise
     *     its statements in the feature pool are committed together with its answer, or not at all
     */
    Future<Answer> once(Named request, boolean commitsItself, Supplier<Future<Answer>> endpoint);
}
