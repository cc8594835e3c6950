package com.quotient.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyApplyTest extends CommandTest {
    private static final String HEAD = "name: website\ngeneration: 1\n";

    @TempDir
    Path directory;

    @Test
    void keysOfAFileAreCreatedAndASecondRunChangesNothing() throws IOException {
        String sk = key("sk");
        Files.writeString(directory.resolve("backend.key"), sk + "\n");
        Path file = file(HEAD + """
                keys:
                  - name: shop
                    type: public
                    description: The shop
                    scopes: [ANALYTICS_WRITE]
                    allowedOrigins: [shop.example.com, https://www.example.com]
                  - name: backend
                    type: private
                    keyFile: backend.key
                    allowedIps: [203.0.113.0/24]
                    rateLimit: {limit: 100, windowSeconds: 60}
                    expiresAt: 2090-01-01T00:00:00Z
                """);

        CommandRun dry = run("key", "apply", file.toString(), "--dry-run");
        assertThat(dry.exitCode()).isEqualTo(ExitCodes.CHANGES);
        assertThat(dry.out()).contains("Would create \"shop\"", "Would create \"backend\"");
        assertThat(keys()).isEmpty();

        CommandRun first = run("key", "apply", file.toString());
        assertThat(first.exitCode()).as(first.err()).isZero();
        JsonNode backend = named("backend");
        assertThat(backend.get("managedBy").asText()).isEqualTo("website");
        assertThat(backend.get("allowedIps")).hasSize(1);
        assertThat(backend.at("/rateLimit/windowSeconds").asInt()).isEqualTo(60);
        assertThat(backend.get("expiresAt").asText()).startsWith("2090-01-01");
        assertThat(named("shop").get("publicKey").asText()).startsWith("pk_");
        assertThat(runWith(sk, "key", "check", "-", "--ip", "203.0.113.9").exitCode())
                .isZero();
        assertThat(first.out()).doesNotContain(sk);

        Object version = scalar("SELECT version FROM key_version");
        CommandRun second = run("key", "apply", file.toString());
        assertThat(second.exitCode()).isZero();
        assertThat(second.out()).contains("Nothing to change.");
        assertThat(scalar("SELECT version FROM key_version")).isEqualTo(version);
        assertThat(run("key", "apply", file.toString(), "--dry-run").exitCode()).isZero();
    }

    @Test
    void memberThatIsLeftOutStaysAndAnEmptyListMeansNone() throws IOException {
        apply(HEAD + """
                keys:
                  - {name: shop, type: public, description: The shop, allowedOrigins: [a.example, b.example]}
                """);

        apply("""
                name: website
                generation: 2
                keys:
                  - {name: shop, type: public, allowedOrigins: [b.example]}
                """);
        assertThat(named("shop").get("allowedOrigins")).hasSize(1);
        assertThat(named("shop").get("description").asText()).isEqualTo("The shop");

        apply("""
                name: website
                generation: 3
                keys:
                  - {name: shop, type: public, allowedOrigins: []}
                """);
        assertThat(named("shop").get("allowedOrigins")).isEmpty();
    }

    @Test
    void fileThatIsEmptyOrCutShortRevokesNothing() throws IOException {
        String whole = """
                name: website
                generation: 1
                maxRevocations: 10
                keys:
                  - {name: one, type: public}
                  - {name: two, type: public}
                prune: true
                """;
        apply(whole);

        for (int length = 0; length < whole.strip().length(); length += 7) {
            run("key", "apply", file(whole.substring(0, length)).toString());
        }

        assertThat(keys())
                .filteredOn(key -> key.get("status").asText().equals("active"))
                .hasSize(2);
    }

    @Test
    void keysThatAreNoLongerListedAreRevokedOnlyWhereTheFilePrunes() throws IOException {
        apply(HEAD + "keys:\n  - {name: one, type: public}\n  - {name: two, type: public}\n");
        String byHand = create("public").get("id").asText();

        CommandRun kept = apply("name: website\ngeneration: 2\nkeys:\n  - {name: one, type: public}\n");
        assertThat(kept.out()).contains("1 key is no longer listed");
        assertThat(named("two").get("status").asText()).isEqualTo("active");

        apply("name: website\ngeneration: 3\nkeys:\n  - {name: one, type: public}\nprune: true\n");
        assertThat(named("two").get("status").asText()).isEqualTo("revoked");
        assertThat(named("one").get("status").asText()).isEqualTo("active");
        assertThat(json("key", "show", byHand).get("status").asText()).isEqualTo("active");

        apply("name: website\ngeneration: 4\nprune: false\n".replace("prune: false\n", ""));
        assertThat(named("one").get("status").asText()).isEqualTo("active");

        apply("name: website\ngeneration: 5\nkeys: []\nprune: true\n");
        assertThat(named("one").get("status").asText()).isEqualTo("revoked");
    }

    @Test
    void moreRevocationsThanAllowedChangeNothing() throws IOException {
        String keys = IntStream.range(0, 11)
                .mapToObj(i -> "  - {name: key " + i + ", type: public}\n")
                .collect(Collectors.joining());
        apply(HEAD + "keys:\n" + keys);

        CommandRun refused = run(
                "key",
                "apply",
                file("name: website\ngeneration: 2\nkeys:\n  - {name: new, type: public}\nprune: true\n")
                        .toString());

        assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(refused.sentence())
                .isEqualTo("The file would revoke 11 keys that it no longer lists, more than maxRevocations (10);"
                        + " nothing was changed. Raise it if that is meant.");
        assertThat(keys())
                .hasSize(11)
                .allSatisfy(key -> assertThat(key.get("status").asText()).isEqualTo("active"));
    }

    @Test
    void olderGenerationIsRefused() throws IOException {
        apply("name: website\ngeneration: 7\nkeys:\n  - {name: one, type: public}\n");

        for (String older : new String[] {
            "name: website\ngeneration: 6\nkeys: []\n",
            "name: website\nkeys: []\n",
            "name: website\ngeneration: 7\nkeys: []\n"
        }) {
            CommandRun refused = run("key", "apply", file(older).toString());
            assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED);
            assertThat(refused.sentence()).startsWith("Generation 7 of the file was applied already");
        }
    }

    @Test
    void newSecretRotatesTheKeyAndTheOldOneStaysForTheOverlap() throws IOException {
        String before = key("sk");
        String after = key("sk");
        Path secret = directory.resolve("backend.key");
        Path file = file(
                HEAD
                        + "rotationOverlap: 1h\nkeys:\n  - {name: backend, type: private, keyFile: backend.key}\nprune: true\n");
        Files.writeString(secret, before);
        apply(file);

        Files.writeString(secret, after);
        assertThat(apply(file).out()).contains("rotate \"backend\"");

        assertThat(runWith(before, "key", "check", "-").exitCode()).isZero();
        assertThat(runWith(after, "key", "check", "-").exitCode()).isZero();
        assertThat(scalar("SELECT count(*) FROM api_key WHERE expires_at < now() + interval '61 minutes'"))
                .isEqualTo(1L);
        assertThat(apply(file).out()).contains("Nothing to change.");
    }

    @Test
    void existingKeyIsTakenOverOnlyByItsId() throws IOException {
        JsonNode existing = create("private");
        String id = existing.get("id").asText();
        Files.writeString(directory.resolve("a.key"), existing.get("key").asText());
        String entry = "name: website\nkeys:\n  - {name: backend, type: private, keyFile: a.key%s}\n";

        CommandRun drift = run("key", "apply", file(entry.formatted("")).toString());
        assertThat(drift.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(drift.sentence())
                .isEqualTo("Key \"backend\" has the secret of " + id
                        + ", which this file does not manage; to take it over, write id: " + id + ".");

        apply(entry.formatted(", id: " + id));
        JsonNode taken = json("key", "show", id);
        assertThat(taken.get("managedBy").asText()).isEqualTo("website");
        assertThat(taken.get("name").asText()).isEqualTo("backend");
    }

    @Test
    void keyOfAnotherBusinessIsNeverTakenOver() throws IOException {
        String other = json("business", "create", "--name", "Other").get("id").asText();
        String id = create("public", "--business", other).get("id").asText();

        CommandRun drift = run(
                "key",
                "apply",
                file("name: website\nbusiness: Acme\nkeys:\n  - {name: shop, type: public, id: " + id + "}\n")
                        .toString());

        assertThat(drift.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(drift.sentence()).contains("is no key of this business");
        assertThat(json("key", "show", id).get("managedBy").isNull()).isTrue();
    }

    @Test
    void keyOfAFileIsChangedThereUntilItIsReleased() throws IOException {
        apply(HEAD + "keys:\n  - {name: one, type: public}\n");
        String id = named("one").get("id").asText();

        assertThat(run("key", "update", id, "--description", "x").sentence())
                .isEqualTo(
                        "Key " + id + " is described by the key file \"website\"; change it there, or run 'quotient key"
                                + " release " + id + "'.");
        assertThat(run("key", "rotate", id).exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run("key", "disable", id).exitCode()).isZero();
        assertThat(run("key", "enable", id).exitCode()).isZero();

        assertThat(run("key", "release", id).exitCode()).isZero();
        assertThat(run("key", "update", id, "--description", "x").exitCode()).isZero();

        CommandRun again = run(
                "key",
                "apply",
                file(HEAD + "keys:\n  - {name: one, type: public}\n").toString());
        assertThat(again.sentence())
                .isEqualTo("Key \"one\" was released or revoked; remove it, or give it another name or a new secret.");
        assertThat(keys()).hasSize(1);
    }

    @Test
    void keyThatWasRevokedByHandStaysRevokedAndTheRestIsApplied() throws IOException {
        apply(HEAD + "keys:\n  - {name: one, type: private, hash: " + "a".repeat(64) + "}\n");
        assertThat(run("key", "revoke", named("one").get("id").asText()).exitCode())
                .isZero();

        CommandRun drift = run(
                "key",
                "apply",
                file("name: website\ngeneration: 2\nkeys:\n  - {name: one, type: private, hash: " + "a".repeat(64)
                                + "}\n  - {name: two, type: public}\n")
                        .toString());

        assertThat(drift.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(drift.sentence()).contains("which is revoked for good; give it a new secret, or remove it.");
        assertThat(named("one").get("status").asText()).isEqualTo("revoked");
        assertThat(named("two").get("status").asText()).isEqualTo("active");
    }

    @Test
    void keyThatLivesLongerThanThePolicyAllowsIsNotMade() throws IOException {
        json("business", "update", "Acme", "--max-key-lifetime", "90d");

        CommandRun refused = run(
                "key",
                "apply",
                file(HEAD + "keys:\n  - {name: one, type: public}\n").toString());

        assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(refused.sentence())
                .isEqualTo(
                        "Key \"one\" expires later than the policy of the business allows, which is 90 days from now.");
        assertThat(keys()).isEmpty();
    }

    @Test
    void rotationByAFileCutsAnExpiryThatThePolicyDoesNotAllow() throws IOException {
        String entry = "keys:\n  - {name: one, type: private, hash: " + "a".repeat(64) + "}\n";
        apply(HEAD + entry);
        json("business", "update", "Acme", "--max-key-lifetime", "90d");

        apply("name: website\ngeneration: 2\n" + entry.replace('a' + "a".repeat(63), "b".repeat(64)));

        assertThat(scalar("SELECT count(*) FROM api_key WHERE expires_at <= now() + interval '90 days'"))
                .isEqualTo(2L);
        assertThat(apply("name: website\ngeneration: 2\n" + entry.replace("a".repeat(64), "b".repeat(64)))
                        .out())
                .contains("Nothing to change.");
    }

    @Test
    void keyThatIsRenamedKeepsItsSecretThoughAnotherTakesItsName() throws IOException {
        String before = "a".repeat(64);
        apply(HEAD + "keys:\n  - {name: orders, type: private, hash: " + before + "}\n");
        String id = named("orders").get("id").asText();

        for (String entries : new String[] {
            "  - {name: orders legacy, type: private, hash: A}\n  - {name: orders, type: private, hash: B}\n",
            "  - {name: orders, type: private, hash: B}\n  - {name: orders legacy, type: private, hash: A}\n"
        }) {
            apply("name: website\ngeneration: " + (entries.indexOf("legacy") < 30 ? 2 : 3) + "\nkeys:\n"
                    + entries.replace("A}", before + "}").replace("B}", "b".repeat(64) + "}"));
            JsonNode legacy = json("key", "show", id);
            assertThat(legacy.get("name").asText()).isEqualTo("orders legacy");
            assertThat(legacy.get("expiresAt").isNull()).isTrue();
            assertThat(legacy.get("rotatedTo").isNull()).isTrue();
            assertThat(keys()).hasSize(2);
        }
    }

    @Test
    void keyThatIsTakenOverWithANewSecretIsInLineAfterwardsAndNotPruned() throws IOException {
        String id = create("private").get("id").asText();
        String entry =
                "keys:\n  - {name: %s, type: private, hash: " + "a".repeat(64) + ", id: " + id + "}\nprune: true\n";
        apply(HEAD + entry.formatted("orders"));
        assertThat(apply(HEAD + entry.formatted("orders")).out()).contains("Nothing to change.");

        apply("name: website\ngeneration: 2\n" + entry.formatted("other name"));

        assertThat(named("other name").get("status").asText()).isEqualTo("active");
    }

    @Test
    void wordsRemoveAnExpiryAndARateLimit() throws IOException {
        apply(HEAD + "keys:\n  - {name: one, type: public, expiresAt: 2090-01-01T00:00:00Z,"
                + " rateLimit: {limit: 1, windowSeconds: 1}}\n");

        apply(
                "name: website\ngeneration: 2\nkeys:\n  - {name: one, type: public, expiresAt: never, rateLimit: none}\n");

        assertThat(named("one").get("expiresAt").isNull()).isTrue();
        assertThat(named("one").get("rateLimit").isNull()).isTrue();
    }

    @Test
    void secretOfAnotherBusinessIsRefusedAndItsKeyNotNamed() throws IOException {
        String other = json("business", "create", "--name", "Other").get("id").asText();
        JsonNode theirs = create("public", "--business", other);

        CommandRun drift = run(
                "key",
                "apply",
                file("name: website\nbusiness: Acme\nkeys:\n  - {name: shop, type: public, key: "
                                + theirs.get("key").asText() + "}\n")
                        .toString());

        assertThat(drift.sentence())
                .isEqualTo("Key \"shop\" has the secret of a key of another business; give it one of its own.");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "keys: [| The file is not valid YAML",
                "''| The file is empty",
                "'name: a\\nkeys:'| keys has no value; write one, or leave it out.",
                "'keys: []'| name is required",
                "'name: a b\\nkeys: []'| name must have 1 to 100 letters",
                "'name: a\\nkey: []'| key is not known here; known are business, generation",
                "'name: a\\nprune: true\\nkeys: []'| prune must come after keys",
                "'name: a\\nkeys: []\\nprune: true'| prune needs a generation, so that an older file",
                "'name: a\\nkeys: [{name: k, type: public, expiresAt: }]'| keys[0].expiresAt has no value",
                "'name: a\\nkeys: [{name: k, type: public, hash: }]'| keys[0].hash has no value",
                "'name: a\\nkeys: [x]'| keys[0] must be an object",
                "'name: a\\nkeys: [{name: key_1, type: public, id: key_1}]'| names key_1, which is no key of this business",
                "'name: a\\nname: b'| The file is not valid YAML",
                "'{\"name\": \"a\", \"name\": \"b\"}'| The file is not valid JSON at line 1.",
                "'name: a\\nkeys: [{name: k, type: private, key: sk_12345678901234567890}]'| keys[0].key must not stand here",
                "'name: a\\nkeys: [{name: k, type: private, hash: ab}]'| keys[0].hash is refused: A hash is the SHA-256",
                "'name: a\\nkeys: [{name: k, type: private, keyFile: absent}]'| keys[0].keyFile cannot be read",
                "'name: a\\nkeys: [{name: k, type: private}]'| is new and private and has no secret",
                "'name: a\\nkeys: [{name: k, type: public, origins: [a.example]}]'| keys[0].origins is not known here",
                "'name: a\\nkeys: [{name: k, type: public, allowedOrigins: [\"https://a b\"]}]'| keys[0].allowedOrigins[0]",
                "'name: a\\nkeys: [{name: k, type: public, allowedOrigins: }]'| keys[0].allowedOrigins has no value",
                "'name: a\\nkeys: [{name: k, type: public}, {name: k, type: public}]'| keys[1].name is the name of another key",
                "'name: a\\nkeys: [{name: k, type: public, expiresAt: 90d}]'| keys[0].expiresAt must be a time",
                "'name: a\\nkeys: [{name: k, type: public, expiresAt: 2001-01-01T00:00:00Z}]'| its expiry has passed",
                "'a: &a [x]\\nb: [*a, *a]'| The file is not valid YAML",
                "'name: a\\nbusiness: nobody\\nkeys: []'| There is no business \"nobody\"",
            })
    void fileWithAFaultChangesNothingAndTheSentenceSaysWhere(String content, String sentence) throws IOException {
        CommandRun refused =
                run("key", "apply", file(content.replace("\\n", "\n")).toString());

        assertThat(refused.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(refused.sentence()).contains(sentence.strip());
        assertThat(keys()).isEmpty();
    }

    @Test
    void jsonIsReadAndWrittenToo() throws IOException {
        Path file = file("{\n\t\"name\": \"website\",\n\t\"keys\": [{\"name\": \"shop\", \"type\": \"public\"}]\n}\n");

        JsonNode applied = json("key", "apply", file.toString());

        assertThat(applied.at("/changes/0/action").asText()).isEqualTo("create");
        assertThat(applied.at("/changes/0/name").asText()).isEqualTo("shop");
        assertThat(applied.get("drift")).isEmpty();
    }

    @Test
    void generatedKeyFitsItsHash() throws IOException {
        JsonNode generated = json("key", "generate", "--type", "private");

        apply("name: website\nkeys:\n  - {name: k, type: private, hash: "
                + generated.get("hash").asText() + "}\n");

        assertThat(runWith(generated.get("key").asText(), "key", "check", "-").exitCode())
                .isZero();
    }

    private CommandRun apply(String content) throws IOException {
        return apply(file(content));
    }

    private CommandRun apply(Path file) {
        CommandRun run = run("key", "apply", file.toString());
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run;
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("keys.yaml"), content);
    }

    private JsonNode keys() {
        return json("key", "list").get("keys");
    }

    private JsonNode named(String name) {
        for (JsonNode key : keys()) {
            if (key.get("name").asText().equals(name)) {
                return key;
            }
        }
        throw new AssertionError("No key is named " + name);
    }

    private static String key(String prefix) {
        return prefix + "_test-" + UUID.randomUUID().toString().replace("-", "");
    }
}
