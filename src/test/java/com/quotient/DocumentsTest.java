package com.quotient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.cli.CommandRun;
import com.quotient.cli.FirstStart;
import com.quotient.testing.Markdown;
import com.quotient.testing.Markdown.Block;
import com.quotient.testing.TestServer;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Runs the examples of the documents, as they are written, against a real server. The blocks {@code sh run} of a
 * document are one session: what one sets, the next ones see; {@code sh run fails} has to. {@code js run} is a page. A
 * block {@code json answer} or {@code text answer} shows what the block before it prints; ids, times and keys differ,
 * an array of JSON may be cut short. A block that names a file of {@code sdk/examples} is a part of it.
 */
class DocumentsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final long PATIENCE_SECONDS = 180;

    private static final String MAVEN_IN_MAVEN =
            "it would run this build inside itself; ReadmeTest compares it with pom.xml";
    private static final Map<String, String> NOT_RUN = Map.of(
            "mvn -q compile exec:java",
            MAVEN_IN_MAVEN,
            "mvn -q package -DskipTests",
            MAVEN_IN_MAVEN,
            "export TRAINING='postgresql://quotient:secret@localhost:5432/training'",
            "there is no jar yet; JarIT and JarOnJdk25IT run it",
            "export QUOTIENT_DATABASE_URL='postgresql://quotient:secret@db.example.com:5432/quotient"
                    + "?sslmode=verify-full&sslrootcert=/etc/quotient/ca.pem'",
            "there is no such host; DatabaseUrlTest reads such URLs",
            "image/secret",
            "there is no container engine; ImageIT runs image/secret and compares compose.yaml with the settings",
            "docker build -t quotient:0.1.0 .",
            "there is neither a container engine nor a cluster; ImageIT and KubernetesTest do each step without");

    /** What every example counts on. */
    private static final String PRELUDE = """
            set -e
            set -a
            [ -f "$STATE" ] && . "$STATE"
            trap 'export -p > "$STATE"' EXIT
            quotient() {
              cat > quotient.in
              local code
              code=$(printf '%s\\0' "$@" | curl -s --data-binary @- "$QUOTIENT")
              cat quotient.out
              cat quotient.err >&2
              return "$code"
            }
            """;

    /** As much of a page as the examples use. The Origin header, which only browsers set, comes from here. */
    private static final String PAGE = """
            const origin = "https://shop.example.com";
            const realFetch = globalThis.fetch;
            const listeners = {};
            const sent = [];
            globalThis.fetch = (url, options) =>
              realFetch(url, { ...options, headers: { ...options.headers, Origin: origin } });
            globalThis.addEventListener = (type, listener) => { listeners[type] = listener; };
            Object.defineProperty(globalThis, "navigator", { configurable: true, value: {
              sendBeacon(url, body) {
                const headers = { Origin: origin, "Content-Type": "text/plain;charset=UTF-8" };
                sent.push(realFetch(url, { method: "POST", headers, body }).then((response) => response.json()));
                return true;
              },
            } });
            console.log = (value) => process.stdout.write(JSON.stringify(value) + "\\n");
            """;

    private static final String PAGE_CLOSED = """
            ;listeners.pagehide?.();
            for (const answer of await Promise.all(sent)) {
              console.log(answer);
            }
            """;

    @TempDir
    private Path directory;

    static Stream<Markdown> documents() {
        return Markdown.documents().stream();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("documents")
    void everyExampleDoesWhatItShows(Markdown document) throws IOException {
        List<Block> blocks = document.blocks();
        if (blocks.stream().noneMatch(block -> block.info().equals("sh run"))) {
            return;
        }
        try (Session session = new Session(directory)) {
            for (int i = 0; i < blocks.size(); i++) {
                if (blocks.get(i).info().startsWith("sh run")) {
                    compare(blocks, i, session.shell(blocks.get(i)));
                }
            }
        }
    }

    @Test
    void everyScriptOfAPageWorks() throws IOException {
        try (Session session = new Session(directory)) {
            assumeTrue(session.has("node"), "JavaScript of the documents was not run: there is no node here");
            int run = 0;
            for (Markdown document : Markdown.documents()) {
                List<Block> blocks = document.blocks();
                for (int i = 0; i < blocks.size(); i++) {
                    if (blocks.get(i).info().equals("js run")) {
                        compare(blocks, i, session.page(blocks.get(i)));
                        run++;
                    }
                }
            }
            assertThat(run).isPositive();
        }
    }

    @Test
    void everyBlockIsRunOrComparedOrHasAReason() throws JsonProcessingException {
        Set<String> excused = new HashSet<>();
        for (Markdown document : Markdown.documents()) {
            List<Block> blocks = document.blocks();
            for (int i = 0; i < blocks.size(); i++) {
                Block block = blocks.get(i);
                switch (block.info()) {
                    case "sh run", "sh run fails", "js run", "mermaid", "text" -> {}
                    case "json answer", "text answer" ->
                        assertThat(i > 0 ? blocks.get(i - 1).info() : "none")
                                .as("the block before %s", block)
                                .matches("(sh|js) run( fails)?");
                    case "json" -> JSON.readTree(block.text());
                    case "sh" -> {
                        String first = block.text().lines().findFirst().orElse("");
                        assertThat(NOT_RUN).as("reason not to run %s", block).containsKey(first);
                        excused.add(first);
                    }
                    default -> standsInItsExample(block);
                }
            }
        }
        assertThat(excused).isEqualTo(NOT_RUN.keySet());
    }

    /** The SDKs' tests run the examples; a block names its file, and is a part of it. */
    private static void standsInItsExample(Block block) {
        String[] info = block.info().split(" ", 2);
        assertThat(info).as("kind of %s", block).hasSize(2);
        assertThat(info[1]).as("kind of %s", block).startsWith("sdk/examples/");
        assertThat(Path.of(info[1])).as("example of %s", block).content(UTF_8).contains(block.text());
    }

    private static void compare(List<Block> blocks, int run, String printed) throws JsonProcessingException {
        Block answer = run + 1 < blocks.size() ? blocks.get(run + 1) : blocks.get(run);
        if (answer.info().equals("json answer")) {
            compare(answer.toString(), JSON.readTree(answer.text()), JSON.readTree(printed));
        } else if (answer.info().equals("text answer")) {
            assertThat(plain(printed)).as("%s", answer).isEqualTo(plain(answer.text()));
        }
    }

    private static void compare(String where, JsonNode shown, JsonNode real) {
        assertThat(real.getNodeType()).as("%s, which is %s", where, real).isEqualTo(shown.getNodeType());
        if (shown.isObject()) {
            assertThat(names(real)).as("members of %s", where).isEqualTo(names(shown));
            shown.properties()
                    .forEach(member ->
                            compare(where + " " + member.getKey(), member.getValue(), real.get(member.getKey())));
        } else if (shown.isArray()) {
            assertThat(real.isEmpty()).as("whether %s is empty", where).isEqualTo(shown.isEmpty());
            assertThat(real.size()).as("size of %s", where).isGreaterThanOrEqualTo(shown.size());
            for (int i = 0; i < shown.size(); i++) {
                compare(where + "[" + i + "]", shown.get(i), real.get(i));
            }
        } else {
            assertThat(plain(real.asText())).as("%s", where).isEqualTo(plain(shown.asText()));
        }
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    /** The text without what differs from run to run. */
    private static String plain(String text) {
        return text.strip()
                .replaceAll("\\b(biz|usr|key|evt|per|com|lst|blg|aut|tag)_[0-9A-Za-z]{22}\\b", "$1_…")
                .replaceAll("\\b(pk|sk)_[0-9A-Za-z]{40}\\b", "$1_…")
                .replaceAll("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z", "<time>")
                .replaceAll("\\b\\d+ ms\\b", "<n> ms")
                .replaceAll("curl/[0-9.]+", "curl/…")
                .replaceAll("(?m) +$", "");
    }

    /** One reader of one document, who begins after the first start. */
    private static final class Session implements AutoCloseable {
        private final TestServer server;
        private final Path directory;
        private final HttpServer commands;

        Session(Path directory) throws IOException {
            this.server = TestServer.start();
            this.directory = directory;
            this.commands = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            commands.createContext("/", this::command);
            commands.start();
            Files.createDirectories(directory.resolve("data"));
            FirstStart.on(server, directory);
            // Every document counts on what the README has set.
            shell(Markdown.read(Path.of("README.md")).blocks().stream()
                    .filter(block -> block.info().equals("sh run"))
                    .findFirst()
                    .orElseThrow());
        }

        boolean has(String program) {
            return run("command -v " + program).exit == 0;
        }

        /** What a block of commands prints. */
        String shell(Block block) {
            Result result = run(here(block.text()));
            assertThat(result.exit == 0)
                    .as("whether %s succeeds, which printed %s %s", block, result.out, result.err)
                    .isEqualTo(!block.info().endsWith(" fails"));
            return result.out;
        }

        /** What a script of a page prints when the page is opened and closed. */
        String page(Block block) throws IOException {
            String key = JSON.readTree(
                            directory.resolve("data/dev-credentials.json").toFile())
                    .path("publicKey")
                    .asText();
            assertThat(block.text()).as("%s", block).contains("\"pk_…\"");
            Files.writeString(
                    directory.resolve("page.mjs"),
                    PAGE + here(block.text()).replace("\"pk_…\"", "\"" + key + "\"") + PAGE_CLOSED);
            Result result = run("node page.mjs");
            assertThat(result.exit)
                    .as("exit of %s, which printed %s %s", block, result.out, result.err)
                    .isZero();
            return result.out;
        }

        private String here(String text) {
            return text.replace("http://localhost:8080", server.uri("").toString())
                    .replace("http://localhost:8081", server.managementUri("").toString());
        }

        private record Result(int exit, String out, String err) {}

        private Result run(String script) {
            Path out = directory.resolve("out");
            Path err = directory.resolve("err");
            ProcessBuilder builder = new ProcessBuilder("bash", "-c", PRELUDE + script)
                    .directory(directory.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().put("STATE", directory.resolve("state").toString());
            builder.environment()
                    .put("QUOTIENT", "http://127.0.0.1:" + commands.getAddress().getPort());
            try {
                Process process = builder.start();
                if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                    throw new AssertionError("Still running after " + PATIENCE_SECONDS + " s: " + script);
                }
                return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        /**
         * Runs {@code quotient} with the arguments of the body, here, because each JVM of its own would take seconds.
         */
        private void command(HttpExchange exchange) throws IOException {
            String[] arguments = Arrays.stream(
                            new String(exchange.getRequestBody().readAllBytes(), UTF_8).split("\0"))
                    // The files of the session are not in the directory of this process.
                    .map(argument -> Files.isRegularFile(directory.resolve(argument))
                            ? directory.resolve(argument).toString()
                            : argument)
                    .toArray(String[]::new);
            CommandRun run = CommandRun.of(
                    Map.of("QUOTIENT_DATABASE_URL", server.databaseUrl()),
                    Files.readString(directory.resolve("quotient.in")),
                    arguments);
            Files.writeString(directory.resolve("quotient.out"), run.out());
            Files.writeString(directory.resolve("quotient.err"), run.err());
            byte[] answer = Integer.toString(run.exitCode()).getBytes(UTF_8);
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        }

        @Override
        public void close() {
            commands.stop(0);
            server.close();
        }
    }
}
