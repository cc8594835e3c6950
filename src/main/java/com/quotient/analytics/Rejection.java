package com.quotient.analytics;

import com.fasterxml.jackson.annotation.JsonIgnore;

/**
 * Why one event of a request was refused while others were stored.
 *
 * @param index the event's index in the request, from 0
 * @param code for programs
 * @param detail one sentence for people, without values from the input
 * @param path the path of the fault in the request, such as {@code batch[3].url}; shown if every event was refused
 */
public record Rejection(
        int index, Code code, String detail, @JsonIgnore String path) {

    /** The names are part of the HTTP contract and never change. */
    public enum Code {
        /** Not an object, or a reserved member is missing, of the wrong type, too long or malformed. */
        INVALID_EVENT,
        /** More bytes than {@link EventLimits#maxEventBytes}, or more than twice that many after parsing. */
        EVENT_TOO_LARGE,
        /** More than {@link EventLimits#maxProperties}. */
        TOO_MANY_PROPERTIES,
        /** Deeper than {@link EventLimits#maxDepth}. */
        TOO_DEEP,
        /** U+0000 or half of a surrogate pair, in a string or a member name. */
        INVALID_CHARACTER,
        /** A member named twice in one object. */
        DUPLICATE_MEMBER,
        /** A number of more than {@value com.quotient.json.StrictJson#MAX_NUMBER_DIGITS} digits in plain form. */
        NUMBER_OUT_OF_RANGE,
        /** A private key of issued form, in any value or name. */
        SECRET_KEY
    }
}
