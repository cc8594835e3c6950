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
 */
record PropertyValues(Map<String, String> byName) {
    /** Of all values of a person or a company, as JSON. */
    static final int MAX_BYTES = 1 << 20;

    /** As many as there are definitions, so that whatever was exported can be imported. */
    private static final int MAX_PROPERTIES = PropertyStore.MAX_DEFINITIONS;

    /** The member {@code properties}; its faults are noted there. */
    static PropertyValues from(Members members) {
        JsonNode given = members.node("properties");
        if (given == null) {
            if (members.isNull("properties")) {
                members.fault("properties", "must be an object; to clear properties, give each of them as null.");
            }
            return new PropertyValues(Map.of());
        }
        if (!given.isObject() || given.size() > MAX_PROPERTIES) {
            members.fault("properties", "must be an object of at most " + MAX_PROPERTIES + " members.");
            return new PropertyValues(Map.of());
        }
        Map<String, String> byName = new LinkedHashMap<>();
        given.properties().forEach(entry -> {
            if (entry.getValue().isContainerNode()) {
                members.fault("properties." + entry.getKey(), "must be a string, a number, true, false or null.");
            } else {
                byName.put(entry.getKey(), byType(entry.getValue()));
            }
        });
        return new PropertyValues(byName);
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
