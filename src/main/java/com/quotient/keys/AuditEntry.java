package com.quotient.keys;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One entry of the audit of a key.
 *
 * @param id increases over time, but not strictly in the order of {@code at}
 * @param action such as {@code create} or {@code revoke}
 * @param actor the user or tool that did it; {@code source} says from where
 * @param before the key before the change, without its secret, or null if there was none
 * @param after the key after the change, or other details of the action
 */
public record AuditEntry(
        long id,
        Instant at,
        String businessId,
        String keyId,
        String action,
        String actor,
        String source,
        @Nullable JsonObject before,
        @Nullable JsonObject after) {}
