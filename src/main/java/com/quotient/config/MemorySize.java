package com.quotient.config;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An amount of memory in settings: {@code 512KiB}, {@code 64MiB}, {@code 1GiB}, or {@code 10%} of the maximum heap. */
public record MemorySize(long bytes) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,9})(KiB|MiB|GiB|%)");

    /**
     * Parses an amount.
     *
     * @param heapBytes the heap size that a percentage refers to
     * @throws IllegalArgumentException with a sentence that shows the accepted form
     */
    public static MemorySize parse(String text, long heapBytes) {
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches()) {
            throw new IllegalArgumentException("\"" + text
                    + "\" is not an amount of memory; write a number and a unit, such as 512KiB, 64MiB, 1GiB or 10%.");
        }
        long amount = Long.parseLong(matcher.group(1));
        return new MemorySize(
                switch (matcher.group(2)) {
                    case "KiB" -> amount << 10;
                    case "MiB" -> amount << 20;
                    case "GiB" -> amount << 30;
                    default -> heapBytes / 100 * amount;
                });
    }
}
