package com.quotient.testing;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The description of the API (OpenAPI), by which every answer that a test gets is measured: its status, its headers, its
 * media type and its body. Thread-safe.
 */
public final class ApiDescription {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode DOCUMENT = load();

    private static final String REFERENCE = "#/components/schemas/";
    private static final String SCHEMAS = "https://api.test/schemas";
    private static final String JSON_TYPE = "application/json";
    private static final String PROBLEM_TYPE = "application/problem+json";

    private static final SchemaValidatorsConfig CONFIG =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    private static final JsonSchemaFactory SCHEMA_FACTORY = JsonSchemaFactory.getInstance(
            VersionFlag.V202012,
            builder -> builder.schemaLoaders(loaders -> loaders.schemas(Map.of(SCHEMAS, definitions()))));

    private static final Map<String, Described> RESPONSES = new ConcurrentHashMap<>();
    private static final Map<ProblemType, JsonSchema> PROBLEMS = new ConcurrentHashMap<>();

    private ApiDescription() {}

    /** A header that an answer has to carry, or may. */
    private record Header(boolean required, JsonSchema schema) {}

    /** An answer as it is described: schemas by media type; for lines of JSON, that of each line. */
    private record Described(
            Map<String, Header> headers, Map<String, JsonSchema> bodies, Map<String, JsonSchema> lines) {}

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

    /** A schema of the document, or one that refers to those of the document. */
    public static JsonSchema schema(JsonNode schema) {
        return SCHEMA_FACTORY.getSchema(absolute(schema), CONFIG);
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

    /** What a reference leads to; anything else is as it is. */
    public static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? DOCUMENT.at(node.path("$ref").asText().substring(1)) : node;
    }

    /**
     * Fails when an answer of the API is not as described.
     *
     * @param routes of the server that answered
     * @param target path and query as they were sent, or null where nobody can know
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
        } else if (type.equals(JSON_TYPE) || type.equals(PROBLEM_TYPE)) {
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
            JsonNode body = json(answered.body());
            ProblemType type = ProblemType.valueOf(body.path("code").asText());
            assertThat(answered.status()).as(what).isEqualTo(type.status());
            assertFits("body", problem(type), body, what);
        }
    }

    /** The schema of a kind of problem. */
    public static JsonSchema problem(ProblemType type) {
        return PROBLEMS.computeIfAbsent(
                type, unseen -> schema(JSON.createObjectNode().put("$ref", REFERENCE + schemaName(type))));
    }

    /** The name that the document has for the schema of a kind of problem. */
    public static String schemaName(ProblemType type) {
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
                    new Header(described.path("required").asBoolean(), schema(described.path("schema"))));
        });
        Map<String, JsonSchema> bodies = new LinkedHashMap<>();
        Map<String, JsonSchema> lines = new LinkedHashMap<>();
        response.path("content").properties().forEach(content -> {
            bodies.put(content.getKey(), schema(content.getValue().path("schema")));
            if (content.getValue().has("x-line-schema")) {
                lines.put(content.getKey(), schema(content.getValue().path("x-line-schema")));
            }
        });
        return new Described(headers, bodies, lines);
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
    private static String definitions() {
        return JSON.createObjectNode()
                .<ObjectNode>set("$defs", absolute(DOCUMENT.path("components").path("schemas")))
                .toString();
    }

    /** A part of the document can stand alone when its references lead there. */
    private static JsonNode absolute(JsonNode part) {
        return json(part.toString().replace("\"" + REFERENCE, "\"" + SCHEMAS + "#/$defs/"));
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
