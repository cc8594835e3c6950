package com.quotient.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyTier;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

class KeyCheckTest extends CommandTest {

    @Test
    void keyFromStandardInputIsExplainedAndNeverEchoed() {
        JsonNode key = create("sk");
        String text = key.get("key").asText();

        CommandRun human = runWith(text + "\n", "key", "check", "-");
        CommandRun machine = runWith(text, "key", "check", "-", "--json");
        assertThat(human.exitCode()).isZero();
        assertThat(human.out()).contains("would pass", "valid", key.get("id").asText());
        assertThat(machine.json().get("allowed").asBoolean()).isTrue();
        assertThat(machine.json().get("checksum").asText()).isEqualTo("valid");
        assertThat(human.out() + human.err() + machine.out() + machine.err())
                .doesNotContain(text)
                .doesNotContain(text.substring(3));
    }

    @Test
    void everyCheckIsListedInTheOrderInWhichItIsAsked() {
        String id = create("sk").get("id").asText();

        JsonNode checks = json("key", "check", id).get("checks");
        assertThat(checks)
                .extracting(check -> check.get("check").asText())
                .containsExactly("revoked", "disabled", "expired", "browser", "origin", "address", "tier", "scope");
    }

    @Test
    void failedCheckSaysWhy() {
        String pk = create("pk", "--origin", "example.com").get("id").asText();
        String sk = create("sk", "--ip", "10.0.0.0/8", "--scope", "BLOG_READ")
                .get("id")
                .asText();

        assertThat(failed(pk, "--origin", "https://example.com")).isEmpty();
        assertThat(failed(pk, "--origin", "https://example.com.evil.net")).containsExactly("origin ORIGIN_NOT_ALLOWED");
        assertThat(failed(pk)).containsExactly("origin ORIGIN_REQUIRED");
        assertThat(failed(pk, "--origin", "https://example.com", "--path", "/api/v0/analytics/events"))
                .containsExactly("tier KEY_TYPE_NOT_ALLOWED", "scope SCOPE_MISMATCH");
        assertThat(failed(sk, "--ip", "10.1.2.3")).isEmpty();
        assertThat(failed(sk, "--ip", "11.1.2.3")).containsExactly("address IP_NOT_ALLOWED");
        assertThat(failed(sk, "--ip", "10.1.2.3", "--browser")).containsExactly("browser SECRET_KEY_IN_BROWSER");
        assertThat(failed(sk, "--ip", "10.1.2.3", "--method", "post", "--path", "/api/v0/analytics"))
                .containsExactly("scope SCOPE_MISMATCH");
        run("key", "revoke", sk);
        assertThat(failed(sk, "--ip", "10.1.2.3")).containsExactly("revoked UNAUTHORIZED");
    }

    @Test
    void refusedRequestEndsWithAFailure() {
        String pk = create("pk", "--origin", "example.com").get("id").asText();

        CommandRun run = run("key", "check", pk);
        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.out()).contains("FAIL", "carries no Origin header", "403 ORIGIN_REQUIRED");
    }

    @Test
    void keyThatIsNotStoredIsSaidToBeUnknown() {
        String issued = KeyFormat.issue(KeyTier.SECRET, new SecureRandom());

        CommandRun run = runWith(issued, "key", "check", "-");
        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.out())
                .contains("No key with this text")
                .contains("valid")
                .doesNotContain(issued.substring(3));
    }

    @Test
    void unknownPathIsSaidToBeUnknown() {
        CommandRun run = run("key", "check", create("sk").get("id").asText(), "--path", "/api/v0/nothing");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.sentence()).contains("no such endpoint");
    }

    @Test
    void addressThatIsNoneIsAUsageError() {
        CommandRun run = run("key", "check", create("sk").get("id").asText(), "--ip", "example.com");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.sentence()).contains("example.com");
    }

    private List<String> failed(String id, String... options) {
        List<String> all = new ArrayList<>(List.of("key", "check", id, "--json"));
        all.addAll(List.of(options));
        return StreamSupport.stream(
                        run(all.toArray(String[]::new)).json().get("checks").spliterator(), false)
                .filter(check -> !check.get("passed").asBoolean())
                .map(check ->
                        check.get("check").asText() + " " + check.get("code").asText())
                .toList();
    }
}
