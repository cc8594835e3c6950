package com.quotient.testing;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.quotient.db.DatabaseUrl;
import com.quotient.http.Routes;
import com.quotient.server.Server;
import com.quotient.testing.ApiDescription.Answered;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answers that are not as described are noticed. */
class ApiDescriptionTest {
    private static final String TRIGGER = Routes.PREFIX + "/flow/flw_1/trigger";
    private static final String RIGHT = "{\"success\":true}";

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

    @Test
    void answerAsDescribedPasses() {
        assertThatCode(() -> check("POST", TRIGGER, answered(200, "application/json", RIGHT)))
                .doesNotThrowAnyException();
    }

    @Test
    void bodyMediaTypeStatusAndHeadersAreChecked() {
        for (Answered wrong : List.of(
                answered(200, "application/json", "{\"success\":true,\"more\":1}"),
                answered(200, "application/json", "{\"success\":\"true\"}"),
                answered(200, "application/json", "{}"),
                answered(200, "text/plain", RIGHT),
                answered(201, "application/json", RIGHT),
                new Answered(200, Map.of("content-type", List.of("application/json")), RIGHT))) {
            assertThatThrownBy(() -> check("POST", TRIGGER, wrong))
                    .as("%s", wrong)
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void everyLineOfAStreamIsChecked() {
        assertThatThrownBy(() -> check(
                        "GET",
                        Routes.PREFIX + "/analytics/export?eventType=a",
                        answered(200, "application/x-ndjson", "{\"id\":\"evt_1\"}\n")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("line");
    }

    @Test
    void problemMustBeOfThisOperationAndComplete() {
        for (String wrong : List.of("{\"code\":\"UNKNOWN_LIST\"}", problem("UNKNOWN_LIST"), RIGHT)) {
            assertThatThrownBy(() -> check("POST", TRIGGER, answered(400, "application/problem+json", wrong)))
                    .as(wrong)
                    .isInstanceOf(AssertionError.class);
        }
    }

    @Test
    void whatIsNotDescribedMayOnlyBeRefused() {
        for (String path : List.of("/nothing", "/whoami")) {
            assertThatThrownBy(() -> check("PATCH", Routes.PREFIX + path, answered(200, "application/json", RIGHT)))
                    .isInstanceOf(AssertionError.class);
        }
    }

    private static void check(String method, String target, Answered answered) {
        ApiDescription.check(server.routes(), method, target, answered);
    }

    private static Answered answered(int status, String type, String body) {
        return new Answered(status, Map.of("Content-Type", List.of(type), "X-Request-Id", List.of("1")), body);
    }

    private static String problem(String code) {
        return "{\"type\":\"/problems/unknown-list\",\"title\":\"Unknown list\",\"status\":400,\"detail\":\"x\",\"code\":\""
                + code + "\",\"lists\":[\"a\"]}";
    }
}
