package com.quotient.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.keys.KeyHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyImportTest extends CommandTest {
    @TempDir
    Path directory;

    @Test
    void keysFromCsvAreValidAsTheyWere() throws IOException {
        String sk = key("sk");
        String pk = key("pk");
        Path file = file(
                "keys.csv",
                "key,name,description,scopes,origins,ips,rateLimit,expires",
                sk + ",\"Backend, main\",\"says \"\"hi\"\"\",BLOG_READ MEMORY_READ,,10.0.0.0/8 192.0.2.1,5/1s,90d",
                pk + ",Shop,,,example.com https://app.example.org,,,");

        JsonNode counts = json("key", "import", file.toString());
        assertThat(counts.get("created").asInt()).isEqualTo(2);
        JsonNode keys = json("key", "list").get("keys");
        JsonNode first = named(keys, "Backend, main");
        assertThat(first.get("description").asText()).isEqualTo("says \"hi\"");
        assertThat(first.get("scopes")).extracting(JsonNode::asText).containsExactly("BLOG_READ", "MEMORY_READ");
        assertThat(first.get("allowedIps")).hasSize(2);
        assertThat(first.at("/rateLimit/limit").asInt()).isEqualTo(5);
        assertThat(first.get("expiresAt").isNull()).isFalse();
        assertThat(first.get("maskedKey").asText()).isEqualTo(sk.substring(0, 8) + "…" + sk.substring(sk.length() - 4));
        JsonNode second = named(keys, "Shop");
        assertThat(second.get("publicKey").asText()).isEqualTo(pk);
        assertThat(second.get("allowedOrigins")).hasSize(2);
        assertThat(second.get("scopes")).extracting(JsonNode::asText).containsExactly("ALL");
        assertThat(runWith(sk, "key", "check", "-", "--ip", "10.1.1.1").exitCode())
                .isZero();
        assertThat(runWith(pk, "key", "check", "-", "--origin", "https://shop.example.com")
                        .exitCode())
                .isZero();
        assertThat((Long) scalar("SELECT count(*) FROM api_key WHERE readable IS NOT NULL AND tier = 'sk'"))
                .isZero();
    }

    @Test
    void keysFromNdjsonAreValidAsTheyWere() throws IOException {
        String pk = key("pk");
        Path file = file(
                "keys.ndjson",
                "{\"key\":\"" + pk + "\",\"name\":\"App\",\"origins\":[\"example.com\",\"localhost:3000\"],"
                        + "\"allowMissingOrigin\":true}",
                "",
                "{\"key\":\"" + key("sk") + "\",\"type\":\"private\",\"scopes\":\"BLOG_READ\"}");

        assertThat(json("key", "import", file.toString()).get("created").asInt())
                .isEqualTo(2);
        JsonNode app = named(json("key", "list").get("keys"), "App");
        assertThat(app.get("allowedOrigins")).hasSize(2);
        assertThat(app.get("allowMissingOrigin").asBoolean()).isTrue();
    }

    @Test
    void hashedKeyIsValidAsTheKeyThatWasHashed() throws IOException {
        String sk = key("sk");
        String pk = key("pk");
        Path file = file(
                "keys.csv",
                "hash,type,prefix,suffix",
                hash(sk) + ",,,",
                hash(pk) + ",public," + pk.substring(0, 8) + "," + pk.substring(pk.length() - 4));

        assertThat(run("key", "import", file.toString(), "--type", "secret").exitCode())
                .isZero();
        assertThat(runWith(sk, "key", "check", "-").exitCode()).isZero();
        assertThat(runWith(pk, "key", "check", "-").exitCode()).isZero();
        assertThat(json("key", "list").get("keys"))
                .extracting(key -> key.get("maskedKey").asText())
                .containsExactlyInAnyOrder("????…????", pk.substring(0, 8) + "…" + pk.substring(pk.length() - 4));
    }

    @Test
    void faultIsNamedByItsLineAndTheOthersAreImported() throws IOException {
        String hash = hash(key("sk"));
        Path csv = file(
                "keys.csv",
                "key,hash,type,name,scopes",
                key("sk") + ",,,\"over",
                "two lines\",",
                key("sk") + ",,pk,wrong type,",
                "nokey,,,,",
                key("pk") + ",,,,AUDIENCE_READ",
                "," + hash + ",,,",
                "," + hash.substring(1) + ",sk,,",
                key("pk") + ",,,,,one,too,many",
                key("pk") + ",,,last,");

        CommandRun run = run("key", "import", csv.toString(), "--json");
        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.json().get("created").asInt()).isEqualTo(2);
        assertThat(run.json().get("rejected").asInt()).isEqualTo(6);
        assertThat(run.json().get("errors"))
                .extracting(error -> error.get("line").asInt())
                .containsExactly(4, 5, 6, 7, 8, 9);
        assertThat(named(json("key", "list").get("keys"), "last")).isNotNull();

        Path ndjson = file("keys.jsonl", "{", "[]", "{\"key\":\"" + key("sk") + "\",\"origin\":\"x\"}", "{\"key\":1}");
        CommandRun human = run("key", "import", ndjson.toString());
        assertThat(human.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(human.err().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("Line 1: ").contains("not valid JSON"),
                        line -> assertThat(line).startsWith("Line 2: ").contains("not a JSON object"),
                        line -> assertThat(line).startsWith("Line 3: ").contains("Unknown member \"origin\""),
                        line -> assertThat(line).startsWith("Line 4: ").contains("not of the form"));
        assertThat(human.out()).contains("Created 0, already known 0, rejected 4.");
    }

    @Test
    void fileThatBreaksOffIsReportedAndEnds() throws IOException {
        CommandRun open = run(
                "key",
                "import",
                file("open.csv", "key,name", key("pk") + ",ok", key("pk") + ",\"x")
                        .toString());
        assertThat(open.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(open.out()).contains("Created 1, already known 0, rejected 1.");
        assertThat(open.sentence()).startsWith("Line 3: ");

        assertThat(run("key", "import", file("empty.csv").toString()).sentence())
                .contains("is empty");
        for (String name : new String[] {"latin1.csv", "latin1.ndjson"}) {
            Path file = directory.resolve(name);
            Files.write(file, "key\n\u00fc".repeat(3).getBytes(StandardCharsets.ISO_8859_1));
            assertThat(run("key", "import", file.toString()).err()).contains("UTF-8");
        }
    }

    @Test
    void textThatCannotBeStoredIsRejectedByItsLine() throws IOException {
        Path file = file(
                "keys.ndjson",
                "{\"key\":\"" + key("pk") + "\",\"name\":\"\\ud800\"}",
                "{\"key\":\"" + key("pk") + "\",\"description\":\"\\u0000\"}",
                "{\"key\":\"" + key("pk") + "\",\"expires\":\"999999999d\"}",
                "{\"key\":\"" + key("pk") + "\",\"name\":\"\ud83d\ude80\"}");

        CommandRun run = run("key", "import", file.toString(), "--json");
        assertThat(run.json().get("created").asInt()).isEqualTo(1);
        assertThat(run.json().get("errors"))
                .extracting(error -> error.get("line").asInt())
                .containsExactly(1, 2, 3);
    }

    @Test
    void keyWhoseExpiryHasPassedIsRejectedAsItIsWhenOneIsMade() throws IOException {
        Path file = file(
                "keys.ndjson",
                "{\"key\":\"" + key("pk") + "\",\"expires\":\"2001-01-01T00:00:00Z\"}",
                "{\"key\":\"" + key("pk") + "\",\"expires\":\"2099-01-01T00:00:00Z\"}");

        CommandRun run = run("key", "import", file.toString(), "--json");

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.json().get("created").asInt()).isEqualTo(1);
        assertThat(run.json().at("/errors/0/line").asInt()).isEqualTo(1);
        assertThat(run.json().at("/errors/0/detail").asText()).contains("2001-01-01T00:00:00Z has passed");
    }

    @Test
    void rejectionNeverRepeatsAKey() throws IOException {
        String key = key("sk");
        Path file = file(
                "keys.ndjson",
                key,
                "{\"key\":\"" + key + "\",\"scopes\":\"" + key + "\"}",
                "{\"" + key + "\":1}",
                "{\"key\":\"" + key + "!\"}",
                "{\"hash\":\"" + key + "\"}");

        CommandRun run = run("key", "import", file.toString());
        assertThat(run.out()).contains("rejected 5");
        assertThat(run.err() + run.out()).doesNotContain(key.substring(3));
    }

    @Test
    void dryRunCountsTheSameAndWritesNothing() throws IOException {
        String known = create("sk").get("key").asText();
        String twice = key("pk");
        Path file = file("keys.csv", "key", known, twice, twice, key("sk"), "bad");

        JsonNode dry =
                run("key", "import", file.toString(), "--dry-run", "--json").json();
        assertThat(scalar("SELECT count(*) FROM api_key")).isEqualTo(1L);
        JsonNode real = run("key", "import", file.toString(), "--json").json();
        for (JsonNode counts : List.of(dry, real)) {
            assertThat(counts.get("created").asInt()).isEqualTo(2);
            assertThat(counts.get("alreadyKnown").asInt()).isEqualTo(2);
            assertThat(counts.get("rejected").asInt()).isEqualTo(1);
        }
        assertThat(scalar("SELECT count(*) FROM api_key")).isEqualTo(3L);
    }

    @Test
    void manyKeysAreImportedOnceHoweverOftenTheFileIsRead() throws IOException {
        String rows =
                IntStream.range(0, 2500).mapToObj(i -> key("sk") + ",key " + i).collect(Collectors.joining("\n"));
        Path file = file("keys.csv", "key,name", rows);

        assertThat(json("key", "import", file.toString()).get("created").asInt())
                .isEqualTo(2500);
        assertThat(json("key", "import", file.toString()).get("alreadyKnown").asInt())
                .isEqualTo(2500);
        assertThat(scalar("SELECT count(*) FROM key_audit WHERE action = 'import' AND after ->> 'status' = 'active'"))
                .isEqualTo(2500L);
        assertThat((Long) scalar("SELECT version FROM key_version")).isLessThanOrEqualTo(6);
    }

    @Test
    void unknownColumnStopsTheImportBeforeItDropsARestriction() throws IOException {
        CommandRun run = run(
                "key",
                "import",
                file("keys.csv", "key,origin", key("pk") + ",example.com").toString());

        assertThat(run.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(run.sentence()).contains("unknown column \"origin\"").contains("origins");
        assertThat(scalar("SELECT count(*) FROM api_key")).isEqualTo(0L);
    }

    @Test
    void formatIsAskedForWhereTheNameDoesNotTellIt() {
        assertThat(runWith("key\n" + key("sk"), "key", "import", "-").exitCode())
                .isEqualTo(ExitCodes.USAGE);
        assertThat(runWith("key\n" + key("sk"), "key", "import", "-", "--format", "csv")
                        .out())
                .contains("Created 1");
        CommandRun absent = run("key", "import", directory.resolve("absent.csv").toString());
        assertThat(absent.exitCode()).isEqualTo(ExitCodes.FAILED);
        assertThat(absent.sentence()).contains("absent.csv cannot be read");
    }

    private Path file(String name, String... lines) throws IOException {
        return Files.writeString(directory.resolve(name), String.join("\n", lines) + "\n");
    }

    private static JsonNode named(JsonNode keys, String name) {
        for (JsonNode key : keys) {
            if (key.get("name").asText().equals(name)) {
                return key;
            }
        }
        throw new AssertionError("No key is named " + name);
    }

    /** A key of another system. */
    private static String key(String prefix) {
        return prefix + "_test-" + UUID.randomUUID().toString().replace("-", "");
    }

    private static String hash(String key) {
        return HexFormat.of().formatHex(KeyHash.of(key).bytes());
    }
}
