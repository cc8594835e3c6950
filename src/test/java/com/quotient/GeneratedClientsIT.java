package com.quotient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyTier;
import com.quotient.testing.NeedsNpm;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Third-party generators create clients from {@code /openapi.json}; the clients compile and call the API. The calls are
 * in {@code src/test/clients}.
 */
@Tag("slow")
class GeneratedClientsIT {
    private static final Path SOURCES = Path.of("src", "test", "clients").toAbsolutePath();
    /** Filled by the build. */
    private static final Path TOOLS = Path.of("target", "clients").toAbsolutePath();

    private static final long PATIENCE_SECONDS = 180;

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
    }

    /** By openapi-typescript, whose types {@code tsc --strict} checks. */
    @Nested
    @ExtendWith(NeedsNpm.class)
    class TypeScript {
        @Test
        void clientOfOpenapiTypescriptCompilesStrictlyAndCalls() throws Exception {
            for (String file : List.of("package.json", "package-lock.json", "tsconfig.json", "call.ts")) {
                Files.copy(SOURCES.resolve("typescript").resolve(file), directory.resolve(file));
            }
            run("npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund");
            run("node_modules/.bin/openapi-typescript", origin() + "/openapi.json", "-o", "api.d.ts");
            run("node_modules/.bin/tsc", "--strict", "-p", ".");

            assertThat(run("node", "out/call.js")).contains("16 calls");
        }
    }

    /** By openapi-generator, with the HTTP client of the JDK. */
    @Test
    void javaClientOfOpenapiGeneratorCompilesAndCalls() throws Exception {
        run(
                java(),
                "-cp",
                jars("generator"),
                "org.openapitools.codegen.OpenAPIGenerator",
                "generate",
                "--generator-name=java",
                "--library=native",
                "--input-spec=" + origin() + "/openapi.json",
                "--output=generated",
                "--invoker-package=com.example.client",
                "--api-package=com.example.client.api",
                "--model-package=com.example.client.model",
                "--global-property=apis,models,supportingFiles,apiTests=false,modelTests=false,apiDocs=false,modelDocs=false",
                "--additional-properties=openApiNullable=false,hideGenerationTimestamp=true");
        compile(directory.resolve("generated/src/main/java"), SOURCES.resolve("java/Call.java"));

        assertThat(run(java(), "-cp", jars("libraries") + File.pathSeparator + "classes", "Call"))
                .contains("Every call was answered.");
    }

    private void compile(Path generated, Path call) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-nowarn", "-proc:none", "-d", directory.resolve("classes").toString(), "-cp", jars("libraries")));
        try (Stream<Path> files = Files.walk(generated)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(file -> arguments.add(file.toString()));
        }
        arguments.add(call.toString());
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, System.out, System.err, arguments.toArray(String[]::new)))
                .as("javac, whose messages are in the output of this test")
                .isZero();
    }

    private static String jars(String kind) throws IOException {
        try (Stream<Path> files = Files.list(TOOLS.resolve(kind))) {
            return files.map(Path::toString).sorted().collect(Collectors.joining(File.pathSeparator));
        }
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private static String origin() {
        return "http://127.0.0.1:" + server.port();
    }

    /** What a program printed, for a business of its own; it has to succeed. */
    private String run(String... command) throws IOException, InterruptedException {
        Path output = directory.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("API_URL", origin());
        builder.environment()
                .put("API_KEY", keys.issue(keys.business(), KeyTier.SECRET).key());
        Process process = builder.start();
        boolean ended = process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (!ended) {
            process.destroyForcibly();
        }
        String printed = Files.readString(output, UTF_8);
        assertThat(ended && process.exitValue() == 0)
                .as("%s:%n%s", String.join(" ", command), printed)
                .isTrue();
        return printed;
    }
}
