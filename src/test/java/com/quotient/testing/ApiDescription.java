package com.quotient.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import com.quotient.http.Route;
import com.quotient.http.Routes;
import com.quotient.problem.ProblemException;
import com.quotient.problem.ProblemType;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The description of the API (OpenAPI), by which every answer that a test gets is measured: its status, its headers,
 * its media type and its body. Thread-safe.
 */
public final class ApiDescription {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode DOCUMENT = load();

    private static final String REFERENCE = "#/components/schemas/";
    private static final String SCHEMAS = "https://api.test/schemas";
    private static final String CLOSED_SCHEMAS = "https://api.test/closed-schemas";
    private static final String JSON_TYPE = "application/json";
    private static final String PROBLEM_TYPE = "application/problem+json";

    private static final SchemaValidatorsConfig CONFIG =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    private static final JsonSchemaFactory SCHEMA_FACTORY = JsonSchemaFactory.getInstance(
            VersionFlag.V202012,
            builder -> builder.schemaLoaders(loaders ->
                    loaders.schemas(Map.of(SCHEMAS, definitions(false), CLOSED_SCHEMAS, definitions(true)))));

    private static final Map<String, Described> RESPONSES = new ConcurrentHashMap<>();

    private ApiDescription() {}

    /** A header that an answer has to carry, or may. */
    private record Header(boolean required, JsonSchema schema) {}

    /**
     * An answer as it is described: schemas by media type; for lines of JSON, that of each line; the problems it can
     * be.
     */
    private record Described(
            Map<String, Header> headers,
            Map<String, JsonSchema> bodies,
            Map<String, JsonSchema> lines,
            List<JsonNode> problems) {}

    /** An answer as it came. */
    public record Answered(int status, Map<String, List<String>> headers, String body) {
        String mediaType() {
            return header("content-type").split(";")[0].strip();
        }

        private boolean has(String name) {
            return headers.keySet().stream().anyMatch(name::equalsIgnoreCase);
        }

        private String header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> header.getValue().get(0))
                    .findFirst()
                    .orElse("");
        }
    }

    /** The whole document. */
    public static JsonNode document() {
        return DOCUMENT;
    }

    /** A schema of the document, or one that refers to those of the document, as clients read it. */
    public static JsonSchema schema(JsonNode schema) {
        return SCHEMA_FACTORY.getSchema(absolute(schema, SCHEMAS), CONFIG);
    }

    /**
     * The same for what this server sends. Clients have to expect members and values that they do not know; the server
     * may not send any that are not described.
     */
    public static JsonSchema closedSchema(JsonNode schema) {
        return SCHEMA_FACTORY.getSchema(absolute(closed(schema, true), CLOSED_SCHEMAS), CONFIG);
    }

    /** The path of a route as the document writes it. */
    public static String path(Route route) {
        return route.path().replace("*}", "}");
    }

    /** The operation of a route, or a missing node. */
    public static JsonNode operation(Route route) {
        return DOCUMENT.path("paths")
                .path(path(route))
                .path(route.method().name().toLowerCase(Locale.ROOT));
    }

    /** Resolves a reference; returns anything else unchanged. */
    public static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? DOCUMENT.at(node.path("$ref").asText().substring(1)) : node;
    }

    /**
     * Fails when an answer of the API is not as described.
     *
     * @param routes of the server that answered
     * @param target path and query as sent, or null if unknown
     */
    public static void check(Routes routes, @Nullable String method, @Nullable String target, Answered answered) {
        // A transfer encoding that it does not know is answered by Vert.x, before the API sees the request.
        if (answered.status() < 200 || answered.status() == 501 || "OPTIONS".equals(method)) {
            return;
        }
        String path =
                target == null ? "" : target.replaceFirst("^https?://[^/]*", "").replaceFirst("\\?.*", "");
        if (target != null && !path.startsWith(Routes.PREFIX)) {
            return;
        }
        JsonNode operation = method == null ? DOCUMENT.path("nothing") : operation(routes, method, path);
        String what = method + " " + target + " answered " + answered.status() + " " + answered.body();
        if (operation.isMissingNode()) {
            checkProblem(what, answered);
            return;
        }
        JsonNode responses = operation.path("responses");
        String status = Integer.toString(answered.status());
        assertThat(responses.has(status) || answered.status() >= 400)
                .as("whether the document knows the status: %s", what)
                .isTrue();
        String key = operation.path("operationId").asText() + " " + (responses.has(status) ? status : "default");
        Described described = RESPONSES.computeIfAbsent(
                key, unseen -> described(resolved(responses.path(responses.has(status) ? status : "default"))));
        check(what, described, answered, "HEAD".equals(method));
    }

    private static void check(String what, Described described, Answered answered, boolean isHead) {
        described.headers().forEach((name, header) -> {
            if (answered.has(name)) {
                assertFits("header " + name, header.schema(), TextNode.valueOf(answered.header(name)), what);
            } else {
                assertThat(header.required())
                        .as("whether it can be without %s: %s", name, what)
                        .isFalse();
            }
        });
        String type = answered.mediaType();
        if (described.bodies().isEmpty()) {
            assertThat(answered.body()).as(what).isEmpty();
            return;
        }
        assertThat(described.bodies()).as(what).containsKey(type);
        if (isHead) {
            assertThat(answered.body()).as(what).isEmpty();
        } else if (type.equals(PROBLEM_TYPE)) {
            assertFits("body", described.bodies().get(type), json(answered.body()), what);
            assertIsOneOf(described.problems(), answered, what);
        } else if (type.equals(JSON_TYPE)) {
            assertFits("body", described.bodies().get(type), json(answered.body()), what);
        } else if (described.lines().containsKey(type)) {
            answered.body()
                    .lines()
                    .forEach(line -> assertFits("line", described.lines().get(type), json(line), what));
        }
    }

    /** What does not reach an operation is answered by some problem. */
    private static void checkProblem(String what, Answered answered) {
        assertThat(answered.status())
                .as("whether the document has no such operation: %s", what)
                .isGreaterThanOrEqualTo(400);
        assertThat(answered.mediaType()).as(what).isEqualTo(PROBLEM_TYPE);
        if (!answered.body().isEmpty()) {
            assertFits("body", problem(), json(answered.body()), what);
            assertIsOneOf(exampleValues(DOCUMENT.at("/components/examples")), answered, what);
        }
    }

    /** A problem is as one of the examples says: what does not change is the same, and it has the same members. */
    private static void assertIsOneOf(List<JsonNode> examples, Answered answered, String what) {
        JsonNode body = json(answered.body());
        assertThat(answered.status()).as(what).isEqualTo(body.path("status").asInt());
        assertThat(examples)
                .as("an example of this problem: %s", what)
                .anyMatch(example -> Stream.of("type", "title", "status", "code")
                                .allMatch(member -> example.path(member).equals(body.path(member)))
                        && names(example).equals(names(body)));
    }

    private static Set<String> names(JsonNode object) {
        Set<String> names = new TreeSet<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** What the named examples of a media type show. */
    public static List<JsonNode> exampleValues(JsonNode examples) {
        List<JsonNode> values = new ArrayList<>();
        examples.forEach(example -> values.add(resolved(example).path("value")));
        return values;
    }

    private static JsonSchema problem() {
        return closedSchema(JSON.createObjectNode().put("$ref", REFERENCE + "Problem"));
    }

    /** The name that the document has for the example of a kind of problem. */
    public static String exampleName(ProblemType type) {
        StringBuilder name = new StringBuilder();
        for (String word : type.name().split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }

    private static JsonNode operation(Routes routes, String method, String path) {
        try {
            return operation(routes.route(HttpMethod.valueOf(method), path));
        } catch (ProblemException e) {
            return DOCUMENT.path("nothing");
        }
    }

    private static Described described(JsonNode response) {
        Map<String, Header> headers = new LinkedHashMap<>();
        response.path("headers").properties().forEach(header -> {
            JsonNode described = resolved(header.getValue());
            headers.put(
                    header.getKey(),
                    new Header(described.path("required").asBoolean(), closedSchema(described.path("schema"))));
        });
        Map<String, JsonSchema> bodies = new LinkedHashMap<>();
        Map<String, JsonSchema> lines = new LinkedHashMap<>();
        response.path("content").properties().forEach(content -> {
            bodies.put(content.getKey(), closedSchema(content.getValue().path("schema")));
            if (content.getValue().has("x-line-schema")) {
                lines.put(content.getKey(), closedSchema(content.getValue().path("x-line-schema")));
            }
        });
        return new Described(
                headers, bodies, lines, exampleValues(response.at("/content/application~1problem+json/examples")));
    }

    private static void assertFits(String part, JsonSchema schema, JsonNode value, String what) {
        Set<ValidationMessage> faults = schema.validate(value);
        if (!faults.isEmpty()) {
            throw new AssertionError("The " + part + " is not as openapi.yaml describes it: " + faults + "\n" + what);
        }
    }

    private static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new AssertionError("Not JSON: " + text, e);
        }
    }

    /** The schemas of the document as one JSON Schema. */
    private static String definitions(boolean closed) {
        ObjectNode definitions = JSON.createObjectNode();
        DOCUMENT.path("components")
                .path("schemas")
                .properties()
                .forEach(schema ->
                        definitions.set(schema.getKey(), closed ? closed(schema.getValue(), true) : schema.getValue()));
        return JSON.createObjectNode()
                .<ObjectNode>set("$defs", absolute(definitions, closed ? CLOSED_SCHEMAS : SCHEMAS))
                .toString();
    }

    /** A part of the document can stand alone when its references lead there. */
    private static JsonNode absolute(JsonNode part, String schemas) {
        return json(part.toString().replace("\"" + REFERENCE, "\"" + schemas + "#/$defs/"));
    }

    /**
     * A schema without what it leaves open: values of an extensible list, and members of objects whose members are
     * listed.
     *
     * @param whole whether it describes a value alone, and not together with the schema around it
     */
    private static JsonNode closed(JsonNode schema, boolean whole) {
        if (!schema.isObject()) {
            return schema;
        }
        ObjectNode closed = schema.deepCopy();
        if (schema.has("x-extensible-enum")) {
            closed.set("enum", schema.path("x-extensible-enum"));
        }
        schema.path("properties").properties().forEach(member -> ((ObjectNode) closed.path("properties"))
                .set(member.getKey(), closed(member.getValue(), true)));
        for (String part : List.of("items", "additionalProperties")) {
            if (schema.has(part)) {
                closed.set(part, closed(schema.path(part), true));
            }
        }
        for (String choice : List.of("oneOf", "anyOf")) {
            for (int i = 0; i < schema.path(choice).size(); i++) {
                ((ArrayNode) closed.path(choice))
                        .set(i, closed(schema.path(choice).path(i), !schema.has("properties")));
            }
        }
        if (whole && schema.has("properties") && !schema.has("additionalProperties")) {
            closed.put("unevaluatedProperties", false);
        }
        return closed;
    }

    private static JsonNode load() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        try (InputStream yaml = ApiDescription.class.getResourceAsStream("/openapi.yaml")) {
            return JSON.valueToTree(new Yaml(new SafeConstructor(options)).<Map<String, Object>>load(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
