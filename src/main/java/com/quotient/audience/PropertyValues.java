package com.quotient.audience;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.http.Members;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The values of custom properties of one request. The definitions stand in the database, so each value is coerced to
 * every type it can have, and the statement that stores it picks one. This needs no look-up before it, and no copy of
 * the definitions that could be out of date.
 *
 * @param byName for each name, a JSON object of the value by type; a JSON {@code null} clears the property
 */
record PropertyValues(Map<String, String> byName) {
    /** Maximum bytes of all values of a person or a company as JSON. */
    static final int MAX_BYTES = 1 << 20;

    /** Equal to the maximum of definitions, so that every export can be imported. */
    private static final int MAX_PROPERTIES = PropertyStore.MAX_DEFINITIONS;

    /** Reads the member {@code properties} and records its faults in {@code members}. */
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
