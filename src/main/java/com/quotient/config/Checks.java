package com.quotient.config;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/** The checks of single settings. Each fails with a sentence that names the setting. */
final class Checks {
    private Checks() {}

    static void positive(String name, Duration value) {
        if (value.isZero() || value.isNegative()) {
            throw new InvalidSetting(name + " must be longer than zero.");
        }
    }

    static void atLeast(String name, Duration value, Duration min) {
        if (value.compareTo(min) < 0) {
            throw new InvalidSetting(name + " must be at least " + min.toHours() + "h.");
        }
    }

    static void share(String name, double value) {
        if (!(value > 0 && value <= 1)) {
            throw new InvalidSetting(name + " must be above 0 and at most 1.");
        }
    }

    static void range(String name, int value, int min, int max) {
        if (value < min || value > max) {
            throw new InvalidSetting(name + " must be from " + min + " to " + max + ", not " + value + ".");
        }
    }

    static <E extends Enum<E>> E choice(String name, Class<E> type, String value) {
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equalsIgnoreCase(value)) {
                return constant;
            }
        }
        throw new InvalidSetting(name + " must be one of "
                + String.join(
                        ", ",
                        Arrays.stream(type.getEnumConstants())
                                .map(e -> e.name().toLowerCase(Locale.ROOT))
                                .toList())
                + ", not \"" + value + "\".");
    }
}
