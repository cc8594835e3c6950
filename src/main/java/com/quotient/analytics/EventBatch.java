package com.quotient.analytics;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The content of one tracking request: at least one event or rejection.
 *
 * @param form the form of the request
 * @param events the valid ones, in the order sent
 * @param rejections the refused events, by index
 * @param sentAt when the request was sent, by the sender's clock
 * @param lost the events that the sender reports as lost
 */
public record EventBatch(
        Form form,
        List<Event> events,
        List<Rejection> rejections,
        @Nullable Instant sentAt,
        LostEvents lost) {

    /** The forms of a request; see {@link EventParser}. */
    public enum Form {
        SINGLE(""),
        ARRAY("[%d]"),
        BATCH("batch[%d]");

        private final String path;

        Form(String path) {
            this.path = path;
        }

        /** The path of the event at {@code index} in the request. */
        public String path(int index) {
            return String.format(Locale.ROOT, path, index);
        }

        /** The path of a member of that event, or of the event itself if the name is empty. */
        String path(int index, String member) {
            String event = path(index);
            return event.isEmpty() || member.isEmpty() ? event + member : event + "." + member;
        }
    }

    public EventBatch {
        events = List.copyOf(events);
        rejections = List.copyOf(rejections);
    }

    /** Whether the request is a single event and is answered as one. */
    public boolean single() {
        return form == Form.SINGLE;
    }

    /** The index in the request of the event at {@code position} in {@link #events}. */
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

    /** Shows sizes only: events hold personal data, and the key is secret. */
    @Override
    public String toString() {
        return "EventBatch[form=" + form + ", events=" + events.size() + ", rejections=" + rejections.size() + "]";
    }
}
