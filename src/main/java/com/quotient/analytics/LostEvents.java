package com.quotient.analytics;

/**
 * Events that a sender has lost since its last report, by reason.
 *
 * @param age too old to be sent
 * @param quota dropped because the sender's buffer was full
 * @param rejected refused by the server
 */
public record LostEvents(long age, long quota, long rejected) {
    static final LostEvents NONE = new LostEvents(0, 0, 0);

    /** A sender keeps a thousand events; a report above this is not believed. */
    private static final long MAX_REPORTED = 100_000;

    private static final int MAX_DIGITS = 9;

    /** Adds a count; ignores an unknown name. */
    LostEvents with(String name, String count) {
        long number = count.length() > MAX_DIGITS ? MAX_REPORTED : Long.parseLong(count);
        return switch (name) {
            case "age" -> new LostEvents(number, quota, rejected);
            case "quota" -> new LostEvents(age, number, rejected);
            case "rejected" -> new LostEvents(age, quota, number);
            default -> this;
        };
    }

    /** Limits values to a plausible range, because callers may report anything. */
    public LostEvents {
        age = Math.max(0, Math.min(MAX_REPORTED, age));
        quota = Math.max(0, Math.min(MAX_REPORTED, quota));
        rejected = Math.max(0, Math.min(MAX_REPORTED, rejected));
    }
}
