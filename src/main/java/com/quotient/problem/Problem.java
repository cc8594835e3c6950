package com.quotient.problem;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One problem, as {@code application/problem+json} shows it (RFC 9457). The detail is a sentence for a person. */
public record Problem(ProblemType type, String detail, Map<String, Object> members, Map<String, String> headers) {

    /** One fault of a request: its path, such as {@code batch[3].eventType}, and a message. */
    public record Issue(String path, String message) {}

    public static Problem of(ProblemType type, String detail) {
        return new Problem(type, detail, Map.of(), Map.of());
    }

    /** A 400 that names each fault. */
    public static Problem invalid(List<Issue> issues) {
        Issue first = issues.get(0);
        String where = first.path().isEmpty() ? "" : first.path() + ": ";
        return of(ProblemType.INVALID_REQUEST, where + first.message()).with("issues", issues);
    }

    public static Problem invalid(String path, String message) {
        return invalid(List.of(new Issue(path, message)));
    }

    /** The same problem with one more member. */
    public Problem with(String member, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(members);
        more.put(member, value);
        return new Problem(type, detail, more, headers);
    }

    /** The same problem with one more response header. */
    public Problem withHeader(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Problem(type, detail, members, more);
    }

    /** The same problem with {@code Retry-After} in seconds. */
    public Problem retryAfter(long seconds) {
        return withHeader("Retry-After", Long.toString(seconds));
    }

    public ProblemException exception() {
        return new ProblemException(this);
    }
}
