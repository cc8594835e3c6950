package com.quotient.analytics;

import com.quotient.analytics.AnalyticsStore.Order;
import com.quotient.analytics.AnalyticsStore.Position;
import com.quotient.config.AnalyticsConfig;
import com.quotient.http.Page;
import io.vertx.core.Future;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads events in pieces, each after the last event of the piece before. A piece is bounded in bytes, and no connection
 * is held between two pieces, so memory stays small however large the events and however slow the reader. Used once, by
 * one event loop.
 */
final class EventReader {
    /** The number of events to ask for before their size is known. */
    private static final int FIRST_EVENTS = 100;

    private final AnalyticsStore store;
    private final EventFilter filter;
    private final Order order;
    private final int maxEvents;
    private final int maxBytes;
    private @Nullable Position place;
    private long left;
    private int limit;

    private EventReader(
            AnalyticsStore store,
            EventFilter filter,
            Order order,
            AnalyticsConfig config,
            @Nullable Position place,
            long events) {
        this.store = store;
        this.filter = filter;
        this.order = order;
        this.maxEvents = config.fetchEvents();
        this.maxBytes = config.fetchBytes();
        this.place = place;
        this.left = events;
        this.limit = Math.min(FIRST_EVENTS, maxEvents);
    }

    /** All events, oldest first. */
    static EventReader all(AnalyticsStore store, EventFilter filter, AnalyticsConfig config) {
        return new EventReader(store, filter, Order.OLDEST_FIRST, config, null, Long.MAX_VALUE);
    }

    /** One page of events, newest first; {@code total} is the number of all. */
    static Future<EventReader> page(
            AnalyticsStore store, EventFilter filter, AnalyticsConfig config, Page page, long total) {
        long events = Math.max(0, Math.min(page.limit(), total - page.offset()));
        if (events == 0 || page.offset() == 0) {
            return Future.succeededFuture(new EventReader(store, filter, Order.NEWEST_FIRST, config, null, events));
        }
        // Reads only the index up to there. If there is no event, some were deleted since they were counted.
        return store.position(filter, page.offset() - 1)
                .map(place ->
                        new EventReader(store, filter, Order.NEWEST_FIRST, config, place, place == null ? 0 : events));
    }

    /** The next events; empty at the end. */
    Future<List<StoredEvent>> next() {
        if (left == 0) {
            return Future.succeededFuture(List.of());
        }
        return store.following(filter, order, place, (int) Math.min(limit, left), maxBytes)
                .map(this::taken);
    }

    private List<StoredEvent> taken(List<StoredEvent> events) {
        left = events.isEmpty() ? 0 : left - events.size();
        long bytes = 0;
        for (StoredEvent event : events) {
            place = Position.of(event);
            bytes += event.context().length() + event.properties().length();
        }
        // Postgres converts every requested event to text, so ask only for those that will probably fit.
        long usual = Math.max(1, bytes / Math.max(1, events.size()));
        limit = (int) Math.min(maxEvents, 1 + maxBytes / usual);
        return events;
    }
}
