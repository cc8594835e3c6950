package com.quotient.http;

import com.quotient.json.CodePoints;
import com.quotient.problem.NearestName;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The query of a request. An array is written as a repeated key, a comma list, {@code key[]=} or {@code key[0]=}. A
 * boolean is {@code true}, {@code false}, {@code 1} or {@code 0}, and true without a value. An unknown or malformed
 * parameter is a 400 that names it.
 */
public final class Query {
    private static final int MAX_PARAMETERS = 1000;
    private static final int MAX_YEAR = 9999;
    private static final Pattern INDEX = Pattern.compile("\\[\\d*]$");

    /** Names that may appear in a message. Others might be a key, or garble a log. */
    private static final Pattern SHOWN = Pattern.compile("[A-Za-z][A-Za-z0-9.-]{0,31}");

    private final Map<String, List<String>> values;
    private final Set<String> known;

    private Query(Map<String, List<String>> values, Set<String> known) {
        this.values = values;
        this.known = known;
    }

    /** Reads a query that may have the parameters {@code known}. */
    static Query parse(@Nullable String query, Set<String> known) {
        if (query == null || query.isEmpty()) {
            return new Query(Map.of(), known);
        }
        Map<String, List<String>> values = new LinkedHashMap<>();
        try {
            new QueryStringDecoder(query, StandardCharsets.UTF_8, false, MAX_PARAMETERS)
                    .parameters()
                    .forEach((name, given) -> values.computeIfAbsent(
                                    INDEX.matcher(name).replaceFirst(""), key -> new ArrayList<>())
                            .addAll(given));
        } catch (IllegalArgumentException e) {
            throw Problem.invalid("query", "The query is not percent-encoded UTF-8.")
                    .exception();
        }
        values.forEach((name, given) -> {
            if (!known.contains(name)) {
                throw unknown(name, known);
            }
            if (given.stream().anyMatch(value -> value.indexOf('\0') >= 0)) {
                throw Problem.invalid(name, "must not contain U+0000.").exception();
            }
        });
        return new Query(values, known);
    }

    private static ProblemException unknown(String name, Set<String> known) {
        String shown = SHOWN.matcher(name).matches() ? name : "?";
        return Problem.invalid(
                        shown,
                        known.isEmpty()
                                ? "is unknown: this endpoint has no query parameters."
                                : "is an unknown query parameter; the nearest known one is "
                                        + NearestName.of(name, known) + ".")
                .exception();
    }

    /** Whether the parameter is present, even without a value. */
    public boolean has(String name) {
        return given(name) != null;
    }

    /** The value, or null if the parameter is absent or empty. */
    public @Nullable String text(String name) {
        String given = once(name);
        return given == null || given.isEmpty() ? null : given;
    }

    /** The value, of at most {@code maxLength} code points, or null if the parameter is absent or empty. */
    public @Nullable String text(String name, int maxLength) {
        String given = text(name);
        if (given != null && CodePoints.exceed(given, maxLength)) {
            throw Problem.invalid(name, "must have at most " + maxLength + " characters.")
                    .exception();
        }
        return given;
    }

    /** All values; empty if the parameter is absent. */
    public List<String> list(String name) {
        List<String> items = new ArrayList<>();
        List<String> all = given(name);
        for (String given : all == null ? List.<String>of() : all) {
            for (String item : given.split(",", -1)) {
                if (!item.isBlank()) {
                    items.add(item.strip());
                }
            }
        }
        return items;
    }

    /** Whether the parameter is true, as it is without a value. */
    public boolean flag(String name) {
        String given = once(name);
        return switch (given == null ? "false" : given) {
            case "", "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw Problem.invalid(name, "must be true or false.").exception();
        };
    }

    private @Nullable String once(String name) {
        List<String> given = given(name);
        if (given != null && given.size() > 1) {
            throw Problem.invalid(name, "must be given once.").exception();
        }
        return given == null ? null : given.get(0);
    }

    private @Nullable List<String> given(String name) {
        if (!known.contains(name)) {
            throw new IllegalArgumentException("The route does not declare the query parameter " + name + ".");
        }
        return values.get(name);
    }

    /** A whole number of at least 1; larger numbers are reduced to {@code max}. */
    public int count(String name, int absent, int max) {
        String given = text(name);
        if (given == null) {
            return absent;
        }
        if (!given.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw notACount(name);
        }
        try {
            int count = Integer.parseInt(given);
            if (count >= 1) {
                return Math.min(count, max);
            }
        } catch (NumberFormatException e) {
            // Digits that no int holds are beyond every limit.
            return max;
        }
        throw notACount(name);
    }

    private static ProblemException notACount(String name) {
        return Problem.invalid(name, "must be a whole number of at least 1.").exception();
    }

    /** A time in ISO-8601 with an offset or Z, or null. */
    public @Nullable Instant time(String name) {
        String given = text(name);
        if (given == null) {
            return null;
        }
        try {
            OffsetDateTime time = OffsetDateTime.parse(given);
            if (time.getYear() >= 0 && time.getYear() <= MAX_YEAR) {
                return time.toInstant();
            }
        } catch (DateTimeException e) {
            // Told below, together with years that no clock shows.
        }
        throw Problem.invalid(name, "must be a time such as 2026-01-15T10:30:00.000Z.")
                .exception();
    }
}
