package com.quotient.http;

import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.http.HttpMethod;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a path in one look-up for each segment, however many routes there are. A literal segment goes before
 * a parameter. Immutable.
 */
public final class Routes {
    /** Everything the API answers begins so. */
    public static final String PREFIX = "/api/v0";

    private final Node root = new Node();
    private final Map<String, Node> literalPaths = new HashMap<>();
    private final List<Route> all;

    /**
     * Builds the index.
     *
     * @throws IllegalArgumentException when two routes are the same
     */
    public Routes(List<Route> routes) {
        all = List.copyOf(routes);
        for (Route route : routes) {
            Node node = root;
            for (String segment : segments(route.path())) {
                node = segment.startsWith("{") ? node.parameter() : node.literal(segment);
            }
            if (node.methods.put(route.method().name(), route) != null) {
                throw new IllegalArgumentException("Two routes for " + route.method() + " " + route.path());
            }
            if (!route.path().contains("{")) {
                literalPaths.put(PREFIX + route.path(), node);
            }
        }
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

    /** A route and the values of its path's parameters, decoded, in order. */
    record Match(Route route, List<String> parameters) {}

    /** Fails with 404 for an unknown path, with 405 and {@code Allow} for an unknown method on a known one. */
    Match find(HttpMethod method, String path) {
        List<String> parameters = List.of();
        Node found = literalPaths.get(path);
        if (found == null) {
            parameters = new ArrayList<>(2);
            found = walk(path, parameters);
        }
        Node node = known(found);
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
        return known(literal == null ? walk(path, new ArrayList<>(2)) : literal).allow();
    }

    private static Node known(@Nullable Node node) {
        if (node == null || node.methods.isEmpty()) {
            throw Problem.of(
                            ProblemType.NOT_FOUND,
                            "There is no such endpoint; check the path, which begins with " + PREFIX + ".")
                    .exception();
        }
        return node;
    }

    private @Nullable Node walk(String path, List<String> parameters) {
        if (!path.startsWith(PREFIX + "/")) {
            return null;
        }
        Node node = root;
        for (String segment : segments(path.substring(PREFIX.length()))) {
            Node literal = node.literals.get(segment);
            if (literal != null) {
                node = literal;
            } else if (node.parameter != null && !segment.isEmpty()) {
                parameters.add(decode(segment));
                node = node.parameter;
            } else {
                return null;
            }
        }
        return node;
    }

    private static String[] segments(String path) {
        return path.substring(1).split("/", -1);
    }

    private static String decode(String segment) {
        try {
            String decoded = URLDecoder.decode(segment.replace("+", "%2B"), StandardCharsets.UTF_8);
            if (decoded.indexOf('\0') < 0) {
                return decoded;
            }
        } catch (IllegalArgumentException e) {
            // Told below, together with U+0000.
        }
        throw Problem.invalid("path", "The path is not valid percent-encoded text.")
                .exception();
    }

    private static final class Node {
        private final Map<String, Node> literals = new HashMap<>();
        private final Map<String, Route> methods = new TreeMap<>();
        private @Nullable Node parameter;

        Node literal(String segment) {
            return literals.computeIfAbsent(segment, key -> new Node());
        }

        Node parameter() {
            if (parameter == null) {
                parameter = new Node();
            }
            return parameter;
        }

        String allow() {
            return methods.keySet().stream()
                            .map(name -> name.equals("GET") ? "GET, HEAD" : name)
                            .collect(Collectors.joining(", "))
                    + ", OPTIONS";
        }
    }
}
