package com.quotient.analytics;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One event as it is stored: what its sender told, and what the server knows by itself.
 *
 * @param id stays the same however often the event is sent to the database
 * @param occurredAt the event's time, corrected; see {@link EventTime#correct}
 */
record NewEvent(String id, Instant occurredAt, Source source, Event event) {

    /**
     * What all events of one request have in common.
     *
     * @param origin the {@code Origin} header
     * @param clientAddress as much of it as the installation keeps
     * @param userAgent the header, for events that name none themselves
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
