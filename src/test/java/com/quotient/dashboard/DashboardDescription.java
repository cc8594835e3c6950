package com.quotient.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The description of the dashboard's API, by which every answer that a test gets is measured. */
final class DashboardDescription {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode DOCUMENT = load();
    private static final String SCHEMAS = "https://dashboard.test/schemas";
    private static final SchemaValidatorsConfig CONFIG =
            SchemaValidatorsConfig.builder().formatAssertionsEnabled(true).build();
    private static final JsonSchemaFactory SCHEMA_FACTORY = JsonSchemaFactory.getInstance(
            VersionFlag.V202012,
            builder -> builder.schemaLoaders(loaders -> loaders.schemas(Map.of(SCHEMAS, closed()))));

    private DashboardDescription() {}

    /** One operation of the document. */
    record Operation(String method, String path, JsonNode node) {
        String role() {
            return node.path("x-role").asText();
        }

        boolean hasBody() {
            return node.has("requestBody");
        }

        @Override
        public String toString() {
            return method + " " + path;
        }
    }

    static JsonNode document() {
        return DOCUMENT;
    }

    static List<Operation> operations() {
        List<Operation> operations = new ArrayList<>();
        DOCUMENT.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(one -> {
                    if (!one.getKey().equals("parameters")) {
                        operations.add(
                                new Operation(one.getKey().toUpperCase(Locale.ROOT), path.getKey(), one.getValue()));
                    }
                }));
        return operations;
    }

    /** The parameters of an operation that are in a place, by name. */
    static List<String> parameters(Operation operation, String place) {
        List<String> names = new ArrayList<>();
        for (JsonNode list : List.of(
                DOCUMENT.path("paths").path(operation.path()).path("parameters"),
                operation.node().path("parameters"))) {
            list.forEach(given -> {
                JsonNode parameter = resolved(given);
                if (parameter.path("in").asText().equals(place)) {
                    names.add(parameter.path("name").asText());
                }
            });
        }
        return names;
    }

    /** Fails when an answer is not as described: its status, its media type, its members. */
    static void check(String method, String path, int status, String contentType, String body) {
        Operation operation = operations().stream()
                .filter(one -> one.method().equals(method) && matches(one.path(), path))
                .min((one, other) -> Integer.compare(braces(one.path()), braces(other.path())))
                .orElse(null);
        String what = method + " " + path + " answered " + status + " " + body;
        JsonNode responses = operation == null
                ? JSON.createObjectNode().set("default", DOCUMENT.at("/components/responses/Problem"))
                : operation.node().path("responses");
        String key = Integer.toString(status);
        assertThat(responses.has(key) || status >= 400).as(what).isTrue();
        JsonNode response = resolved(responses.path(responses.has(key) ? key : "default"));
        JsonNode content = response.path("content").path(contentType);
        assertThat(content.isMissingNode())
                .as("media type %s: %s", contentType, what)
                .isFalse();
        JsonNode schema = absolute(close(content.path("schema"), true));
        assertThat(SCHEMA_FACTORY.getSchema(schema, CONFIG).validate(read(body)))
                .as(what)
                .isEmpty();
    }

    private static boolean matches(String template, String path) {
        return path.matches(template.replaceAll("\\{[^}]*}", "[^/]+"));
    }

    private static int braces(String path) {
        return path.split("\\{", -1).length;
    }

    private static JsonNode resolved(JsonNode node) {
        return node.has("$ref") ? DOCUMENT.at(node.path("$ref").asText().substring(1)) : node;
    }

    /** A schema that takes no member that is not described. */
    private static JsonNode close(JsonNode schema, boolean whole) {
        if (schema.isArray()) {
            List<JsonNode> items = new ArrayList<>();
            schema.forEach(item -> items.add(close(item, whole)));
            return JSON.valueToTree(items);
        }
        if (!schema.isObject()) {
            return schema;
        }
        ObjectNode closed = JSON.createObjectNode();
        schema.properties()
                .forEach(member -> closed.set(
                        member.getKey(),
                        close(member.getValue(), !member.getKey().equals("allOf"))));
        if (whole
                && schema.path("properties").isObject()
                && schema.has("type")
                && !schema.has("additionalProperties")) {
            closed.put("additionalProperties", false);
        }
        return closed;
    }

    private static String closed() {
        ObjectNode definitions = JSON.createObjectNode();
        DOCUMENT.at("/components/schemas").properties().forEach(one -> {
            // A conflict has members more.
            definitions.set(one.getKey(), close(one.getValue(), !one.getKey().equals("Problem")));
        });
        return JSON.createObjectNode()
                .<ObjectNode>set("$defs", absolute(definitions))
                .toString();
    }

    private static JsonNode absolute(JsonNode part) {
        return read(part.toString().replace("\"#/components/schemas/", "\"" + SCHEMAS + "#/$defs/"));
    }

    static JsonNode read(@Nullable String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException("Not JSON: " + text, e);
        }
    }

    private static JsonNode load() {
        try (InputStream yaml = DashboardDescription.class.getResourceAsStream("/dashboard-openapi.yaml")) {
            return JSON.valueToTree(new Yaml(new SafeConstructor(new org.yaml.snakeyaml.LoaderOptions()))
                    .<Map<String, Object>>load(yaml));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
