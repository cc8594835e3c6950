package com.quotient.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyPolicyCommandsTest extends CommandTest {
    @TempDir
    Path directory;

    @Test
    void maximumIsSetShownAndTakenBack() {
        create("sk");

        CommandRun set = run("business", "update", "Acme", "--max-key-lifetime", "90d");

        assertThat(set.exitCode()).as(set.err()).isZero();
        assertThat(set.out()).contains("(Acme) is 90 days.", "1 key expires later");
        assertThat(json("business", "list")
                        .at("/businesses/0/maxKeyLifetimeDays")
                        .asInt())
                .isEqualTo(90);
        assertThat(run("business", "list").out()).contains("90d");
        JsonNode none = json("business", "update", business, "--max-key-lifetime", "none");
        assertThat(none.get("maxKeyLifetimeDays").isNull()).isTrue();
        assertThat(none.get("exceedingKeys").asInt()).isZero();
        String actor = "cli:" + System.getProperty("user.name");
        assertThat(json("key", "audit", "--business", "Acme", "--action", "key_policy")
                        .get("entries"))
                .extracting(entry ->
                        entry.get("keyId").asText() + " " + entry.get("actor").asText() + " "
                                + entry.at("/after/maxLifetimeDays").asText())
                .containsExactly(business + " " + actor + " null", business + " " + actor + " 90");
    }

    @Test
    void maximumThatIsNoWholeNumberOfDaysIsAUsageError() {
        for (String time : List.of("12h", "0d", "3651d", "36h", "ninety", "None")) {
            CommandRun run = run("business", "update", "Acme", "--max-key-lifetime", time);

            assertThat(run.exitCode()).as(time).isEqualTo(ExitCodes.USAGE);
            assertThat(run.sentence()).contains("\"" + time + "\"");
        }
        assertThat(run("business", "update", "Acme").exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run("business", "update", "Nobody", "--max-key-lifetime", "90d")
                        .sentence())
                .contains("no business \"Nobody\"");
    }

    @Test
    void everyCommandThatSetsAnExpiryKeepsThePolicy() throws IOException {
        String old = create("sk", "--expires", "365d").get("id").asText();
        run("business", "update", "Acme", "--max-key-lifetime", "90d");

        assertTooLate(run("key", "create", "--type", "pk", "--name", "x"));
        assertTooLate(run("key", "create", "--type", "pk", "--name", "x", "--expires", "91d"));
        assertThat(create("pk", "--expires", "90d").get("expiresAt").isNull()).isFalse();
        assertTooLate(run("key", "update", old, "--expires", "100d"));
        assertTooLate(run("key", "update", old, "--clear-expiry"));
        json("key", "update", old, "--name", "Renamed");
        Instant expiry =
                Instant.parse(json("key", "rotate", old).get("expiresAt").asText());
        assertThat(expiry)
                .isBetween(
                        Instant.now().plus(Duration.ofDays(89)), Instant.now().plus(Duration.ofDays(90)));

        Path file = Files.writeString(
                directory.resolve("keys.csv"),
                "key,name,expires\nsk_test_0000000000000000000001,Endless,\nsk_test_0000000000000000000002,Short,30d\n");
        CommandRun imported = run("key", "import", file.toString());
        assertThat(imported.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(imported.out()).contains("Created 1, already known 0, rejected 1.");
        assertThat(imported.err()).contains("Line 2: The policy of this business lets keys live at most 90 days");
    }

    private static void assertTooLate(CommandRun run) {
        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.sentence()).contains("at most 90 days; set an expiry no later than 2");
        assertThat(run.out()).isEmpty();
    }
}
