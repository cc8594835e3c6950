package com.quotient.http;

import com.quotient.keys.KeyTier;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import java.util.function.Supplier;

/**
 * Sees to it that a request with an {@code Idempotency-Key} is done once and answered alike as often as it is sent
 * (draft-ietf-httpapi-idempotency-key-header). Any thread may use it.
 */
public interface Idempotency {

    /**
     * What a request is known by.
     *
     * @param name the value of the header
     * @param fingerprint SHA-256 of what was asked; the same name with another fingerprint is a mistake of the caller
     */
    record Named(String businessId, KeyTier tier, String name, Buffer fingerprint) {}

    /**
     * The answer of the endpoint, or that of an earlier request of this name.
     *
     * <p>Fails as the endpoint does, with 422 when the name belongs to another request, and with 409 while the first one is
     * still running.
     *
     * @param commitsItself whether the endpoint commits what it does and can do it again without another effect; otherwise
     *     what it does through the pool of the features is committed together with its answer, or not at all
     */
    Future<Answer> once(Named request, boolean commitsItself, Supplier<Future<Answer>> endpoint);
}
