package com.quotient.http;

import com.quotient.problem.Problem;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import io.vertx.core.http.HttpMethod;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a path with one lookup per segment, however many routes there are. A literal segment takes
 * precedence over a parameter. A last segment such as {@code {path*}} matches the rest of the path, which may be empty,
 * if nothing else matches. Immutable.
 */
public final class Routes {
    /** The prefix of all paths of the API. */
    public static final String PREFIX = "/api/v0";

    private static final Pattern SLASHES = Pattern.compile("//+");

    private final String prefix;
    private final Node root = new Node();
    private final Map<String, Node> literalPaths = new HashMap<>();
    private final List<Route> all;
    private final String alias;

    /**
     * Builds the index of the API.
     *
     * @throws IllegalArgumentException if two routes are the same
     */
    public Routes(List<Route> routes) {
        this(PREFIX, routes, "", "");
    }

    /** The same for routes below another path. */
    public Routes(String prefix, List<Route> routes) {
        this(prefix, routes, "", "");
    }

    /**
     * Builds the index of the API with one path outside the prefix.
     *
     * @param alias a whole path; empty for none
     * @param aliased the path of its route, below the prefix
     * @throws IllegalArgumentException if two routes are the same
     */
    public Routes(List<Route> routes, String alias, String aliased) {
        this(PREFIX, routes, alias, aliased);
    }

    private Routes(String prefix, List<Route> routes, String alias, String aliased) {
        this.prefix = prefix;
        this.alias = alias;
        all = List.copyOf(routes);
        for (Route route : routes) {
            Node node = root;
            for (String segment : segments(route.path())) {
                node = segment.endsWith("*}")
                        ? node.rest()
                        : segment.startsWith("{") ? node.parameter() : node.literal(segment);
            }
            if (node.methods.put(route.method().name(), route) != null) {
                throw new IllegalArgumentException("Two routes for " + route.method() + " " + route.path());
            }
            if (!route.path().contains("{")) {
                literalPaths.put(prefix + route.path(), node);
            }
            if (!alias.isEmpty() && route.path().equals(aliased)) {
                literalPaths.put(alias, node);
            }
        }
    }

    /** The prefix of every path. */
    public String prefix() {
        return prefix;
    }

    public List<Route> all() {
        return all;
    }

    /**
     * The route that answers a method on a whole path, prefix included.
     *
     * @throws com.quotient.problem.ProblemException 404 for an unknown path, 405 for an unknown method on a known one
     */
    public Route route(HttpMethod method, String path) {
        return find(method, path).route();
    }

    /** Whether a path belongs to the API, whose rules its answers then follow. */
    boolean isApi(@Nullable String path) {
        return path != null && (path.startsWith(PREFIX) || !alias.isEmpty() && path.equals(alias));
    }

    /** A route and the decoded values of its path parameters, in order; the rest of a path is as sent. */
    record Match(Route route, List<String> parameters) {}

    /** Fails with 404 for an unknown path, with 405 and {@code Allow} for an unknown method on a known one. */
    Match find(HttpMethod method, String path) {
        List<String> parameters = List.of();
        Node found = literalPaths.get(path);
        if (found == null) {
            parameters = new ArrayList<>(2);
            found = walk(path, parameters);
        }
        Node node = known(found, path);
        Route route = node.methods.get(method.name());
        if (route == null && method.equals(HttpMethod.HEAD)) {
            route = node.methods.get(HttpMethod.GET.name());
        }
        if (route == null) {
            throw Problem.of(
                            ProblemType.METHOD_NOT_ALLOWED,
                            "This endpoint does not take this method; Allow lists those it takes.")
                    .withHeader("Allow", node.allow())
                    .exception();
        }
        return new Match(route, parameters);
    }

    /** The methods of a path, as {@code Allow} lists them; fails with 404 for an unknown path. */
    String allow(String path) {
        Node literal = literalPaths.get(path);
        return known(literal == null ? walk(path, new ArrayList<>(2)) : literal, path)
                .allow();
    }

    private Node known(@Nullable Node node, String path) {
        if (node == null || node.methods.isEmpty()) {
            String meant = meant(path);
            throw Problem.of(
                            ProblemType.NOT_FOUND,
                            "There is no such endpoint; "
                                    + (meant == null
                                            ? "check the path, which begins with " + prefix + "."
                                            : "did you mean " + meant + "?"))
                    .exception();
        }
        return node;
    }

    /**
     * The path that was probably meant by an unknown one: without doubled and trailing slashes, in lower case, with the
     * prefix. It is named by its template, since a path that was sent may hold anything. Null if that is unknown, too.
     */
    @Nullable
    String meant(String path) {
        String plain = SLASHES.matcher(path).replaceAll("/").toLowerCase(Locale.ROOT);
        String trimmed = plain.length() > 1 && plain.endsWith("/") ? plain.substring(0, plain.length() - 1) : plain;
        String whole = trimmed.startsWith(prefix + "/") ? trimmed : prefix + trimmed;
        try {
            Node node = whole.equals(path) ? null : walk(whole, new ArrayList<>(2));
            return node == null || node.methods.isEmpty()
                    ? null
                    : prefix + node.methods.values().iterator().next().path();
        } catch (ProblemException e) {
            return null;
        }
    }

    private @Nullable Node walk(String path, List<String> parameters) {
        if (!path.startsWith(prefix + "/")) {
            return null;
        }
        Node node = root;
        Rest rest = null;
        int begin = prefix.length() + 1;
        for (String segment : segments(path.substring(prefix.length()))) {
            rest = node.rest == null ? rest : new Rest(node.rest, parameters.size(), begin);
            Node literal = node.literals.get(segment);
            if (literal != null) {
                node = literal;
            } else if (node.parameter != null && !segment.isEmpty()) {
                parameters.add(decode(segment));
                node = node.parameter;
            } else {
                return rest == null ? null : rest.take(path, parameters);
            }
            begin += segment.length() + 1;
        }
        if (node.methods.isEmpty()) {
            rest = node.rest == null ? rest : new Rest(node.rest, parameters.size(), path.length());
            return rest == null ? null : rest.take(path, parameters);
        }
        return node;
    }

    /**
     * The last visited node that matches the rest of a path, with the start of that rest and the number of parameters
     * before it.
     */
    private record Rest(Node node, int parameters, int begin) {
        Node take(String path, List<String> values) {
            values.subList(parameters, values.size()).clear();
            values.add(path.substring(begin));
            return node;
        }
    }

    private static String[] segments(String path) {
        return path.substring(1).split("/", -1);
    }

    /**
     * The decoded text of a part of a path. Bytes beyond ASCII are accepted without percent-encoding.
     *
     * @throws com.quotient.problem.ProblemException 400 if it is not percent-encoded UTF-8 or holds U+0000
     */
    public static String decode(String part) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(part.length());
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c != '%') {
                // The request line was read as ISO-8859-1, one character for each byte.
                bytes.write(c);
                continue;
            }
            int high = i + 2 < part.length() ? Character.digit(part.charAt(i + 1), 16) : -1;
            int low = high < 0 ? -1 : Character.digit(part.charAt(i + 2), 16);
            if (low < 0) {
                throw undecodable();
            }
            bytes.write(high << 4 | low);
            i += 2;
        }
        try {
            String decoded = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes.toByteArray()))
                    .toString();
            if (decoded.indexOf('\0') < 0) {
                return decoded;
            }
        } catch (CharacterCodingException e) {
            // Reported below, together with U+0000.
        }
        throw undecodable();
    }

    private static ProblemException undecodable() {
        return Problem.invalid("path", "The path is not valid percent-encoded text.")
                .exception();
    }

    private static final class Node {
        private final Map<String, Node> literals = new HashMap<>();
        private final Map<String, Route> methods = new TreeMap<>();
        private @Nullable Node parameter;
        private @Nullable Node rest;

        Node literal(String segment) {
            return literals.computeIfAbsent(segment, key -> new Node());
        }

        Node parameter() {
            if (parameter == null) {
                parameter = new Node();
            }
            return parameter;
        }

        Node rest() {
            if (rest == null) {
                rest = new Node();
            }
            return rest;
        }

        String allow() {
            return methods.keySet().stream()
                            .map(name -> name.equals("GET") ? "GET, HEAD" : name)
                            .collect(Collectors.joining(", "))
                    + ", OPTIONS";
        }
    }
}
