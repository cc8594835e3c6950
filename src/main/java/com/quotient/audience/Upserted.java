package com.quotient.audience;

import com.quotient.problem.Problem;
import com.quotient.problem.Problem.Issue;
import com.quotient.problem.ProblemType;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The outcome of an upsert. */
sealed interface Upserted {

    /** The draft was stored. */
    record Stored(String id, boolean created) implements Upserted {}

    /**
     * Nothing was stored, because of the named lists or properties, or because all custom properties together would be
     * too large.
     *
     * @param misfits custom properties whose values do not fit the declared type
     */
    record Refused(List<String> unknownProperties, List<String> unknownLists, Map<String, PropertyType> misfits)
            implements Upserted {

        /** Reads what the statement of an upsert reports: names, perhaps repeated, and types by the name. */
        static Refused of(String @Nullable [] properties, String @Nullable [] lists, @Nullable JsonObject misfits) {
            Map<String, PropertyType> types = new LinkedHashMap<>();
            if (misfits != null) {
                misfits.forEach(misfit -> types.put(misfit.getKey(), PropertyType.valueOf((String) misfit.getValue())));
            }
            return new Refused(distinct(properties), distinct(lists), types);
        }

        private static List<String> distinct(String @Nullable [] names) {
            return names == null ? List.of() : List.copyOf(new LinkedHashSet<>(Arrays.asList(names)));
        }

        Problem problem() {
            if (!unknownProperties.isEmpty()) {
                return Problem.of(
                                ProblemType.UNKNOWN_PROPERTY,
                                "These custom properties are not defined: " + String.join(", ", unknownProperties)
                                        + ". Define them first.")
                        .with("properties", unknownProperties);
            }
            if (!unknownLists.isEmpty()) {
                return Problem.of(
                                ProblemType.UNKNOWN_LIST,
                                "There are no such lists: " + String.join(", ", unknownLists) + ". Create them first.")
                        .with("lists", unknownLists);
            }
            if (misfits.isEmpty()) {
                return Problem.invalid(
                        "properties",
                        "must have at most " + PropertyValues.MAX_BYTES
                                + " bytes together with those that are stored; clear some of these first.");
            }
            return Problem.invalid(misfits.entrySet().stream()
                    .map(misfit -> new Issue(
                            "properties." + misfit.getKey(), misfit.getValue().rule()))
                    .toList());
        }
    }

    /** The id of the stored record. */
    default String storedId() {
        if (this instanceof Refused refused) {
            throw refused.problem().exception();
        }
        return ((Stored) this).id();
    }
}
