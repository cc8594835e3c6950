package com.quotient.analytics;

import com.quotient.json.StrictJson;

/**
 * Limits for one request and its events.
 *
 * @param maxEvents maximum number of events in one request
 * @param maxEventBytes maximum bytes of one event's JSON text, as sent
 * @param maxDepth maximum depth of arrays and objects in one event; the event itself is the first level
 * @param maxProperties maximum number of unreserved members of one event, after merging
 */
public record EventLimits(int maxEvents, int maxEventBytes, int maxDepth, int maxProperties) {

    public static final EventLimits DEFAULTS = new EventLimits(500, 32 * 1024, 32, 255);

    public EventLimits {
        if (maxEvents < 1 || maxEventBytes < 1 || maxProperties < 0) {
            throw new IllegalArgumentException("Event limits must be positive.");
        }
        if (maxDepth < 1 || maxDepth >= StrictJson.MAX_DEPTH) {
            throw new IllegalArgumentException(
                    "The depth of an event must be from 1 to " + (StrictJson.MAX_DEPTH - 1) + ".");
        }
    }
}
