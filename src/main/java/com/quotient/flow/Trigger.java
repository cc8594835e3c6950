package com.quotient.flow;

import java.util.Locale;

/** How people enter a flow. */
public enum Trigger {
    /** By {@code POST /flow/{flowId}/trigger}. */
    PROGRAMMATIC,
    /** By an operator only. */
    MANUAL;

    /**
     * The trigger of this name in any case.
     *
     * @throws IllegalArgumentException with a sentence, when there is none
     */
    public static Trigger named(String name) {
        for (Trigger trigger : values()) {
            if (trigger.name().equalsIgnoreCase(name.strip())) {
                return trigger;
            }
        }
        throw new IllegalArgumentException("\"" + name + "\" is not a type of trigger; choose "
                + PROGRAMMATIC.wireName() + " or " + MANUAL.wireName() + ".");
    }

    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
