package com.quotient.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.quotient.business.Role;
import com.quotient.dashboard.DashboardDescription.Operation;
import com.quotient.http.Route;
import com.quotient.keys.KeyTier;
import com.quotient.problem.ProblemType;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The description of the dashboard's API agrees with its routes, and every route with the role that it says. */
class DashboardRoutesTest {
    @AutoClose
    private static TestServer server;

    private static DashboardClient owner;
    private static final Map<String, DashboardClient> CLIENTS = new HashMap<>();

    @BeforeAll
    static void start() {
        server = TestServer.start("dashboard.signInAttemptsPerAddress", "1000");
        owner = DashboardClient.owner(server);
        CLIENTS.put("member", owner.colleague("member"));
        CLIENTS.put("viewer", owner.colleague("viewer"));
        CLIENTS.put("none", new DashboardClient(server));
    }

    static List<Operation> operations() {
        return DashboardDescription.operations();
    }

    static List<Operation> guarded() {
        return operations().stream().filter(one -> !one.role().equals("none")).toList();
    }

    @Test
    void documentIsOpenApi31() throws IOException {
        try (InputStream schema = DashboardRoutesTest.class.getResourceAsStream("/openapi/schema-3.1.json")) {
            assertThat(JsonSchemaFactory.getInstance(VersionFlag.V202012)
                            .getSchema(new ObjectMapper().readTree(schema))
                            .validate(DashboardDescription.document()))
                    .isEmpty();
        }
    }

    @Test
    void documentNamesEveryRouteAndNoOther() {
        List<Route> routes =
                Objects.requireNonNull(server.server().dashboard()).routes().all();

        assertThat(operations().stream().map(Operation::toString).toList())
                .containsExactlyInAnyOrderElementsOf(routes.stream()
                        .map(route -> route.method() + " " + route.path())
                        .toList());
        for (Operation operation : operations()) {
            Route route = routes.stream()
                    .filter(one -> (one.method() + " " + one.path()).equals(operation.toString()))
                    .findFirst()
                    .orElseThrow();
            assertThat(new HashSet<>(DashboardDescription.parameters(operation, "query")))
                    .as(operation.toString())
                    .isEqualTo(route.parameters());
        }
    }

    @Test
    void documentNamesEveryProblemThatOnlyTheDashboardHas() {
        Set<String> codes = new HashSet<>();
        DashboardDescription.document()
                .at("/components/schemas/Problem/properties/code/enum")
                .forEach(code -> codes.add(code.asText()));

        assertThat(codes)
                .containsAll(Stream.of(ProblemType.values())
                        .filter(ProblemType::isOfDashboard)
                        .map(ProblemType::name)
                        .toList());
    }

    @ParameterizedTest
    @MethodSource("guarded")
    void requestWithoutASessionIsRefused(Operation operation) {
        HttpResponse<String> answer = call(CLIENTS.get("none"), operation);

        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(DashboardClient.code(answer)).isEqualTo("SIGN_IN_REQUIRED");
    }

    @ParameterizedTest
    @MethodSource("guarded")
    void roleDecidesWhoGetsIn(Operation operation) {
        Role needed = Role.named(operation.role());
        for (String name : List.of("viewer", "member")) {
            if (Objects.requireNonNull(Role.named(name)).includes(needed)) {
                continue;
            }
            HttpResponse<String> answer = call(CLIENTS.get(name), operation);

            assertThat(answer.statusCode()).as(name).isEqualTo(403);
            assertThat(DashboardClient.code(answer)).isEqualTo("ROLE_NOT_ALLOWED");
        }
        // What the request lacks is told to those only who may make it; a session that would end is one of its own.
        DashboardClient client = operation.toString().equals("DELETE /session")
                ? owner.colleague("viewer")
                : needed == Role.OWNER ? owner : CLIENTS.get(operation.role());
        int status = call(client, operation).statusCode();
        assertThat(status).isIn(200, 400, 404);
    }

    @ParameterizedTest
    @MethodSource("guarded")
    void nothingIsChangedForAnotherPage(Operation operation) {
        if (operation.method().equals("GET")) {
            return;
        }
        DashboardClient forged = new DashboardClient(server);
        forged.cookie = owner.cookie;
        for (String origin :
                new String[] {null, "null", "https://evil.example", "http://127.0.0.1:1", owner.origin + ".evil.example"
                }) {
            forged.csrf = owner.csrf;
            forged.origin = origin;
            assertThat(DashboardClient.code(call(forged, operation)))
                    .as("origin %s", origin)
                    .isEqualTo("NOT_FROM_DASHBOARD");
        }
        forged.origin = owner.origin;
        for (String csrf : new String[] {null, CLIENTS.get("member").csrf, "x"}) {
            forged.csrf = csrf;
            assertThat(DashboardClient.code(call(forged, operation)))
                    .as("token %s", csrf)
                    .isEqualTo("NOT_FROM_DASHBOARD");
        }
    }

    /** The server has the default setting. */
    @Test
    void privateKeysNeedASettingAndNoOtherRole() {
        String business = owner.read("/session").path("business").path("id").asText();
        String keyId =
                new TestKeys(server).issue(business, KeyTier.SECRET).details().id();
        JsonObject key = new JsonObject().put("tier", "private").put("name", "Backend");
        JsonObject overlap = new JsonObject().put("overlapSeconds", 0);
        for (HttpResponse<String> answer :
                List.of(owner.post("/keys", key), owner.post("/keys/" + keyId + "/rotate", overlap))) {
            assertThat(answer.statusCode()).isEqualTo(403);
            assertThat(DashboardClient.code(answer)).isEqualTo("PRIVATE_KEYS_NOT_ALLOWED");
            JsonNode problem = TestServer.json(answer);
            assertThat(problem.path("detail").asText()).contains("'quotient key ", "dashboard.privateKeys");
            String explained = server.get(problem.path("type").asText(), null, "Accept", "text/plain")
                    .body();
            assertThat(explained).contains("dashboard.privateKeys").doesNotContain("Ask an owner", "another role");
        }
    }

    private static HttpResponse<String> call(DashboardClient client, Operation operation) {
        JsonObject body = operation.hasBody() ? new JsonObject() : null;
        String path = operation.path().replaceAll("\\{[^}]*}", "x");
        return client.send(operation.method(), path, body);
    }
}
