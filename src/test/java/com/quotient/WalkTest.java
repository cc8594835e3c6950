package com.quotient;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.cli.FirstStart;
import com.quotient.http.Route;
import com.quotient.testing.Prerequisite;
import com.quotient.testing.TestServer;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs {@code docs/walk.sh}, as a new user would, on a server that was just started. */
@Tag("slow")
@ExtendWith(WalkTest.NeedsCurlAndPython.class)
class WalkTest {
    private static final Path SCRIPT = Path.of("docs", "walk.sh").toAbsolutePath();
    private static final long PATIENCE_SECONDS = 300;
    private static final Pattern STEP = Pattern.compile("(?m)^([A-Z]+) +(/api/v0[^ ?]*)\\S* \\d+$");

    @TempDir
    private Path directory;

    static final class NeedsCurlAndPython extends Prerequisite {
        NeedsCurlAndPython() {
            super(
                    Stream.of("curl", "python3")
                            .allMatch(program -> Stream.of(System.getenv("PATH").split(":"))
                                    .anyMatch(path -> Files.isExecutable(Path.of(path, program)))),
                    "docs/walk.sh is not run, because curl or python3 is missing; install them.",
                    "QUOTIENT_REQUIRE_WALK");
        }
    }

    @Test
    void walkReachesEveryEndpointAndFindsItAsItHasToBe() throws Exception {
        try (TestServer server = TestServer.start("webhook.allowPrivateAddresses", "true")) {
            Files.createDirectories(directory.resolve("data"));
            FirstStart.on(server, directory);

            String printed = walk(server, 0);

            Set<String> walked = new HashSet<>();
            STEP.matcher(printed).results().forEach(step -> walked.add(route(server, step)));
            assertThat(walked)
                    .containsAll(server.server().routes().all().stream()
                            .map(WalkTest::name)
                            .toList());
            // Whoever tries it once tries it twice.
            assertThat(walk(server, 0)).contains("Every endpoint answered as it has to.");
        }
    }

    @Test
    void walkStopsAtTheFirstAnswerThatIsWrong() throws Exception {
        try (TestServer server = TestServer.start()) {
            Files.createDirectories(directory.resolve("data"));
            Files.writeString(directory.resolve("data/dev-credentials.json"), """
                    {
                      "publicKey" : "pk_0000000000000000000000000000000000000000",
                      "privateKey" : "sk_0000000000000000000000000000000000000000"
                    }
                    """);

            assertThat(walk(server, 1))
                    .contains("FAILED: GET /whoami answered 401 instead of 200")
                    .doesNotContain("== Analytics");
        }
    }

    private String walk(TestServer server, int exit) throws IOException, InterruptedException {
        Path output = directory.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("bash", SCRIPT.toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        RunningJar.forgetSettings(builder);
        builder.environment().put("API", server.uri("").toString());
        builder.environment()
                .put(
                        "QUOTIENT",
                        String.join(
                                " ",
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        Main.class.getName())));
        builder.environment().put("QUOTIENT_DATABASE_URL", server.databaseUrl());
        Process process = builder.start();
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError("Still walking after " + PATIENCE_SECONDS + " s: " + Files.readString(output));
        }
        String printed = Files.readString(output);
        assertThat(process.exitValue()).as(printed).isEqualTo(exit);
        return printed;
    }

    private static String route(TestServer server, MatchResult step) {
        return name(server.server().routes().route(HttpMethod.valueOf(step.group(1)), step.group(2)));
    }

    private static String name(Route route) {
        return route.method() + " " + route.path();
    }
}
