package com.quotient.analytics;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event to be stored: what its sender reported and what the server adds.
 *
 * @param id stays the same in every retry
 * @param occurredAt the event's time, corrected; see {@link EventTime#correct}
 */
record NewEvent(String id, Instant occurredAt, Source source, Event event) {

    /**
     * What all events of one request have in common.
     *
     * @param origin the {@code Origin} header
     * @param clientAddress the part of it that the installation keeps
     * @param userAgent the header, for events without their own
     * @param receivedAt by the database's clock
     */
    record Source(
            String businessId,
            String keyId,
            @Nullable String origin,
            @Nullable String clientAddress,
            @Nullable String userAgent,
            Instant receivedAt) {}
}
