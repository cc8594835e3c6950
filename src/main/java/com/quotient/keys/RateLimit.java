package com.quotient.keys;

import com.quotient.config.Durations;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A token bucket of {@code limit} requests that refills evenly over {@code windowSeconds}. In the long run that is
 * {@code limit} per window; a window that begins with a full bucket may see almost twice as many.
 */
public record RateLimit(int limit, int windowSeconds) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})/(\\S+)");

    public RateLimit {
        if (limit < 1 || windowSeconds < 1) {
            throw new IllegalArgumentException(
                    "A rate limit needs at least 1 request and a window of at least 1 second.");
        }
    }

    /**
     * Parses {@code 100/60s}: requests, then the window.
     *
     * @throws IllegalArgumentException with a sentence that shows the accepted form
     */
    public static RateLimit parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "\"" + text + "\" is not a rate limit; write requests and a window, such as 100/60s or 5000/1h.");
        }
        Duration window = Durations.parse(matcher.group(2));
        if (window.toMillis() % 1000 != 0 || window.toSeconds() > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("The window of a rate limit is counted in whole seconds.");
        }
        return new RateLimit(Integer.parseInt(matcher.group(1)), (int) window.toSeconds());
    }

    /** The form that {@link #parse} reads. */
    @Override
    public String toString() {
        return limit + "/" + windowSeconds + "s";
    }
}
