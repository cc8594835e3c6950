package com.quotient.bench;

import java.util.List;
import java.util.Locale;

/** Some values of the same thing, which differ by chance. */
public record Spread(List<Double> values) {
    public Spread {
        values = values.stream().sorted().toList();
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    public double median() {
        int middle = values.size() / 2;
        return values.size() % 2 == 1 ? values.get(middle) : (values.get(middle - 1) + values.get(middle)) / 2;
    }

    /** The median, and in parentheses the smallest and the largest. */
    public String format(int decimals) {
        if (isEmpty()) {
            return "";
        }
        String number = "%,." + decimals + "f";
        return String.format(
                Locale.ROOT,
                number + " (" + number + "–" + number + ")",
                median(),
                values.get(0),
                values.get(values.size() - 1));
    }
}
