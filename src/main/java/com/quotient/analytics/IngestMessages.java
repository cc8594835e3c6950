package com.quotient.analytics;

import com.quotient.bus.LocalMessage;
import io.netty.channel.EventLoop;
import io.vertx.core.Promise;
import java.util.List;

/** What travels over the event bus between the requests to track events and {@link IngestVerticle}, and where. */
final class IngestMessages {
    /**
     * Request: {@link Arrivals}; answer: {@link Taken} at once, or a failure when nobody takes them. What becomes of
     * each arrival its promise tells.
     */
    static final String STORE = "analytics.store";

    private IngestMessages() {}

    /** What has come in one turn of an event loop. */
    record Arrivals(List<Arrival> all) implements LocalMessage {}

    /** The verticle answers every arrival, after {@code ingest.maxWait} at the latest. */
    record Taken() implements LocalMessage {}

    /**
     * One request to store events.
     *
     * @param answer completed on {@code loop}; fails when nobody can know whether the events were stored
     */
    record Arrival(Store store, EventLoop loop, Promise<Reply> answer) {}

    /**
     * The acceptable events of one request, all of one business.
     *
     * @param bytes what they weigh in the queue: the size of the request's body
     */
    record Store(String businessId, List<NewEvent> events, int bytes) {
        Store {
            events = List.copyOf(events);
        }
    }

    /** What became of a request. */
    sealed interface Reply {}

    /** Every event is committed or refused; the outcomes stand in the order of the events. */
    record Stored(List<Outcome> outcomes) implements Reply {
        Stored {
            outcomes = List.copyOf(outcomes);
        }
    }

    /** The queue is full, or the business has used up its share of it. Nothing was stored. */
    record Overloaded() implements Reply {}

    /** What became of one event. */
    sealed interface Outcome {}

    /**
     * Committed.
     *
     * @param eventId of the stored event: for a duplicate that of the original
     */
    record Kept(String eventId, boolean duplicate) implements Outcome {}

    /** The database cannot store it. */
    record Refused(Rejection.Code code, String detail) implements Outcome {}
}
