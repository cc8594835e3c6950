package com.quotient.problem;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;

/** Finds the known name that an unknown one probably meant. */
public final class NearestName {
    /** Maximum characters compared, so that the cost is bounded. */
    private static final int MAX_LENGTH = 128;

    private NearestName() {}

    /**
     * The known name with the smallest Levenshtein distance, whatever its case.
     *
     * @param known at least one name
     */
    public static String of(String name, Collection<String> known) {
        String compared = compared(name);
        return known.stream()
                .sorted()
                .min(Comparator.comparingInt(candidate -> distance(compared, compared(candidate))))
                .orElseThrow();
    }

    private static String compared(String name) {
        return name.substring(0, Math.min(name.length(), MAX_LENGTH)).toLowerCase(Locale.ROOT);
    }

    private static int distance(String a, String b) {
        int[] previous = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            previous[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int[] current = new int[b.length() + 1];
            current[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int substituted = previous[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                current[j] = Math.min(substituted, Math.min(previous[j], current[j - 1]) + 1);
            }
            previous = current;
        }
        return previous[b.length()];
    }
}
