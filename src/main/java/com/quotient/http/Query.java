package com.quotient.http;

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
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The query of a request. An array may be written as a repeated key, a comma list, {@code key[]=} or {@code key[0]=}; a
 * boolean as {@code true}, {@code false}, {@code 1} or {@code 0}. Unknown parameters are ignored. What cannot be read is
 * a 400 that names the parameter.
 */
public final class Query {
    private static final int MAX_PARAMETERS = 1000;
    private static final int MAX_YEAR = 9999;
    private static final Pattern INDEX = Pattern.compile("\\[\\d*]$");

    private final Map<String, List<String>> values;

    private Query(Map<String, List<String>> values) {
        this.values = values;
    }

    static Query parse(@Nullable String query) {
        if (query == null || query.isEmpty()) {
            return new Query(Map.of());
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
            if (given.stream().anyMatch(value -> value.indexOf('\0') >= 0)) {
                throw Problem.invalid(name, "must not contain U+0000.").exception();
            }
        });
        return new Query(values);
    }

    /** Whether the parameter is there, perhaps without a value. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /** The value, or null when the parameter is absent or empty. */
    public @Nullable String text(String name) {
        List<String> given = values.get(name);
        if (given == null) {
            return null;
        }
        if (given.size() > 1) {
            throw Problem.invalid(name, "must be given once.").exception();
        }
        return given.get(0).isEmpty() ? null : given.get(0);
    }

    /** All values; empty when the parameter is absent. */
    public List<String> list(String name) {
        List<String> items = new ArrayList<>();
        for (String given : values.getOrDefault(name, List.of())) {
            for (String item : given.split(",", -1)) {
                if (!item.isBlank()) {
                    items.add(item.strip());
                }
            }
        }
        return items;
    }

    public boolean flag(String name, boolean absent) {
        String given = text(name);
        if (given == null) {
            return absent;
        }
        return switch (given) {
            case "true", "1" -> true;
            case "false", "0" -> false;
            default -> throw Problem.invalid(name, "must be true or false.").exception();
        };
    }

    /** A whole number of at least 1; larger ones than {@code most} are brought down to it. */
    public int count(String name, int absent, int most) {
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
                return Math.min(count, most);
            }
        } catch (NumberFormatException e) {
            // Digits that no int holds are beyond every limit.
            return most;
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
