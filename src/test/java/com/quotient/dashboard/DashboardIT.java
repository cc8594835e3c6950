package com.quotient.dashboard;

import static com.quotient.testing.TestServer.await;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.NeedsChromium;
import com.quotient.testing.NeedsNpm;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The pages of the dashboard: they are what their sources build, and do in Chromium what a new user wants. */
@ExtendWith(NeedsNpm.class)
class DashboardIT {
    private static final Path SOURCES = Path.of("dashboard");
    private static final Path COMMITTED = Path.of("src", "main", "resources", "dashboard");
    private static final long PATIENCE_MINUTES = 5;

    @BeforeAll
    static void install() throws Exception {
        run(Map.of(), "npm", "ci", "--no-audit", "--no-fund");
    }

    @Test
    void theCommittedPagesAreWhatTheSourcesBuild() throws Exception {
        Path built = Path.of("target", "dashboard").toAbsolutePath();
        run(Map.of("DASHBOARD_OUT", built.toString()), "npm", "run", "build");
        for (String file : new String[] {"index.html", "app.js", "app.css", "licenses.txt"}) {
            assertThat(built.resolve(file)).hasSameBinaryContentAs(COMMITTED.resolve(file));
        }
    }

    @Test
    void theSourcesPassTheirTests() throws Exception {
        run(Map.of(), "npm", "test");
    }

    @Test
    @ExtendWith(NeedsChromium.class)
    void aNewUserMakesAKeySeesAnEventAllowsAnOriginAndRevokesTheKey() throws Exception {
        try (TestServer server = TestServer.start("dashboard.privateKeys", "true")) {
            browse(server, "/dashboard", "browser/journey.js");
        }
    }

    @Test
    @ExtendWith(NeedsChromium.class)
    void deepLinksAndReloadsWorkAtAnotherBasePath() throws Exception {
        try (TestServer server = TestServer.start("dashboard.basePath", "/tools/q")) {
            browse(server, "/tools/q", "browser/place.js");
        }
    }

    private static void browse(TestServer server, String path, String script) throws IOException, InterruptedException {
        String email = DashboardClient.email();
        await(DashboardClient.businesses(server)
                .createUser(DashboardClient.business(server).id(), email, DashboardClient.PASSWORD));
        run(
                Map.of(
                        "URL",
                        "http://127.0.0.1:" + server.port() + path,
                        "EMAIL",
                        email,
                        "PASSWORD",
                        DashboardClient.PASSWORD),
                "node",
                script);
    }

    private static void run(Map<String, String> environment, String... command)
            throws IOException, InterruptedException {
        Path output = Files.createTempFile("dashboard", ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(SOURCES.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        String printed = Files.readString(output);
        Files.delete(output);
        assertThat(ended)
                .as("whether %s ended, which printed %s", String.join(" ", command), printed)
                .isTrue();
        assertThat(process.exitValue())
                .as("exit of %s, which printed %s", String.join(" ", command), printed)
                .isZero();
    }
}
