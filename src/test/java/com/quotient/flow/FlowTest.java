package com.quotient.flow;

import static com.quotient.testing.TestServer.await;
import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FlowTest {
    /** Far enough away that nothing is sent. */
    private static final String[] STEPS = {"wait:1h", "webhook:https://example.com/hook"};

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;
    private static FlowDatabase flows;

    private final String business = keys.business();
    private final String secret = keys.issue(business, KeyTier.SECRET).key();

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
        flows = new FlowDatabase(server);
    }

    @Test
    void personEntersAFlowWithEitherKindOfKey() {
        String flow = flows.flow(business, STEPS).details().id();
        for (String key : List.of(secret, keys.issue(business, KeyTier.PUBLIC).key())) {
            String person = flows.person(business);

            HttpResponse<String> response = trigger(flow, person, key);

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("{\"success\":true}");
            assertThat(enrolments(flow, person)).isEqualTo(1);
        }
    }

    @Test
    void firstWebhookWaitsForTheWaitsBeforeIt() {
        String flow = flows.flow(business, "wait:10m", "wait:20m", "webhook:https://example.com/")
                .details()
                .id();

        trigger(flow, flows.person(business), secret);

        assertThat(flows.count(
                        "flow_delivery",
                        "flow_id = '" + flow + "' AND step = 3 AND due_at - now() BETWEEN interval '29 minutes'"
                                + " AND interval '30 minutes'"))
                .isEqualTo(1);
    }

    @Test
    void personEntersOnlyOnceHoweverManyTriggersComeAtOnce() {
        String flow = flows.flow(business, STEPS).details().id();
        String person = flows.person(business);

        List<HttpResponse<String>> responses = IntStream.range(0, 24)
                .parallel()
                .mapToObj(i -> trigger(flow, person, secret))
                .toList();

        assertThat(responses).allSatisfy(response -> {
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).isEqualTo("{\"success\":true}");
        });
        assertThat(enrolments(flow, person)).isEqualTo(1);
        assertThat(flows.count("flow_delivery", "flow_id = '" + flow + "'")).isEqualTo(1);
    }

    @Test
    void onlyPeopleOfTheSegmentEnter() {
        String inside = flows.person(business);
        String outside = flows.person(business);
        String segment = flows.list(business, inside);
        String flow = flows.flow(business, Trigger.PROGRAMMATIC, segment, STEPS)
                .details()
                .id();

        assertThat(trigger(flow, inside, secret).body()).isEqualTo("{\"success\":true}");
        HttpResponse<String> refused = trigger(flow, outside, secret);
        assertThat(refused.statusCode()).isEqualTo(200);
        assertThat(refused.body()).isEqualTo("{\"success\":false}");
        assertThat(enrolments(flow, outside)).isZero();
    }

    @Test
    void peopleInAFlowStayWhenTheListIsDeletedAndNoneFollow() {
        String early = flows.person(business);
        String late = flows.person(business);
        String segment = flows.list(business, early, late);
        FlowDetails flow =
                flows.flow(business, Trigger.PROGRAMMATIC, segment, STEPS).details();
        trigger(flow.id(), early, secret);

        flows.execute("DELETE FROM audience_list WHERE slug = '" + segment + "'");

        assertThat(trigger(flow.id(), early, secret).body()).isEqualTo("{\"success\":true}");
        assertThat(trigger(flow.id(), late, secret).body()).isEqualTo("{\"success\":false}");
        assertThat(await(flows.admin().find(flow.id())).segmentGone()).isTrue();
    }

    @Test
    void flowThatIsNotActiveOrNotProgrammaticCannotBeTriggered() {
        String person = flows.person(business);
        FlowDetails disabled = flows.flow(business, STEPS).details();
        await(flows.admin().disable(disabled));
        FlowDetails manual = flows.flow(business, Trigger.MANUAL, null, STEPS).details();

        for (FlowDetails flow : List.of(disabled, manual)) {
            HttpResponse<String> response = trigger(flow.id(), person, secret);
            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(json(response).path("code").asText()).isEqualTo("FLOW_NOT_TRIGGERABLE");
            assertThat(enrolments(flow.id(), person)).isZero();
        }
        await(flows.admin().enable(disabled));
        assertThat(trigger(disabled.id(), person, secret).statusCode()).isEqualTo(200);
    }

    @Test
    void unknownFlowsAndPeopleAndThoseOfOthersAreNotFound() {
        String other = keys.business();
        String flow = flows.flow(business, STEPS).details().id();
        String person = flows.person(business);

        for (String unknown :
                List.of("flw_nothing", flows.flow(other, STEPS).details().id())) {
            assertNotFound(trigger(unknown, person, secret), "There is no flow with this id.");
        }
        for (String unknown : List.of("per_nobody", flows.person(other))) {
            assertNotFound(trigger(flow, unknown, secret), "There is no person with this id.");
        }
        assertThat(flows.count("flow_enrolment", "flow_id = '" + flow + "'")).isZero();
    }

    @Test
    void bodyMustNameAPerson() {
        String path = "/api/v0/flow/" + flows.flow(business, STEPS).details().id() + "/trigger";
        for (String body : List.of("{}", "{\"personId\":null}", "{\"personId\":7}", "{\"personId\":\" \"}")) {
            HttpResponse<String> response = server.post(path, secret, body);
            assertThat(response.statusCode()).as(body).isEqualTo(400);
            assertThat(json(response).at("/issues/0/path").asText()).as(body).isEqualTo("personId");
        }
    }

    @Test
    void erasedPersonLeavesNothingInTheFlow() {
        String flow = flows.flow(business, STEPS).details().id();
        String person = flows.person(business);
        trigger(flow, person, secret);

        flows.execute("DELETE FROM person WHERE id = '" + person + "'");

        assertThat(enrolments(flow, person)).isZero();
        assertThat(flows.count("flow_delivery", "person_id = '" + person + "'")).isZero();
    }

    private static HttpResponse<String> trigger(String flow, String person, String key) {
        return server.post("/api/v0/flow/" + flow + "/trigger", key, "{\"personId\":\"" + person + "\"}");
    }

    private static long enrolments(String flow, String person) {
        return flows.count("flow_enrolment", "flow_id = '" + flow + "' AND person_id = '" + person + "'");
    }

    private static void assertNotFound(HttpResponse<String> response, String detail) {
        assertThat(response.statusCode()).isEqualTo(404);
        assertThat(json(response).path("code").asText()).isEqualTo("NOT_FOUND");
        assertThat(json(response).path("detail").asText()).isEqualTo(detail);
    }
}
