package com.quotient.time;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;

/** Times on the wire: ISO-8601 in UTC with milliseconds and Z, {@code 2026-01-15T10:30:00.000Z}. */
public final class Times {
    private static final long DAY_MILLIS = 86_400_000;

    private Times() {}

    public static String format(Instant time) {
        return format(time.toEpochMilli());
    }

    /** Formats milliseconds since 1970, within the years 0 to 9999. Fast, because most answers contain times. */
    public static String format(long epochMillis) {
        LocalDate date = LocalDate.ofEpochDay(Math.floorDiv(epochMillis, DAY_MILLIS));
        int ofDay = (int) Math.floorMod(epochMillis, DAY_MILLIS);
        byte[] text = "0000-00-00T00:00:00.000Z".getBytes(StandardCharsets.ISO_8859_1);
        digits(text, 0, 4, date.getYear());
        digits(text, 5, 2, date.getMonthValue());
        digits(text, 8, 2, date.getDayOfMonth());
        digits(text, 11, 2, ofDay / 3_600_000);
        digits(text, 14, 2, ofDay / 60_000 % 60);
        digits(text, 17, 2, ofDay / 1000 % 60);
        digits(text, 20, 3, ofDay % 1000);
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static void digits(byte[] text, int start, int count, int value) {
        int rest = value;
        for (int i = start + count - 1; i >= start; i--) {
            text[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
