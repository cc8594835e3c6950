package com.quotient.analytics;

import com.quotient.bus.LocalMessage;
import io.netty.channel.EventLoop;
import io.vertx.core.Promise;
import java.util.List;

/** The event bus messages between tracking requests and the {@link IngestVerticle}, and their addresses. */
final class IngestMessages {
    /**
     * Request: {@link Arrivals}; reply: {@link Taken} at once, or a failure if nobody takes them. The promise of each
     * arrival has its outcome.
     */
    static final String STORE = "analytics.store";

    private IngestMessages() {}

    /** The requests of one turn of an event loop. */
    record Arrivals(List<Arrival> all) implements LocalMessage {}

    /** The verticle completes every arrival, after {@code ingest.maxWait} at the latest. */
    record Taken() implements LocalMessage {}

    /**
     * One request to store events.
     *
     * @param answer completed on {@code loop}; fails if it is unknown whether the events were stored
     */
    record Arrival(Store store, EventLoop loop, Promise<Reply> answer) {}

    /**
     * The acceptable events of one request, all of one business.
     *
     * @param bytes their size in the queue, which is that of the request's body
     */
    record Store(String businessId, List<NewEvent> events, int bytes) {
        Store {
            events = List.copyOf(events);
        }
    }

    /** The outcome of a request. */
    sealed interface Reply {}

    /** Every event is committed or refused. The outcomes are in the order of the events. */
    record Stored(List<Outcome> outcomes) implements Reply {
        Stored {
            outcomes = List.copyOf(outcomes);
        }
    }

    /** The queue, or the share of the business, is full. Nothing was stored. */
    record Overloaded() implements Reply {}

    /** The outcome of one event. */
    sealed interface Outcome {}

    /**
     * Committed.
     *
     * @param eventId the id of the stored event; for a duplicate that of the original
     */
    record Kept(String eventId, boolean duplicate) implements Outcome {}

    /** The database cannot store the event. */
    record Refused(Rejection.Code code, String detail) implements Outcome {}
}
