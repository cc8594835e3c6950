package com.quotient;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.quotient.db.DatabaseUrl;
import com.quotient.http.Route;
import com.quotient.http.Routes;
import com.quotient.keys.Scope;
import com.quotient.problem.ProblemType;
import com.quotient.server.Server;
import com.quotient.testing.ApiDescription;
import com.quotient.testing.TestServer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The description of the API agrees with itself, with OpenAPI and with the routes. That answers are as it describes
 * them is checked wherever a test gets one, by {@link ApiDescription}.
 */
class OpenApiTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final JsonNode DOCUMENT = ApiDescription.document();

    private static Server server;

    @BeforeAll
    static void wire() {
        String url = "postgresql://nobody@localhost/none";
        server = new Server(TestServer.config(url), DatabaseUrl.parse(url), InstantSource.system());
    }

    @AfterAll
    static void stop() {
        TestServer.await(server.stop());
    }

    static Stream<String> routes() {
        return server.routes().all().stream().map(route -> route.method() + " " + route.path());
    }

    @Test
    void documentIsOpenApi31() throws IOException {
        JsonNode schema = JSON.readTree(resource("/openapi/schema-3.1.json"));

        assertThat(JsonSchemaFactory.getInstance(VersionFlag.V202012)
                        .getSchema(schema)
                        .validate(DOCUMENT))
                .isEmpty();
    }

    @Test
    void everySchemaIsJsonSchema() {
        var dialect = JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(SchemaLocation.of("https://json-schema.org/draft/2020-12/schema"));
        Map<String, JsonNode> schemas = new LinkedHashMap<>();
        collect("", DOCUMENT, "schema", schemas);
        DOCUMENT.at("/components/schemas")
                .properties()
                .forEach(schema -> schemas.put(schema.getKey(), schema.getValue()));

        assertThat(schemas).hasSizeGreaterThan(100);
        schemas.forEach((place, schema) ->
                assertThat(dialect.validate(schema)).as(place).isEmpty());
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryPartIsUsed() {
        Map<String, JsonNode> references = new LinkedHashMap<>();
        collect("", DOCUMENT, "$ref", references);
        Set<String> targets = references.values().stream().map(JsonNode::asText).collect(Collectors.toSet());

        assertThat(targets).allSatisfy(target -> assertThat(
                        DOCUMENT.at(target.substring(1)).isMissingNode())
                .isFalse());
        Set<String> unused = new TreeSet<>();
        DOCUMENT.path("components")
                .properties()
                .forEach(kind -> kind.getValue().fieldNames().forEachRemaining(name -> {
                    if (!kind.getKey().equals("securitySchemes")
                            && !targets.contains("#/components/" + kind.getKey() + "/" + name)) {
                        unused.add(name);
                    }
                }));
        // No operation is answered so: the request does not reach one.
        assertThat(unused).isEmpty();
    }

    @Test
    void documentNamesEveryRouteAndNoOther() {
        Set<String> described = new TreeSet<>();
        operations((name, operation) -> described.add(name));

        assertThat(described)
                .containsAll(server.routes().all().stream()
                        .map(route -> route.method() + " " + ApiDescription.path(route))
                        .toList());
        for (String operation : described) {
            String[] parts = operation.split(" ");
            Route route = server.routes()
                    .route(HttpMethod.valueOf(parts[0]), Routes.PREFIX + parts[1].replaceAll("\\{[^}]*}", "x"));
            // The root of a tree is described beside what is in it, which OpenAPI cannot do at once.
            assertThat(ApiDescription.path(route))
                    .as(operation)
                    .matches(path -> path.equals(parts[1]) || route.path().equals(parts[1] + "/{path*}"));
        }
    }

    @ParameterizedTest
    @MethodSource("routes")
    void operationTakesTheKeysAndTheScopeOfItsRoute(String name) {
        Route route = route(name);
        List<String> scopes = route.access().scope() == null
                ? List.of()
                : List.of(route.access().scope().name());
        Map<String, List<String>> expected = new LinkedHashMap<>();
        if (route.access().publicKeys()) {
            expected.put("publicKey", scopes);
        }
        expected.put("secretKey", scopes);

        Map<String, List<String>> described = new LinkedHashMap<>();
        ApiDescription.operation(route).path("security").forEach(choice -> choice.properties()
                .forEach(scheme -> described.put(scheme.getKey(), texts(scheme.getValue()))));

        assertThat(described).isEqualTo(expected);
    }

    @ParameterizedTest
    @MethodSource("routes")
    void operationHasTheBodyAndTheParametersOfItsRoute(String name) {
        Route route = route(name);
        JsonNode operation = ApiDescription.operation(route);
        boolean takesBody = route.body().read() || route.body().streamed();
        boolean takesIdempotencyKey =
                route.method().equals(HttpMethod.POST) && !route.body().streamed();

        assertThat(operation.has("requestBody")).isEqualTo(takesBody);
        for (String status : List.of("413", "415")) {
            assertThat(operation.path("responses").has(status)).as(status).isEqualTo(takesBody);
        }
        assertThat(parameters(route, "header").contains("Idempotency-Key")).isEqualTo(takesIdempotencyKey);
        assertThat(operation.path("responses").has("422")).isEqualTo(takesIdempotencyKey);
        assertThat(parameters(route, "query")).isEqualTo(new TreeSet<>(route.parameters()));
        assertThat(parameters(route, "path")).isEqualTo(inBraces(ApiDescription.path(route)));
        assertThat(operation.path("responses").has("304"))
                .isEqualTo(parameters(route, "header").contains("If-None-Match"));
    }

    @Test
    void everyOperationCanBeNamedAndFound() {
        List<String> ids = new ArrayList<>();
        Set<String> tags = new TreeSet<>();
        DOCUMENT.path("tags").forEach(tag -> tags.add(tag.path("name").asText()));
        operations((name, operation) -> {
            ids.add(operation.path("operationId").asText());
            assertThat(operation.path("summary").asText()).as(name).isNotBlank();
            assertThat(tags).as(name).contains(operation.path("tags").path(0).asText());
        });

        assertThat(ids).doesNotContain("").doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @EnumSource(
            value = ProblemType.class,
            mode = EnumSource.Mode.EXCLUDE,
            names = {
                "SIGN_IN_REQUIRED",
                "SIGN_IN_FAILED",
                "ROLE_NOT_ALLOWED",
                "PRIVATE_KEYS_NOT_ALLOWED",
                "NOT_FROM_DASHBOARD"
            })
    void everyProblemIsDescribed(ProblemType type) {
        JsonNode example = DOCUMENT.at("/components/examples/" + ApiDescription.exampleName(type) + "/value");

        assertThat(example.path("type").asText()).isEqualTo(type.uri());
        assertThat(example.path("title").asText()).isEqualTo(type.title());
        assertThat(example.path("status").asInt()).isEqualTo(type.status());
        assertThat(example.path("code").asText()).isEqualTo(type.name());
        assertThat(texts(DOCUMENT.at("/components/schemas/Problem/properties/code/x-extensible-enum")))
                .contains(type.name());
    }

    @Test
    void everyStatusOfARefusalHasAnExampleOfItsOwn() {
        operations((name, operation) -> operation.path("responses").properties().forEach(response -> {
            if (response.getKey().matches("[45]..")) {
                assertThat(ApiDescription.exampleValues(ApiDescription.resolved(response.getValue())
                                .at("/content/application~1problem+json/examples")))
                        .as("%s %s", name, response.getKey())
                        .isNotEmpty()
                        .allMatch(example -> example.path("status").asText().equals(response.getKey()));
            }
        }));
    }

    @Test
    void scopesAreThoseThatThereAre() {
        Set<String> expected =
                new TreeSet<>(Arrays.stream(Scope.values()).map(Scope::name).collect(Collectors.toSet()));
        expected.add(Scope.ALL);

        assertThat(new TreeSet<>(texts(DOCUMENT.at("/components/schemas/Scope/x-extensible-enum"))))
                .isEqualTo(expected);
    }

    @Test
    void everyExampleFitsItsSchema() {
        List<JsonNode> shown = new ArrayList<>();
        mediaTypes((place, content) -> examples(content).forEach(example -> {
            if (!content.path("schema").path("type").asText().equals("string")) {
                assertThat(ApiDescription.schema(content.path("schema")).validate(example))
                        .as(place)
                        .isEmpty();
                shown.add(example);
            }
        }));

        assertThat(shown).hasSizeGreaterThan(40);
    }

    @Test
    void answerMayGetAMemberThatClientsDoNotKnowButNoneThatIsNotDescribed() {
        mediaTypes((place, content) -> {
            if (place.contains("/responses/")) {
                examples(content).forEach(example -> {
                    ObjectNode other = example.deepCopy();
                    other.put("unheardOf", 1);
                    assertThat(ApiDescription.schema(content.path("schema")).validate(other))
                            .as("to a client: %s", place)
                            .isEmpty();
                    assertThat(ApiDescription.closedSchema(content.path("schema"))
                                    .validate(example))
                            .as("from the server: %s", place)
                            .isEmpty();
                    assertThat(ApiDescription.closedSchema(content.path("schema"))
                                    .validate(other))
                            .as("from the server: %s", place)
                            .isNotEmpty();
                });
            }
        });
    }

    @Test
    void noSchemaIsClosedToWhatClientsDoNotKnow() {
        for (String member : List.of("additionalProperties", "unevaluatedProperties")) {
            Map<String, JsonNode> found = new LinkedHashMap<>();
            collect("", DOCUMENT, member, found);
            assertThat(found).allSatisfy((place, value) -> assertThat(value.isBoolean() && !value.asBoolean())
                    .as(place)
                    .isFalse());
        }
    }

    private static Route route(String name) {
        return server.routes().all().stream()
                .filter(route -> name.equals(route.method() + " " + route.path()))
                .findFirst()
                .orElseThrow();
    }

    private static void operations(BiConsumer<String, JsonNode> visitor) {
        DOCUMENT.path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    if (!operation.getKey().equals("parameters")) {
                        visitor.accept(
                                operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(),
                                operation.getValue());
                    }
                }));
    }

    private static void mediaTypes(BiConsumer<String, JsonNode> visitor) {
        Map<String, JsonNode> contents = new LinkedHashMap<>();
        collect("", DOCUMENT, "content", contents);
        contents.forEach((place, content) -> content.properties().forEach(type -> {
            if (type.getKey().contains("json") && type.getValue().has("schema")) {
                visitor.accept(place + "/" + type.getKey(), type.getValue());
            }
        }));
    }

    private static List<JsonNode> examples(JsonNode content) {
        List<JsonNode> examples = new ArrayList<>();
        if (content.has("example")) {
            examples.add(content.path("example"));
        }
        examples.addAll(ApiDescription.exampleValues(content.path("examples")));
        return examples;
    }

    private static Set<String> parameters(Route route, String place) {
        Set<String> names = new TreeSet<>();
        Stream.of(
                        DOCUMENT.path("paths").path(ApiDescription.path(route)).path("parameters"),
                        ApiDescription.operation(route).path("parameters"))
                .forEach(list -> list.forEach(given -> {
                    JsonNode parameter = ApiDescription.resolved(given);
                    if (parameter.path("in").asText().equals(place)) {
                        names.add(parameter.path("name").asText());
                    }
                }));
        return names;
    }

    private static Set<String> inBraces(String path) {
        return Arrays.stream(path.split("/"))
                .filter(segment -> segment.startsWith("{"))
                .map(segment -> segment.substring(1, segment.length() - 1))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Every value of the member, by where it stands. */
    private static void collect(String place, JsonNode node, String member, Map<String, JsonNode> found) {
        if (node.isObject() && node.has(member)) {
            found.put(place + "/" + member, node.get(member));
        }
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                collect(place + "/" + i, node.get(i), member, found);
            }
        } else {
            node.properties().forEach(child -> collect(place + "/" + child.getKey(), child.getValue(), member, found));
        }
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(item -> texts.add(item.asText()));
        return texts;
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream file = OpenApiTest.class.getResourceAsStream(name)) {
            return file.readAllBytes();
        }
    }
}
