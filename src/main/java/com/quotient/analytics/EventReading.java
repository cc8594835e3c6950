package com.quotient.analytics;

import com.fasterxml.jackson.core.JsonToken;
import com.quotient.analytics.EventBatch.Form;
import com.quotient.analytics.Rejection.Code;
import com.quotient.json.InvalidJson;
import com.quotient.json.InvalidJson.Fault;
import com.quotient.json.StrictParser;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses a body step by step, so that an event loop can serve other requests in between. A step reads at most one event
 * within its size limit, or one member. Used by one thread.
 */
final class EventReading implements AutoCloseable {
    /** The number of tokens of a skipped value in one step. */
    private static final int SKIPPED_TOKENS = 1000;

    private final StrictParser parser;
    private final EventLimits limits;
    private final boolean apiKeyAllowed;
    private final List<Event> events = new ArrayList<>();
    private final List<Rejection> rejections = new ArrayList<>();

    private Runnable step = this::start;
    private boolean done;
    private Form form = Form.SINGLE;
    private @Nullable Instant sentAt;
    private LostEvents lost = LostEvents.NONE;

    EventReading(StrictParser parser, EventLimits limits, boolean apiKeyAllowed) {
        this.parser = parser;
        this.limits = limits;
        this.apiKeyAllowed = apiKeyAllowed;
    }

    /**
     * Reads at least this many bytes, and up to one step more.
     *
     * @return whether the body is complete
     * @throws InvalidJson and {@link InvalidEvents}, as {@link EventParser#parse} does
     */
    boolean proceed(int bytes) {
        long end = parser.bytesRead() + bytes;
        do {
            step.run();
        } while (!done && parser.bytesRead() < end);
        return done;
    }

    /** The result, once the body is complete. */
    EventBatch batch() {
        return new EventBatch(form, events, rejections, sentAt, lost);
    }

    long bytesRead() {
        return parser.bytesRead();
    }

    @Override
    public void close() {
        parser.close();
    }

    private void start() {
        JsonToken first = parser.nextToken();
        if (first == JsonToken.START_OBJECT) {
            EventDraft draft = new EventDraft(parser, limits);
            step = () -> member(draft);
        } else if (first == JsonToken.START_ARRAY) {
            form = Form.ARRAY;
            events("", this::end);
        } else {
            throw new InvalidEvents("", "Send an event, an array of events, or {\"batch\": [events…], \"sentAt\": …}.");
        }
    }

    private void end() {
        parser.end();
        done = true;
    }

    /** Reads a member of an object that may be a single event, until a batch is found. */
    private void member(EventDraft draft) {
        try {
            if (parser.nextToken() == JsonToken.END_OBJECT) {
                step = this::end;
                if (form == Form.SINGLE) {
                    events.add(draft.finish());
                }
                return;
            }
            String name = parser.currentName();
            JsonToken value = parser.nextToken();
            if (name.equals("batch") && value == JsonToken.START_ARRAY) {
                form = Form.BATCH;
                events("batch", () -> member(draft));
            } else if (name.equals("sentAt")) {
                sentAt = sentAt();
            } else if (name.equals("apiKey") && apiKeyAllowed) {
                checkApiKey();
            } else if (form == Form.SINGLE) {
                draft.member(name);
            } else if (name.equals("dropped") && value == JsonToken.START_OBJECT) {
                losses(parser.outerDepth(), () -> member(draft));
            } else {
                check(parser.outerDepth(), () -> member(draft));
            }
        } catch (RefusedEvent e) {
            refuse(e, 0, this::end);
        } catch (InvalidJson e) {
            if (form != Form.SINGLE) {
                throw e;
            }
            refuse(e, 0, this::end);
        }
    }

    /** Reads the events of the array that opens here, then continues with {@code next}. */
    private void events(String path, Runnable next) {
        int outer = parser.depth();
        step = () -> event(path, outer, next);
    }

    /** Reads the next event of the array that is open at depth {@code outer}. */
    private void event(String path, int outer, Runnable next) {
        try {
            JsonToken first = parser.nextToken();
            if (first == JsonToken.END_ARRAY) {
                if (count() == 0) {
                    throw new InvalidEvents(path, "There is no event: send at least one.");
                }
                step = next;
                return;
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
            refuse(e, outer, step);
        } catch (InvalidJson e) {
            refuse(e, outer, step);
        }
        if (count() > limits.maxEvents()) {
            throw new InvalidEvents(
                    path, "There are more than " + limits.maxEvents() + " events: send them in several requests.");
        }
    }

    private int count() {
        return events.size() + rejections.size();
    }

    private void refuse(RefusedEvent e, int outer, Runnable next) {
        rejections.add(new Rejection(count(), e.code(), e.getMessage(), form.path(count(), e.member())));
        skip(outer, next);
    }

    private void refuse(InvalidJson e, int outer, Runnable next) {
        if (e.fault() == Fault.TOO_LONG) {
            refuse(EventDraft.tooLarge(limits), outer, next);
            return;
        }
        rejections.add(new Rejection(count(), code(e), e.getMessage(), e.path()));
        skip(outer, next);
    }

    /** Skips the rest of the invalid value, down to depth {@code outer}. */
    private void skip(int outer, Runnable next) {
        step = () -> {
            if (parser.skipTo(outer, SKIPPED_TOKENS)) {
                step = next;
            }
        };
    }

    /** Skips a value but checks its syntax, down to depth {@code outer}. */
    private void check(int outer, Runnable next) {
        step = () -> {
            for (int i = 0; i < SKIPPED_TOKENS && parser.depth() > outer; i++) {
                parser.nextToken();
            }
            if (parser.depth() == outer) {
                step = next;
            }
        };
    }

    /** The code of a fault that refuses one event; rethrows a fault that refuses the whole text. */
    private static Code code(InvalidJson e) {
        return switch (e.fault()) {
            case UNREADABLE -> throw e;
            case TOO_DEEP -> Code.TOO_DEEP;
            case TOO_LONG -> Code.EVENT_TOO_LARGE;
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

    /** The key was read before, to find the caller; here only its type is checked. */
    private void checkApiKey() {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw new InvalidEvents("apiKey", "apiKey must be a string.");
        }
    }

    /** Reads the counts in the object that opens here. Ignores unknown members and other values. */
    private void losses(int outer, Runnable next) {
        step = () -> {
            for (int i = 0; i < SKIPPED_TOKENS && parser.depth() > outer; i++) {
                if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT && parser.depth() == outer + 1) {
                    lost = lost.with(parser.currentName(), parser.getText());
                }
            }
            if (parser.depth() == outer) {
                step = next;
            }
        };
    }
}
