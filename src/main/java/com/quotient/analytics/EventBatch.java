package com.quotient.analytics;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one request to track events holds: at least one event or rejection.
 *
 * @param form how the events are wrapped
 * @param events the valid ones, in the order sent
 * @param rejections the others, by index
 * @param sentAt when the request was sent, by the sender's clock
 * @param lost what the sender says it has lost
 */
public record EventBatch(
        Form form,
        List<Event> events,
        List<Rejection> rejections,
        @Nullable Instant sentAt,
        LostEvents lost) {

    /** The forms a request may have; see {@link EventParser}. */
    public enum Form {
        SINGLE(""),
        ARRAY("[%d]"),
        BATCH("batch[%d]");

        private final String path;

        Form(String path) {
            this.path = path;
        }

        /** Where the event at {@code index} stands in the request. */
        public String path(int index) {
            return String.format(Locale.ROOT, path, index);
        }

        /** Where a member of that event stands; the event itself when the name is empty. */
        String path(int index, String member) {
            String event = path(index);
            return event.isEmpty() || member.isEmpty() ? event + member : event + "." + member;
        }
    }

    public EventBatch {
        events = List.copyOf(events);
        rejections = List.copyOf(rejections);
    }

    /** Whether the request is one event by itself, and is answered as one. */
    public boolean single() {
        return form == Form.SINGLE;
    }

    /** The place in the request of the event at {@code position} in {@link #events}. */
    public int indexOf(int position) {
        int index = position;
        for (Rejection rejection : rejections) {
            if (rejection.index() > index) {
                break;
            }
            index++;
        }
        return index;
    }

    /** Shows sizes only: events are personal, and the key is a key. */
    @Override
    public String toString() {
        return "EventBatch[form=" + form + ", events=" + events.size() + ", rejections=" + rejections.size() + "]";
    }
}
