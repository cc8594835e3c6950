package com.quotient.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.testing.TestPostgres;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FlowCommandsTest extends CommandTest {
    private static final String HOOK = "webhook:https://example.com/hook";

    @Test
    void secretIsPrintedOnceAndNeverShownAgain() {
        CommandRun created = run("flow", "create", "--name", "Welcome", "--step", HOOK);
        String secret = created.out()
                .lines()
                .filter(line -> line.contains("whsec_"))
                .map(line -> line.substring(line.indexOf("whsec_")))
                .findFirst()
                .orElseThrow();
        String id = json("flow", "list").at("/flows/0/id").asText();

        assertThat(created.exitCode()).isZero();
        assertThat(created.out()).contains("will not be shown again");
        for (CommandRun later : List.of(
                run("flow", "list"),
                run("flow", "list", "--json"),
                run("flow", "show", id),
                run("flow", "show", id, "--json"))) {
            assertThat(later.out()).contains("Welcome").doesNotContain(secret);
        }
    }

    @Test
    void everyOptionOfANewFlowIsKept() {
        list("customers");
        JsonNode flow = flow("--trigger", "manual", "--segment", "customers", "--step", "wait:90m", "--step", HOOK);

        JsonNode shown = json("flow", "show", id(flow));

        assertThat(shown.get("businessId").asText()).isEqualTo(business);
        assertThat(shown.get("name").asText()).isEqualTo("a flow");
        assertThat(shown.get("trigger").asText()).isEqualTo("manual");
        assertThat(shown.get("segment").asText()).isEqualTo("customers");
        assertThat(shown.get("active").asBoolean()).isTrue();
        assertThat(shown.get("steps")).extracting(JsonNode::asText).containsExactly("wait:90m", HOOK);
        assertThat(shown.at("/progress/enrolled").asInt()).isZero();
    }

    @Test
    void flowIsDisabledAndEnabled() {
        String id = id(flow("--step", HOOK));

        assertThat(run("flow", "disable", id).out()).contains("is disabled");
        assertThat(run("flow", "list").out()).contains("disabled");
        assertThat(json("flow", "show", id).get("active").asBoolean()).isFalse();
        assertThat(json("flow", "enable", id).get("active").asBoolean()).isTrue();
        assertThat(json("flow", "show", id).get("active").asBoolean()).isTrue();
    }

    @Test
    void oldSecretLivesOnForTheOverlap() {
        JsonNode flow = flow("--step", HOOK);

        JsonNode rotated = json("flow", "rotate", id(flow), "--overlap", "2h");
        assertThat(rotated.get("secret").asText())
                .startsWith("whsec_")
                .isNotEqualTo(flow.get("secret").asText());
        assertThat(rotated.get("previousSecretUntil").isNull()).isFalse();
        assertThat(run("flow", "show", id(flow)).out()).contains("signs until");

        assertThat(json("flow", "rotate", id(flow), "--overlap", "0s")
                        .get("previousSecretUntil")
                        .isNull())
                .isTrue();
        assertThat(run("flow", "rotate", id(flow), "--overlap", "91d").exitCode())
                .isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void personEntersAFlowWithAManualTriggerOnly() {
        person("per_1");
        String manual = id(flow("--trigger", "manual", "--step", HOOK));
        String programmatic = id(flow("--step", HOOK));

        for (int i = 0; i < 2; i++) {
            assertThat(run("flow", "enrol", manual, "per_1").exitCode()).isZero();
        }
        assertThat(json("flow", "show", manual).at("/progress/enrolled").asInt())
                .isEqualTo(1);
        assertThat(run("flow", "enrol", manual, "per_2").sentence()).contains("no person per_2");
        assertThat(run("flow", "enrol", programmatic, "per_1").sentence()).contains("manual trigger");
    }

    @Test
    void webhookThatWasGivenUpIsListedAndTriedAgain() {
        person("per_1");
        String id = id(flow("--trigger", "manual", "--step", HOOK));
        run("flow", "enrol", id, "per_1");
        assertThat(json("flow", "failures", id).get("failures")).isEmpty();
        TestPostgres.execute(
                url,
                "UPDATE flow_delivery SET attempts = 9, tried_since = now(), dead_at = now(), fault = 'status 503'");

        JsonNode failure = json("flow", "failures", id).at("/failures/0");
        assertThat(failure.get("state").asText()).isEqualTo("given-up");
        assertThat(failure.get("personId").asText()).isEqualTo("per_1");
        assertThat(failure.get("attempts").asInt()).isEqualTo(9);
        assertThat(run("flow", "failures", id).out()).contains("status 503").contains("per_1");
        assertThat(json("flow", "show", id).at("/progress/failed").asInt()).isEqualTo(1);

        assertThat(run("flow", "resend", id, "msg_none").sentence()).contains("'quotient flow failures'");
        assertThat(json("flow", "resend", id, failure.get("id").asText())
                        .get("resent")
                        .asInt())
                .isEqualTo(1);
        assertThat(json("flow", "resend", id).get("resent").asInt()).isZero();
        assertThat(json("flow", "failures", id).get("failures")).isEmpty();
    }

    @Test
    void webhookThatIsTriedAgainShowsItsAttemptsAndItsLastFault() {
        person("per_1");
        String id = id(flow("--trigger", "manual", "--step", HOOK));
        run("flow", "enrol", id, "per_1");
        TestPostgres.execute(
                url,
                "UPDATE flow_delivery SET attempts = 3, tried_since = now(), failed_at = now(), fault = 'status 503',"
                        + " due_at = now() + interval '1 hour'");

        JsonNode failure = json("flow", "failures", id).at("/failures/0");
        assertThat(failure.get("state").asText()).isEqualTo("retrying");
        assertThat(failure.get("attempts").asInt()).isEqualTo(3);
        assertThat(failure.get("nextAttemptAt").isNull()).isFalse();
        assertThat(failure.get("givenUpAt").isNull()).isTrue();
        assertThat(run("flow", "failures", id).out()).contains("retrying").contains("status 503");
        assertThat(run("flow", "show", id).out())
                .contains("1 with a webhook that is tried again")
                .contains("status 503 (step 1, 3 attempts, ")
                .contains("the next attempt is at");
        JsonNode shown = json("flow", "show", id);
        assertThat(shown.at("/progress/retrying").asInt()).isEqualTo(1);
        assertThat(shown.at("/lastFailure/fault").asText()).isEqualTo("status 503");
        assertThat(run("flow", "failures", id, "--limit", "0").exitCode()).isEqualTo(ExitCodes.USAGE);
    }

    @Test
    void stepThatIsHeldIsShownAndResumed() {
        String id = id(flow("--step", HOOK));
        TestPostgres.execute(url, "UPDATE flow_step SET held_until = 'infinity', held_fault = 'status 410'");

        assertThat(run("flow", "list").out()).contains("held");
        assertThat(run("flow", "show", id).out()).contains("step 1 until 'quotient flow resume': status 410");
        JsonNode hold = json("flow", "show", id).at("/holds/0");
        assertThat(hold.get("step").asInt()).isEqualTo(1);
        assertThat(hold.get("until").isNull()).isTrue();

        assertThat(run("flow", "resume", id).out()).contains("Step 1 of flow " + id + " goes on");
        assertThat(run("flow", "resume", id).out()).contains("No step");
        assertThat(json("flow", "resume", id).get("resumed")).isEmpty();
        assertThat(json("flow", "show", id).get("holds")).isEmpty();
    }

    @Test
    void stepToAnAddressThatIsNotPublicIsRefused() {
        CommandRun created = run("flow", "create", "--name", "a flow", "--step", "webhook:http://127.0.0.1:8080/hook");

        assertThat(created.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(created.sentence()).contains("not a public address").contains("webhook.allowPrivateAddresses");
        assertThat(scalar("SELECT count(*) FROM flow")).isEqualTo(0L);
    }

    @Test
    void hostThatCannotBeFoundIsWarnedAbout() {
        CommandRun created =
                run("flow", "create", "--name", "a flow", "--step", "webhook:https://nothing.invalid/hook");

        assertThat(created.exitCode()).isZero();
        assertThat(created.err()).contains("Warning: Step 1").contains("nothing.invalid");
    }

    @Test
    void flowOfAnOlderVersionIsShownHoweverItsUrlIsRefusedNow() {
        String id = id(flow("--step", HOOK));
        TestPostgres.execute(url, "UPDATE flow_step SET webhook_url = 'http://0177.0.0.1/'");

        assertThat(run("flow", "show", id).out()).contains("webhook:http://0177.0.0.1/");
    }

    @Test
    void valueThatCannotBeUsedIsAUsageErrorThatSaysWhy() {
        assertRefused("not a type of trigger", "--trigger", "magic", "--step", HOOK);
        assertRefused("must be a webhook", "--step", HOOK, "--step", "wait:1m");
        assertRefused("not a step", "--step", "mail:ada");
        assertRefused("365d", "--step", "wait:366d", "--step", HOOK);
        assertRefused("https:// or http://", "--step", "webhook:ftp://example.com/");
        assertRefused("neither a user nor a fragment", "--step", "webhook:https://a:b@example.com/");
        assertRefused("port", "--step", "webhook:https://example.com:99999/");
        assertRefused("not a URL", "--step", "webhook:https://exa mple.com/");
    }

    @Test
    void whatIsNotThereIsNamed() {
        assertThat(run("flow", "show", "flw_none").sentence()).contains("no flow flw_none");
        CommandRun created = run("flow", "create", "--name", "a flow", "--segment", "nobody", "--step", HOOK);
        assertThat(created.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(created.sentence()).contains("no list \"nobody\"");
        assertThat(scalar("SELECT count(*) FROM flow")).isEqualTo(0L);
    }

    @Test
    void listShowsTheFlowsOfOneBusinessIfAsked() {
        flow("--step", HOOK);
        String other = json("business", "create", "--name", "Other").get("id").asText();
        createFor(other, "--step", HOOK);

        assertThat(json("flow", "list").get("flows")).hasSize(2);
        assertThat(json("flow", "list", "--business", "Other").get("flows"))
                .extracting(flow -> flow.get("businessId").asText())
                .containsExactly(other);
    }

    private void assertRefused(String why, String... options) {
        List<String> all = new ArrayList<>(List.of("flow", "create", "--name", "a flow"));
        all.addAll(List.of(options));
        CommandRun run = run(all.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.err()).contains(why);
    }

    /** A new flow, as {@code flow create} shows it. */
    private JsonNode flow(String... options) {
        return createFor(business, options);
    }

    private JsonNode createFor(String owner, String... options) {
        List<String> all = new ArrayList<>(List.of("flow", "create", "--name", "a flow", "--business", owner));
        all.addAll(List.of(options));
        return json(all.toArray(String[]::new));
    }

    private static String id(JsonNode flow) {
        return flow.get("id").asText();
    }

    private void person(String id) {
        TestPostgres.execute(
                url,
                "INSERT INTO person (business_id, id, email, domain) VALUES ('" + business + "', '" + id
                        + "', 'ada@example.com', 'example.com')");
    }

    private void list(String slug) {
        TestPostgres.execute(
                url,
                "INSERT INTO audience_list (business_id, id, slug, name) VALUES ('" + business + "', 'lst_1', '" + slug
                        + "', 'A list')");
    }
}
