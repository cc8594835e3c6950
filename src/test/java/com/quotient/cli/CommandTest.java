package com.quotient.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A fresh database with one business for every test of commands. */
abstract class CommandTest {
    String url;
    String business;

    @BeforeEach
    void createDatabase() {
        url = TestServer.migratedDatabase();
        business = json("business", "create", "--name", "Acme").get("id").asText();
    }

    @AfterEach
    void dropDatabase() {
        TestPostgres.shared().dropDatabase(url.substring(url.lastIndexOf('/') + 1));
    }

    CommandRun run(String... arguments) {
        return runWith("", arguments);
    }

    CommandRun runWith(String input, String... arguments) {
        return CommandRun.of(Map.of("QUOTIENT_DATABASE_URL", url), input, arguments);
    }

    /** The JSON answer of a command that must succeed. */
    JsonNode json(String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.add("--json");
        CommandRun run = run(all.toArray(String[]::new));
        assertThat(run.exitCode()).as(run.err()).isZero();
        return run.json();
    }

    /** A new key, shown as {@code key create} shows it. */
    JsonNode create(String type, String... options) {
        List<String> all = new ArrayList<>(List.of("key", "create", "--type", type, "--name", "a key"));
        all.addAll(List.of(options));
        return json(all.toArray(String[]::new));
    }

    @Nullable
    Object scalar(String sql) {
        return TestPostgres.query(url, sql).get(0).get(0);
    }
}
