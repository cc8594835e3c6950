package com.quotient.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.quotient.json.CodePoints;
import com.quotient.problem.Problem;
import com.quotient.problem.Problem.Issue;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Reads the members of a JSON object by name and type. A faulty member is recorded and treated as absent;
 * {@link #check} then fails with one 400 that names every fault, so that a caller can fix all at once. Unread members
 * are ignored. {@link #has} distinguishes an absent member from {@code null}.
 */
public final class Members {
    private static final int MAX_YEAR = 9999;

    private final ObjectNode object;
    private final String path;
    private final List<Issue> issues;

    public Members(ObjectNode object) {
        this(object, "", new ArrayList<>());
    }

    private Members(ObjectNode object, String path, List<Issue> issues) {
        this.object = object;
        this.path = path;
        this.issues = issues;
    }

    /** Whether the member was sent, perhaps as {@code null}. */
    public boolean has(String name) {
        return object.has(name);
    }

    /** Whether the member was sent as {@code null}. */
    public boolean isNull(String name) {
        return has(name) && object.get(name).isNull();
    }

    /** The value as sent, or null if the member is absent or {@code null}. */
    public @Nullable JsonNode node(String name) {
        JsonNode value = object.get(name);
        return value == null || value.isNull() ? null : value;
    }

    /** A string of at most {@code maxLength} code points, as {@code maxLength} of JSON Schema counts, or null. */
    public @Nullable String text(String name, int maxLength) {
        JsonNode value = node(name);
        if (value == null) {
            return null;
        }
        if (!value.isTextual()) {
            fault(name, "must be a string.");
            return null;
        }
        return fitting(name, value.textValue(), maxLength);
    }

    /** As {@link #text}, but absent, {@code null} and blank are faults. Returns an empty text after a fault. */
    public String requiredText(String name, int maxLength) {
        String text = text(name, maxLength);
        if (text != null && !text.isBlank()) {
            return text;
        }
        if (issues.stream().noneMatch(issue -> issue.path().equals(path + name))) {
            fault(name, "is required and must be a string that is not blank.");
        }
        return "";
    }

    /** A whole number within bounds, or null. */
    public @Nullable Long integer(String name, long min, long max) {
        JsonNode value = node(name);
        if (value == null) {
            return null;
        }
        if (value.isNumber()) {
            BigDecimal number = value.decimalValue();
            boolean whole = number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
            if (whole
                    && number.compareTo(BigDecimal.valueOf(min)) >= 0
                    && number.compareTo(BigDecimal.valueOf(max)) <= 0) {
                return number.longValueExact();
            }
        }
        fault(name, "must be a whole number from " + min + " to " + max + ".");
        return null;
    }

    /** A number of at least {@code least}, or null. */
    public @Nullable BigDecimal number(String name, BigDecimal min) {
        JsonNode value = node(name);
        if (value == null) {
            return null;
        }
        if (value.isNumber() && value.decimalValue().compareTo(min) >= 0) {
            return value.decimalValue();
        }
        fault(name, "must be a number of at least " + min.toPlainString() + ".");
        return null;
    }

    /** {@code true} or {@code false}, or null. */
    public @Nullable Boolean flag(String name) {
        JsonNode value = node(name);
        if (value == null) {
            return null;
        }
        if (value.isBoolean()) {
            return value.booleanValue();
        }
        fault(name, "must be true or false.");
        return null;
    }

    /** One of the names of an enum, or null. */
    public <E extends Enum<E>> @Nullable E oneOf(String name, Class<E> type) {
        JsonNode value = node(name);
        if (value == null) {
            return null;
        }
        for (E constant : type.getEnumConstants()) {
            if (constant.name().equals(value.textValue())) {
                return constant;
            }
        }
        String names = Arrays.stream(type.getEnumConstants()).map(Enum::name).collect(Collectors.joining(", "));
        fault(name, "must be one of " + names + ".");
        return null;
    }

    /** A time in ISO-8601 with an offset or Z, or null. */
    public @Nullable Instant time(String name) {
        JsonNode value = node(name);
        if (value == null) {
            return null;
        }
        try {
            OffsetDateTime time = OffsetDateTime.parse(value.isTextual() ? value.textValue() : "");
            if (time.getYear() >= 0 && time.getYear() <= MAX_YEAR) {
                return time.toInstant();
            }
        } catch (DateTimeException e) {
            // Reported below, together with years out of range.
        }
        fault(name, "must be a time such as 2026-01-15T10:30:00.000Z.");
        return null;
    }

    /** An array of strings, or null. */
    public @Nullable List<String> texts(String name, int maxItems, int maxLength) {
        List<JsonNode> items = items(name, 0, maxItems);
        if (items == null) {
            return null;
        }
        List<String> texts = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            String place = name + "[" + i + "]";
            if (items.get(i).isTextual()) {
                texts.add(fitting(place, items.get(i).textValue(), maxLength));
            } else {
                fault(place, "must be a string.");
            }
        }
        return texts;
    }

    /** An object, or null. Its faults are recorded here, under its path. */
    public @Nullable Members object(String name) {
        JsonNode value = node(name);
        if (value == null) {
            return null;
        }
        if (value instanceof ObjectNode inner) {
            return new Members(inner, path + name + ".", issues);
        }
        fault(name, "must be an object.");
        return null;
    }

    /** An array of objects, or null. Their faults are recorded here, under their paths. */
    public @Nullable List<Members> objects(String name, int minItems, int maxItems) {
        List<JsonNode> items = items(name, minItems, maxItems);
        if (items == null) {
            return null;
        }
        List<Members> objects = new ArrayList<>(items.size());
        for (int i = 0; i < items.size(); i++) {
            String place = name + "[" + i + "]";
            if (items.get(i) instanceof ObjectNode inner) {
                objects.add(new Members(inner, path + place + ".", issues));
            } else {
                fault(place, "must be an object.");
            }
        }
        return objects;
    }

    /** Records a fault if the member is absent or {@code null}. */
    public void require(String name) {
        if (node(name) == null) {
            fault(name, "is required.");
        }
    }

    /** Records a fault of a member. The message is a sentence without its subject. */
    public void fault(String name, String message) {
        issues.add(new Issue(path + name, message));
    }

    /** The faults so far. */
    public List<Issue> issues() {
        return List.copyOf(issues);
    }

    /**
     * Fails if there was a fault.
     *
     * @throws com.quotient.problem.ProblemException a 400 that names every fault, if there is one
     */
    public void check() {
        if (!issues.isEmpty()) {
            throw Problem.invalid(issues).exception();
        }
    }

    private @Nullable List<JsonNode> items(String name, int minItems, int maxItems) {
        JsonNode value = node(name);
        if (value == null) {
            return null;
        }
        if (!value.isArray() || value.size() < minItems || value.size() > maxItems) {
            fault(name, "must be an array of " + minItems + " to " + maxItems + " items.");
            return null;
        }
        List<JsonNode> items = new ArrayList<>(value.size());
        value.forEach(items::add);
        return items;
    }

    private String fitting(String place, String text, int maxLength) {
        if (CodePoints.exceed(text, maxLength)) {
            fault(place, "must have at most " + maxLength + " characters.");
        }
        return text;
    }
}
