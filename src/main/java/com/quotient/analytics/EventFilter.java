package com.quotient.analytics;

import com.quotient.http.Query;
import com.quotient.problem.Problem;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Selects events of a business; null means any.
 *
 * @param from the first instant
 * @param to the first instant after the range
 */
record EventFilter(
        String businessId,
        @Nullable String eventType,
        @Nullable String personId,
        @Nullable String deviceId,
        @Nullable String sessionId,
        @Nullable String keyId,
        @Nullable Instant from,
        @Nullable Instant to) {

    private static final Instant MIN = Instant.parse("0001-01-01T00:00:00Z");
    private static final Instant MAX = Instant.parse("9999-12-31T23:59:59.999999999Z");

    /**
     * Reads the parameters that are named like the members. A 400 for an invalid time or a range that ends before it
     * begins.
     */
    static EventFilter from(String businessId, Query query) {
        EventFilter filter = of(businessId, query);
        return new EventFilter(
                businessId,
                filter.eventType,
                query.text("personId"),
                query.text("deviceId"),
                query.text("sessionId"),
                null,
                filter.from,
                filter.to);
    }

    /** The event type and the range only. */
    static EventFilter of(String businessId, Query query) {
        return new EventFilter(
                        businessId,
                        query.text("eventType"),
                        null,
                        null,
                        null,
                        null,
                        time(query, "from"),
                        time(query, "to"))
                .ordered();
    }

    /** The same filter with another range. */
    EventFilter between(@Nullable Instant newFrom, @Nullable Instant newTo) {
        return new EventFilter(businessId, eventType, personId, deviceId, sessionId, keyId, newFrom, newTo).ordered();
    }

    EventFilter ordered() {
        if (from != null && to != null && from.isAfter(to)) {
            throw Problem.invalid("from", "must not be after to.").exception();
        }
        return this;
    }

    static @Nullable Instant time(Query query, String name) {
        Instant time = query.time(name);
        if (time != null && (time.isBefore(MIN) || time.isAfter(MAX))) {
            throw Problem.invalid(name, "must be within the years 1 to 9999.").exception();
        }
        return time;
    }
}
