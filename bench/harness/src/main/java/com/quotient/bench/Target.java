package com.quotient.bench;

import java.util.Locale;

/**
 * What a measurement should be, and what it was.
 *
 * @param atMost whether the limit is an upper one; otherwise it is a lower one
 * @param unit stands behind the numbers
 */
public record Target(String what, double measured, boolean atMost, double limit, String unit) {
    /** Stands above the rows. */
    static final String HEADER = "| Target | Wanted | Measured | |\n|---|---:|---:|---|\n";

    public static Target atMost(String what, double measured, double limit, String unit) {
        return new Target(what, measured, true, limit, unit);
    }

    public static Target atLeast(String what, double measured, double limit, String unit) {
        return new Target(what, measured, false, limit, unit);
    }

    boolean reached() {
        return atMost ? measured <= limit : measured >= limit;
    }

    String row() {
        return String.format(
                Locale.ROOT,
                "| %s | %s %s%s | %s%s | %s |",
                what,
                atMost ? "≤" : "≥",
                number(limit),
                unit,
                number(measured),
                unit,
                reached()
                        ? "reached"
                        : String.format(
                                Locale.ROOT, "**missed** by %.0f %%", 100 * Math.abs(measured - limit) / limit));
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, value >= 100 ? "%,.0f" : "%.2f", value);
    }
}
