package com.quotient.analytics;

import com.quotient.bus.LocalMessage;
import java.util.List;

/** What travels over the event bus between the requests to track events and {@link IngestVerticle}, and where. */
final class IngestMessages {
    /**
     * Request: {@link Store}; answer: {@link Stored} or {@link Overloaded}, or a failure when nobody can know whether the
     * events were stored.
     */
    static final String STORE = "analytics.store";

    private IngestMessages() {}

    /**
     * The acceptable events of one request, all of one business.
     *
     * @param bytes what they weigh in the queue: the size of the request's body
     */
    record Store(String businessId, List<NewEvent> events, int bytes) implements LocalMessage {
        Store {
            events = List.copyOf(events);
        }
    }

    /** Every event is committed or refused; the outcomes stand in the order of the events. */
    record Stored(List<Outcome> outcomes) implements LocalMessage {
        Stored {
            outcomes = List.copyOf(outcomes);
        }
    }

    /** The queue is full, or the business has used up its share of it. Nothing was stored. */
    record Overloaded() implements LocalMessage {}

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
