package com.quotient.analytics;

import com.fasterxml.jackson.core.JsonToken;
import com.quotient.analytics.EventBatch.Form;
import com.quotient.analytics.Rejection.Code;
import com.quotient.json.InvalidJson;
import com.quotient.json.StrictJson;
import com.quotient.json.StrictParser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads the body of a request to track events, in one pass and without a tree. It has one of three forms:
 *
 * <ul>
 *   <li>one event: an object;
 *   <li>an array of events;
 *   <li>{@code {"batch": [events…], "sentAt": …}}: any object with an array named {@code batch}. Its other members mean
 *       nothing and are skipped.
 * </ul>
 *
 * The first and the third may carry {@code sentAt} and, where the request has no headers for it, {@code apiKey}; neither
 * becomes a property. What is wrong with one event refuses that event alone; what makes the text unreadable refuses all.
 *
 * <p>Any thread may use it.
 */
public final class EventParser {

    private final EventLimits limits;

    public EventParser(EventLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads a body.
     *
     * @param apiKeyAllowed whether the body may carry the caller's key
     * @throws InvalidJson if the text is not JSON as {@link StrictJson} has it
     * @throws InvalidEvents if it has none of the three forms, no event or too many, or a bad {@code sentAt} or {@code
     *     apiKey}
     */
    public EventBatch parse(byte[] body, boolean apiKeyAllowed) {
        try (StrictParser parser = StrictJson.parser(body)) {
            return new Reading(parser, limits, apiKeyAllowed).batch();
        }
    }

    /** The state of reading one body. */
    private static final class Reading {

        private final StrictParser parser;
        private final EventLimits limits;
        private final boolean apiKeyAllowed;
        private final List<Event> events = new ArrayList<>();
        private final List<Rejection> rejections = new ArrayList<>();
        private Form form = Form.SINGLE;
        private @Nullable Instant sentAt;
        private @Nullable String apiKey;

        Reading(StrictParser parser, EventLimits limits, boolean apiKeyAllowed) {
            this.parser = parser;
            this.limits = limits;
            this.apiKeyAllowed = apiKeyAllowed;
        }

        EventBatch batch() {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.START_OBJECT) {
                object();
            } else if (first == JsonToken.START_ARRAY) {
                form = Form.ARRAY;
                events("");
            } else {
                throw new InvalidEvents(
                        "", "Send an event, an array of events, or {\"batch\": [events…], \"sentAt\": …}.");
            }
            parser.end();
            return new EventBatch(form, events, rejections, sentAt, apiKey);
        }

        /** Reads the object as the one event it may be, until a batch turns up. */
        private void object() {
            try {
                EventDraft draft = new EventDraft(parser, limits);
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    JsonToken value = parser.nextToken();
                    if (name.equals("batch") && value == JsonToken.START_ARRAY) {
                        form = Form.BATCH;
                        events("batch");
                    } else if (name.equals("sentAt")) {
                        sentAt = sentAt();
                    } else if (name.equals("apiKey") && apiKeyAllowed) {
                        apiKey = apiKey();
                    } else if (form == Form.SINGLE) {
                        draft.member(name);
                    } else {
                        parser.skipChildren();
                    }
                }
                if (form == Form.SINGLE) {
                    events.add(draft.finish());
                }
            } catch (RefusedEvent e) {
                refuse(e, 0);
            } catch (InvalidJson e) {
                if (form != Form.SINGLE) {
                    throw e;
                }
                refuse(e, 0);
            }
        }

        private void events(String path) {
            int outer = parser.depth();
            while (event(outer)) {
                if (count() > limits.maxEvents()) {
                    throw new InvalidEvents(
                            path,
                            "There are more than " + limits.maxEvents() + " events: send them in several requests.");
                }
            }
            if (count() == 0) {
                throw new InvalidEvents(path, "There is no event: send at least one.");
            }
        }

        /** Reads the next event of the array that is open at depth {@code outer}; false at the array's end. */
        private boolean event(int outer) {
            try {
                JsonToken first = parser.nextToken();
                if (first == JsonToken.END_ARRAY) {
                    return false;
                }
                if (first != JsonToken.START_OBJECT) {
                    throw RefusedEvent.invalid("", "An event must be an object.");
                }
                EventDraft draft = new EventDraft(parser, limits);
                while (parser.nextToken() != JsonToken.END_OBJECT) {
                    String name = parser.currentName();
                    parser.nextToken();
                    draft.member(name);
                }
                events.add(draft.finish());
            } catch (RefusedEvent e) {
                refuse(e, outer);
            } catch (InvalidJson e) {
                refuse(e, outer);
            }
            return true;
        }

        private int count() {
            return events.size() + rejections.size();
        }

        private void refuse(RefusedEvent e, int outer) {
            refuse(e.code(), e.getMessage(), form.path(count(), e.member()), outer);
        }

        private void refuse(InvalidJson e, int outer) {
            refuse(code(e), e.getMessage(), e.path(), outer);
        }

        /** Skips the rest of the event, which starts below depth {@code outer}. */
        private void refuse(Code code, String detail, String path, int outer) {
            parser.skipTo(outer);
            rejections.add(new Rejection(count(), code, detail, path));
        }

        /** The code for what refuses one event only; rethrows what refuses the whole text. */
        private static Code code(InvalidJson e) {
            return switch (e.fault()) {
                case UNREADABLE -> throw e;
                case TOO_DEEP -> Code.TOO_DEEP;
                case DUPLICATE_MEMBER -> Code.DUPLICATE_MEMBER;
                case INVALID_CHARACTER -> Code.INVALID_CHARACTER;
                case NUMBER_OUT_OF_RANGE -> Code.NUMBER_OUT_OF_RANGE;
            };
        }

        private @Nullable Instant sentAt() {
            if (parser.currentToken() == JsonToken.VALUE_NULL) {
                return null;
            }
            Instant time = EventDraft.time(parser);
            if (time == null) {
                throw new InvalidEvents("sentAt", "sentAt " + EventDraft.NOT_A_TIME);
            }
            return time;
        }

        private String apiKey() {
            if (parser.currentToken() != JsonToken.VALUE_STRING) {
                throw new InvalidEvents("apiKey", "apiKey must be a string.");
            }
            return parser.getText();
        }
    }
}
