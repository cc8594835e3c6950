package com.quotient.cli;

import com.quotient.config.Durations;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;

/** The expiry of a key as an option: a duration ({@code 90d}) or a time ({@code 2027-01-01T00:00:00Z}). */
final class Expiry {
    private Expiry() {}

    /**
     * Parses an expiry.
     *
     * @throws IllegalArgumentException with a sentence that shows the accepted forms, or says that the time has passed
     */
    static Instant parse(String text, Instant now) {
        Instant end = read(text, now);
        if (!end.isAfter(now)) {
            throw new IllegalArgumentException("The expiry " + text + " has passed; to end a key at once, revoke it.");
        }
        return end;
    }

    private static Instant read(String text, Instant now) {
        try {
            return text.contains("T")
                    ? OffsetDateTime.parse(text.strip()).toInstant()
                    : now.plus(Durations.parse(text));
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not an expiry; write a time from now such as 90d, or a moment such as"
                            + " 2027-01-01T00:00:00Z.",
                    e);
        }
    }
}
