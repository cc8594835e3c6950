package com.quotient.keys;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What happened to a key once.
 *
 * @param id grows with time, though not in the order of {@code at}
 * @param action such as {@code create} or {@code revoke}
 * @param actor who did it, a user or a tool, and {@code source} from where
 * @param before the key before, without anything that could authenticate; null when there was none
 * @param after the key since, or what else is known of what happened
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
