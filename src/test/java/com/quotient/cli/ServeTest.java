package com.quotient.cli;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.embedded.EmbeddedPostgres;
import com.quotient.testing.Http11;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeTest {
    private static final Duration START = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    Path directory;

    @Tag("slow")
    @Test
    void freshDirectoryBecomesAServerWithADemoThatOutlivesRestarts() throws Exception {
        JsonNode first;
        try (Running server = Running.start(embedded(), true)) {
            first = credentials();
            assertThat(server.out())
                    .contains("Creating", "curl -s", text(first, "publicKey"), text(first, "privateKey"));
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                    .isEqualTo("rw-------");
            assertThat(whoami(first, "publicKey", "https://any.example")).isEqualTo("public");
            assertThat(whoami(first, "privateKey", null)).isEqualTo("private");
            assertThat(CommandRun.of(embedded(), "", "key", "list", "--json")
                            .json()
                            .get("keys"))
                    .hasSize(2);
        }
        assertThat(EmbeddedPostgres.attach(directory)).isEmpty();

        try (Running server = Running.start(embedded(), true)) {
            JsonNode second = credentials();
            for (String member : new String[] {"businessId", "email", "password", "publicKey", "privateKey"}) {
                assertThat(text(second, member)).isEqualTo(text(first, member));
            }
            assertThat(server.out())
                    .contains(text(second, "apiUrl"), file().toString())
                    .doesNotContain(text(second, "publicKey"))
                    .doesNotContain(text(second, "privateKey"))
                    .doesNotContain(text(second, "password"));
            assertThat(whoami(second, "privateKey", null)).isEqualTo("private");
        }

        Files.delete(file());
        try (Running server = Running.start(embedded(), false)) {
            JsonNode third = credentials();
            assertThat(server.out())
                    .contains("There are no credentials for this database", file().toString())
                    .doesNotContain(text(third, "publicKey"))
                    .doesNotContain(text(third, "privateKey"))
                    .doesNotContain(text(third, "password"));
            assertThat(text(third, "businessId")).isEqualTo(text(first, "businessId"));
            assertThat(text(third, "privateKey")).isNotEqualTo(text(first, "privateKey"));
            assertThat(whoami(third, "publicKey", null)).isEqualTo("public");
            assertThat(whoami(first, "privateKey", text(third, "apiUrl"), null)).isEqualTo("private");
        }

        // Nobody serves now: the command brings the database itself, for its own time.
        assertThat(CommandRun.of(embedded(), "", "key", "list", "--json").json().get("keys"))
                .hasSize(4);
        assertThat(EmbeddedPostgres.attach(directory)).isEmpty();
    }

    @Test
    void configuredDatabaseGetsNoDemoAndNothingEmbedded() throws Exception {
        Map<String, String> environment = embedded();
        environment.put("QUOTIENT_DATABASE_URL", TestServer.freshDatabase());

        try (Running server = Running.start(environment, true)) {
            assertThat(server.out())
                    .contains("http://127.0.0.1:")
                    .doesNotContain("pk_")
                    .doesNotContain("sk_");
            assertThat(CommandRun.of(environment, "", "business", "list", "--json")
                            .json()
                            .get("businesses"))
                    .isEmpty();
        }
        assertThat(directory).isEmptyDirectory();
    }

    private Map<String, String> embedded() {
        return new HashMap<>(Map.of(
                "QUOTIENT_DATA_DIRECTORY", directory.toString(),
                "QUOTIENT_HTTP_HOST", "127.0.0.1",
                "QUOTIENT_HTTP_PORT", "0",
                "QUOTIENT_MANAGEMENT_HOST", "127.0.0.1",
                "QUOTIENT_MANAGEMENT_PORT", "0"));
    }

    private Path file() {
        return directory.resolve("dev-credentials.json");
    }

    private JsonNode credentials() throws IOException {
        return JSON.readTree(file().toFile());
    }

    private static String text(JsonNode credentials, String member) {
        return credentials.get(member).asText();
    }

    private static String whoami(JsonNode credentials, String key, String origin) throws Exception {
        return whoami(credentials, key, text(credentials, "apiUrl"), origin);
    }

    private static String whoami(JsonNode credentials, String key, String apiUrl, String origin) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(apiUrl + "/api/v0/whoami"))
                .header("Authorization", "Bearer " + text(credentials, key));
        if (origin != null) {
            request.header("Origin", origin);
        }
        HttpResponse<String> response = Http11.newClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
        return JSON.readTree(response.body()).path("keyType").asText(response.body());
    }

    /** {@code quotient} in a thread of its own, stopped by interrupting it. */
    private record Running(Thread thread, CompletableFuture<Integer> ended, StringWriter written)
            implements AutoCloseable {
        static Running start(Map<String, String> environment, boolean terminal) {
            StringWriter out = new StringWriter();
            CompletableFuture<Integer> ended = new CompletableFuture<>();
            Thread thread = new Thread(
                    () -> ended.complete(Quotient.run(
                            environment,
                            InputStream.nullInputStream(),
                            new PrintWriter(out, true),
                            new PrintWriter(out, true),
                            () -> terminal)),
                    "serve");
            thread.start();
            Running running = new Running(thread, ended, out);
            eventually(START, () -> running.out().contains("Quotient is running") || ended.isDone(), done -> done);
            assertThat(ended.isDone()).as(running.out()).isFalse();
            return running;
        }

        String out() {
            return written.toString();
        }

        @Override
        public void close() {
            thread.interrupt();
            assertThat(ended.join()).isZero();
            CommandRun.restoreLogging();
        }
    }
}
