package com.quotient.analytics;

/**
 * Why one event of a request was refused, while the others were kept.
 *
 * @param index the event's place in the request, from 0
 * @param code for programs
 * @param detail one sentence for a person, without values of the input
 */
public record Rejection(int index, Code code, String detail) {

    /** The names are part of the HTTP contract and never change. */
    public enum Code {
        /** Not an object, or a reserved member that is missing, of the wrong type, too long or unreadable. */
        INVALID_EVENT,
        /** More bytes than {@link EventLimits#maxEventBytes}. */
        EVENT_TOO_LARGE,
        /** More than {@link EventLimits#maxProperties}. */
        TOO_MANY_PROPERTIES,
        /** Deeper than {@link EventLimits#maxDepth}. */
        TOO_DEEP,
        /** U+0000 or half of a surrogate pair, in a string or a member name. */
        INVALID_CHARACTER,
        /** A member named twice in one object. */
        DUPLICATE_MEMBER,
        /** A number beyond the range of a double, or of more than 1000 characters. */
        NUMBER_OUT_OF_RANGE
    }
}
