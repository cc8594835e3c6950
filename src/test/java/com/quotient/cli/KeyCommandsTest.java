package com.quotient.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.keys.KeyFormat;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyCommandsTest extends CommandTest {

    @Test
    void secretKeyIsPrintedOnceAndNeverShownAgain() {
        CommandRun created = run("key", "create", "--type", "secret", "--name", "Backend");
        String key = created.out()
                .lines()
                .filter(line -> line.startsWith("Key "))
                .map(line -> line.substring(line.indexOf("sk_")))
                .findFirst()
                .orElseThrow();
        String id = json("key", "list").at("/keys/0/id").asText();

        assertThat(created.exitCode()).isZero();
        assertThat(created.out()).contains("will not be shown again");
        assertThat(KeyFormat.hasValidChecksum(key)).isTrue();
        for (CommandRun later : List.of(
                run("key", "list"),
                run("key", "list", "--json"),
                run("key", "show", id),
                run("key", "show", id, "--json"))) {
            assertThat(later.out()).contains("Backend").doesNotContain(key);
        }
    }

    @Test
    void publicKeyIsShownAgain() {
        JsonNode created = create("pk");

        assertThat(run("key", "show", id(created)).out())
                .contains(created.get("key").asText());
    }

    @Test
    void restrictionsOnTrialAreShown() {
        String id = id(create("pk"));
        assertThat(run("key", "show", id).out()).doesNotContain("On trial");
        TestPostgres.execute(
                url,
                "UPDATE api_key SET trial = '{\"since\": \"2026-01-15T10:30:00.000Z\", \"allowedOrigins\":"
                        + " [\"example.com\"], \"allowMissingOrigin\": true}'");

        assertThat(run("key", "show", id).out())
                .contains("On trial     origins example.com, no origin allowed; counted since 2026-01-15T10:30:00.000Z,"
                        + " refuses nothing");
        assertThat(json("key", "show", id).at("/trial/allowedOrigins/0").asText())
                .isEqualTo("example.com");
    }

    @Test
    void everyOptionOfANewKeyIsKept() {
        JsonNode key = create(
                "private",
                "--description",
                "for tests",
                "--scope",
                "analytics_read",
                "--scope",
                "flow:trigger",
                "--ip",
                "203.0.113.0/24",
                "--rate-limit",
                "100/60s",
                "--expires",
                "2099-01-01T00:00:00Z");

        assertThat(key.get("description").asText()).isEqualTo("for tests");
        assertThat(key.get("scopes")).extracting(JsonNode::asText).containsExactly("ANALYTICS_READ", "FLOW_TRIGGER");
        assertThat(key.get("allowedIps")).extracting(JsonNode::asText).containsExactly("203.0.113.0/24");
        assertThat(key.at("/rateLimit/limit").asInt()).isEqualTo(100);
        assertThat(key.at("/rateLimit/windowSeconds").asInt()).isEqualTo(60);
        assertThat(key.get("expiresAt").asText()).isEqualTo("2099-01-01T00:00:00.000Z");
        JsonNode pub =
                create("public", "--origin", "example.com", "--origin", "localhost:3000", "--allow-missing-origin");
        assertThat(pub.get("allowedOrigins"))
                .extracting(JsonNode::asText)
                .containsExactly("example.com", "localhost:3000");
        assertThat(pub.get("allowMissingOrigin").asBoolean()).isTrue();
    }

    @Test
    void valueThatCannotBeUsedIsAUsageErrorThatSaysWhy() {
        assertRefused("not a type of key", "--type", "open");
        assertRefused("cannot hold the scope AUDIENCE_READ", "--type", "pk", "--scope", "audience_read");
        assertRefused("'foo/bar'", "--type", "pk", "--origin", "foo/bar");
        assertRefused("not a rate limit", "--type", "pk", "--rate-limit", "100");
        assertRefused("not an expiry", "--type", "pk", "--expires", "tomorrow");
        assertRefused("has passed", "--type", "pk", "--expires", "2001-01-01T00:00:00Z");
        assertRefused("takes no allowed networks", "--type", "pk", "--ip", "10.0.0.0/8");
        assertThat(json("key", "list").get("keys")).isEmpty();
    }

    private void assertRefused(String why, String... options) {
        List<String> all = new ArrayList<>(List.of("key", "create", "--name", "x"));
        all.addAll(List.of(options));
        CommandRun run = run(all.toArray(String[]::new));
        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.sentence()).contains(why);
        assertThat(run.out()).isEmpty();
    }

    @Test
    void businessHasToBeChosenOnlyWhenThereAreSeveral() {
        create("pk");
        String other = json("business", "create", "--name", "Other").get("id").asText();

        CommandRun vague = run("key", "create", "--type", "pk", "--name", "x");
        assertThat(vague.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(vague.sentence()).contains("2 businesses").contains("--business");
        assertThat(create("pk", "--business", "Other").get("businessId").asText())
                .isEqualTo(other);
        assertThat(create("pk", "--business", other).get("businessId").asText()).isEqualTo(other);
        assertThat(run("key", "list", "--business", "Nobody").sentence()).contains("no business \"Nobody\"");
        assertThat(json("key", "list", "--business", "Other").get("keys")).hasSize(2);
    }

    @Test
    void disabledKeyCanBeEnabledAndRevokedKeyCannot() {
        String id = id(create("sk"));

        assertThat(json("key", "disable", id).at("/key/status").asText()).isEqualTo("disabled");
        assertThat(json("key", "enable", id).at("/key/status").asText()).isEqualTo("active");
        assertThat(json("key", "revoke", id).at("/key/status").asText()).isEqualTo("revoked");
        CommandRun enable = run("key", "enable", id);
        assertThat(enable.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(enable.sentence()).contains("for good");
    }

    @Test
    void revokeReportsTheServersThatActOnIt() {
        String lonely = id(create("sk"));
        String shared = id(create("sk"));

        assertThat(run("key", "revoke", lonely).out()).contains("no server is running");
        try (TestServer server = TestServer.on(url)) {
            assertThat(server.port()).isPositive();
            assertThat(run("key", "revoke", shared).out()).contains("confirmed by 1 of 1 server in ");
        }
    }

    @Test
    void updateChangesOnlyWhatIsGiven() {
        String id = id(create(
                "pk", "--description", "old", "--origin", "example.com", "--rate-limit", "5/1s", "--expires", "90d"));

        JsonNode renamed = json("key", "update", id, "--name", "New").get("key");
        assertThat(renamed.get("name").asText()).isEqualTo("New");
        assertThat(renamed.get("description").asText()).isEqualTo("old");
        assertThat(renamed.at("/allowedOrigins/0").asText()).isEqualTo("example.com");

        JsonNode cleared = json(
                        "key",
                        "update",
                        id,
                        "--clear-description",
                        "--clear-origins",
                        "--clear-rate-limit",
                        "--clear-expiry",
                        "--allow-missing-origin",
                        "--scope",
                        "blog_read")
                .get("key");
        assertThat(cleared.get("description").isNull()).isTrue();
        assertThat(cleared.get("allowedOrigins")).isEmpty();
        assertThat(cleared.get("rateLimit").isNull()).isTrue();
        assertThat(cleared.get("expiresAt").isNull()).isTrue();
        assertThat(cleared.get("allowMissingOrigin").asBoolean()).isTrue();
        assertThat(cleared.at("/scopes/0").asText()).isEqualTo("BLOG_READ");

        JsonNode again = json("key", "update", id, "--clear-scopes", "--no-allow-missing-origin")
                .get("key");
        assertThat(again.at("/scopes/0").asText()).isEqualTo("ALL");
        assertThat(again.get("allowMissingOrigin").asBoolean()).isFalse();
    }

    @Test
    void updateThatChangesNothingIsAUsageError() {
        CommandRun run = run("key", "update", id(create("pk")));

        assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
        assertThat(run.sentence()).contains("Nothing");
    }

    @Test
    void rotationPrintsASuccessorAndEndsTheOldKeyAfterTheOverlap() {
        JsonNode old = create("sk", "--scope", "BLOG_READ");

        JsonNode successor = json("key", "rotate", id(old), "--overlap", "2h", "--until-used");
        JsonNode ending = json("key", "show", id(old));
        assertThat(successor.get("key").asText())
                .startsWith("sk_")
                .isNotEqualTo(old.get("key").asText());
        assertThat(successor.get("rotatedFrom").asText()).isEqualTo(id(old));
        assertThat(successor.at("/scopes/0").asText()).isEqualTo("BLOG_READ");
        assertThat(ending.get("rotatedTo").asText()).isEqualTo(id(successor));
        assertThat(ending.get("endsOnSuccessorUse").asBoolean()).isTrue();
        assertThat(Instant.parse(ending.get("expiresAt").asText()))
                .isBetween(
                        Instant.now().plus(Duration.ofMinutes(119)),
                        Instant.now().plus(Duration.ofMinutes(121)));
    }

    @Test
    void keyThatHasExpiredHasNoSuccessor() {
        String id = create("sk").get("id").asText();
        TestPostgres.execute(url, "UPDATE api_key SET expires_at = now() - interval '1 second'");

        CommandRun rotated = run("key", "rotate", id);

        assertThat(rotated.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(rotated.sentence()).contains("has expired").contains("later expiry");
        assertThat(scalar("SELECT count(*) FROM api_key")).isEqualTo(1L);
        run("key", "update", id, "--expires", "90d");
        assertThat(run("key", "rotate", id).exitCode()).isZero();
    }

    @Test
    void overlapBeyondNinetyDaysIsAUsageError() {
        String id = id(create("sk"));
        for (String overlap : List.of("91d", "999999999d")) {
            CommandRun run = run("key", "rotate", id, "--overlap", overlap);

            assertThat(run.exitCode()).isEqualTo(ExitCodes.USAGE);
            assertThat(run.sentence()).contains("at most 90 days");
        }
        assertThat(run("key", "rotate", id, "--overlap", "90d").exitCode()).isZero();
    }

    @Test
    void keyWhoseTimeIsOverIsListedAsExpired() {
        String id = id(create("sk"));
        json("key", "rotate", id, "--overlap", "0s");

        assertThat(json("key", "show", id).get("status").asText()).isEqualTo("expired");
        assertThat(run("key", "list").out()).contains("expired");
    }

    @Test
    void everyChangeIsAuditedWithWhoTypedIt() {
        run("key", "revoke", id(create("sk")));

        assertThat(scalar("SELECT string_agg(action || ' ' || actor, ', ' ORDER BY id) FROM key_audit"))
                .isEqualTo("create cli:%1$s, revoke cli:%1$s".formatted(System.getProperty("user.name")));
        assertThat((Long) scalar("SELECT count(*) FROM key_audit WHERE source = ''"))
                .isZero();
    }

    @Test
    void keyInThePlaceOfSomethingElseIsNeverEchoed() {
        String key = create("sk").get("key").asText();

        for (String[] arguments : new String[][] {
            {"key", "show", key},
            {"key", "revoke", key},
            {"key", "list", key},
            {"key", "create", "--type", key, "--name", "x"},
            {"key", "create", "--type", "pk", "--name", "x", "--scope", key},
            {"key", "check", "key_x", "--path", "/" + key},
            {key}
        }) {
            CommandRun run = run(arguments);
            assertThat(run.exitCode()).isNotZero();
            assertThat(run.err() + run.out()).isNotEmpty().doesNotContain(key).doesNotContain(key.substring(3));
        }
    }

    @Test
    void unknownKeyIsSaidToBeUnknown() {
        CommandRun run = run("key", "show", "key_nothing");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.sentence()).contains("no key key_nothing");
    }

    @Test
    void helpNamesEveryOptionAndSucceeds() {
        CommandRun help = run("key", "create", "--help");

        assertThat(help.exitCode()).isZero();
        assertThat(help.out()).contains("--rate-limit", "--[no-]allow-missing-origin", "--config", "--json");
        assertThat(run("--version").out()).startsWith("quotient ");
    }

    private static String id(JsonNode key) {
        return key.get("id").asText();
    }
}
