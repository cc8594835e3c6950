package com.quotient.cli;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What was archived comes back, beside a server that goes on serving. */
class MemoryCommandsTest {
    private static final String MEMORY = "/api/v0/memory";

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final String business = keys.business();
    private final String secret = keys.issue(business, KeyTier.SECRET).key();

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
    }

    @Test
    void folderComesBackWithEverythingInItAndIsFoundAgain() {
        write("/guides/returns", "# Returns\\n\\nWithin fourteen days.");
        write("/guides/deep/down", "# Deep\\n\\nDown below.");
        write("/other", "something else");
        archive("/other");
        archive("/guides");
        JsonNode archived = run("archived", "--json").json().path("archived");
        assertThat(archived).hasSize(2);
        JsonNode folder = archived.get(0);
        assertThat(folder.path("path").asText()).isEqualTo("/guides/");
        assertThat(folder.path("items").asInt()).isEqualTo(4);
        assertThat(run("archived").out()).contains("/guides/", "/other");

        CommandRun restored = run("restore", folder.path("id").asText());

        assertThat(restored.exitCode()).as(restored.err()).isZero();
        assertThat(restored.out()).contains("Restored /guides/ (4 items).");
        assertThat(server.get(MEMORY + "/guides/deep/down", secret).statusCode())
                .isEqualTo(200);
        assertThat(server.get(MEMORY + "/other", secret).statusCode()).isEqualTo(404);
        eventually(Duration.ofSeconds(30), () -> assertThat(
                        server.get(MEMORY + "/search?query=fourteen", secret).body())
                .contains("/guides/returns"));
        assertThat(run("archived", "--json").json().path("archived")).hasSize(1);
    }

    @Test
    void parentFoldersAreCreatedAgain() {
        write("/a/b/c", "text");
        archive("/a/b/c");
        archive("/a");

        String id = run("archived", "--json").json().at("/archived/1/id").asText();
        assertThat(run("restore", id, "--json").json().path("path").asText()).isEqualTo("/a/b/c");

        assertThat(server.get(MEMORY + "/a/b/c", secret).statusCode()).isEqualTo(200);
    }

    @Test
    void existingItemsAreNotReplaced() {
        write("/d", "old");
        archive("/d");
        write("/d", "new");
        String id = run("archived", "--json").json().at("/archived/0/id").asText();

        CommandRun refused = run("restore", id);

        assertThat(refused.exitCode()).isNotZero();
        assertThat(refused.sentence()).contains("There is something at /d now");
        assertThat(server.get(MEMORY + "/d", secret).body()).contains("new");
    }

    @Test
    void anotherBusinessSeesAndRestoresNothing() {
        write("/d", "text");
        archive("/d");
        String id = run("archived", "--json").json().at("/archived/0/id").asText();
        String other = keys.business();

        assertThat(runFor(other, "archived", "--json").json().path("archived")).isEmpty();
        assertThat(runFor(other, "restore", id).sentence()).contains("Nothing was archived");
        assertThat(server.get(MEMORY + "/d", secret).statusCode()).isEqualTo(404);
    }

    private void write(String path, String content) {
        assertThat(server.send("PUT", MEMORY + path, secret, "{\"content\": \"" + content + "\"}")
                        .statusCode())
                .isEqualTo(200);
    }

    private void archive(String path) {
        assertThat(server.send("DELETE", MEMORY + path, secret, null).statusCode())
                .isEqualTo(200);
    }

    private CommandRun run(String... arguments) {
        return runFor(business, arguments);
    }

    private static CommandRun runFor(String business, String... arguments) {
        String[] all = new String[arguments.length + 3];
        all[0] = "memory";
        System.arraycopy(arguments, 0, all, 1, arguments.length);
        all[arguments.length + 1] = "--business";
        all[arguments.length + 2] = business;
        return CommandRun.of(Map.of("QUOTIENT_DATABASE_URL", server.databaseUrl()), "", all);
    }
}
