package com.quotient.audience;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.http.Members;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Values of custom properties as they were sent. What type each must have stands in the database, so each is brought to
 * every type it can have, and the statement that stores it picks one: no look-up goes before, and no copy of the
 * definitions can be out of date.
 *
 * @param byName for each name a JSON object of the value by the type; {@code null} as JSON for one to clear
 * @param clearsAll whether all that are stored go
 */
record PropertyValues(Map<String, String> byName, boolean clearsAll) {
    private static final int MAX_PROPERTIES = 255;

    /** The member {@code properties}; its faults are noted there. */
    static PropertyValues from(Members members) {
        JsonNode given = members.node("properties");
        if (given == null) {
            return new PropertyValues(Map.of(), members.isNull("properties"));
        }
        if (!given.isObject() || given.size() > MAX_PROPERTIES) {
            members.fault("properties", "must be an object of at most " + MAX_PROPERTIES + " members.");
            return new PropertyValues(Map.of(), false);
        }
        Map<String, String> byName = new LinkedHashMap<>();
        given.properties().forEach(entry -> {
            if (entry.getValue().isContainerNode()) {
                members.fault("properties." + entry.getKey(), "must be a string, a number, true, false or null.");
            } else {
                byName.put(entry.getKey(), byType(entry.getValue()));
            }
        });
        return new PropertyValues(byName, false);
    }

    private static String byType(JsonNode value) {
        if (value.isNull()) {
            return "null";
        }
        ObjectNode byType = JsonNodeFactory.instance.objectNode();
        for (PropertyType type : PropertyType.values()) {
            JsonNode coerced = type.coerce(value);
            if (coerced != null) {
                byType.set(type.name(), coerced);
            }
        }
        return byType.toString();
    }
}
