package com.quotient.flow;

import java.util.Locale;

/** How people enter a flow. */
public enum Trigger {
    /** By {@code POST /flow/{flowId}/trigger}. */
    PROGRAMMATIC,
    /** By an operator. */
    MANUAL;

    /**
     * The trigger with this name, whatever its case.
     *
     * @throws IllegalArgumentException with a sentence, when the name is unknown
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
