package com.quotient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.auth.Access;
import com.quotient.cli.CommandRun;
import com.quotient.cli.ExitCodes;
import com.quotient.config.Settings;
import com.quotient.db.DatabaseUrl;
import com.quotient.http.Routes;
import com.quotient.keys.KeyFormat;
import com.quotient.keys.KeyTier;
import com.quotient.origin.InvalidOriginRule;
import com.quotient.origin.Origin;
import com.quotient.origin.OriginRules;
import com.quotient.problem.ProblemType;
import com.quotient.server.Server;
import com.quotient.testing.Markdown;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the documents say agrees with what the product does; {@link DocumentsTest} runs their examples. */
class ReadmeTest {
    private static final Markdown README = Markdown.read(Path.of("README.md"));
    private static final Markdown SETTINGS = Markdown.read(Path.of("docs", "settings.md"));
    private static final Markdown API = Markdown.read(Path.of("docs", "api.md"));
    private static final Markdown KEYS = Markdown.read(Path.of("docs", "keys.md"));
    private static final Markdown ARCHITECTURE = Markdown.read(Path.of("docs", "architecture.md"));
    private static final Markdown OPERATIONS = Markdown.read(Path.of("docs", "operations.md"));

    private static final Pattern LINK = Pattern.compile("]\\(([^)]+)\\)");
    private static final Pattern METRIC = Pattern.compile("quotient_[a-z_]+[a-z]");
    private static final Pattern SETTING = Pattern.compile("`([a-z][A-Za-z]*\\.[a-z][A-Za-z]*)`");
    private static final Pattern LISTED_COMMAND = Pattern.compile("(?m)^  ([a-z]+) ");

    @Test
    void settingsTableHoldsEverySettingWithItsVariableAndDefault() throws IOException {
        JsonNode defaults =
                new ObjectMapper().readTree(Path.of("conf", "application.json").toFile());
        List<List<String>> expected = new ArrayList<>();
        defaults.properties().forEach(group -> group.getValue().properties().forEach(setting -> {
            String name = group.getKey() + "." + setting.getKey();
            String value = setting.getValue().asText();
            expected.add(List.of(
                    "`" + name + "`",
                    "`" + Settings.environmentName(name) + "`",
                    value.isEmpty() ? "(empty)" : "`" + value + "`"));
        }));

        List<List<String>> table = SETTINGS.table("Setting", "Environment variable", "Default", "Meaning");

        assertThat(table.stream().map(row -> row.subList(0, 3))).containsExactlyElementsOf(expected);
        assertThat(table).allSatisfy(row -> assertThat(row.get(3)).endsWith("."));
    }

    @Test
    void everySettingThatADocumentNamesExists() {
        Set<String> known = Settings.defaults().printable().keySet();
        Set<String> groups = known.stream().map(name -> name.split("\\.")[0]).collect(Collectors.toSet());
        for (Markdown document : Markdown.documents()) {
            assertThat(all(SETTING, document.text()).stream()
                            .map(code -> code.replace("`", ""))
                            .filter(name -> groups.contains(name.split("\\.")[0])))
                    .as("settings in %s", document.file())
                    .allSatisfy(name -> assertThat(known).contains(name));
        }
    }

    @Test
    void problemsTableHoldsEveryProblemWithItsStatusAndAdvice() {
        assertThat(API.table("Status", "Code", "What to do"))
                .containsExactlyElementsOf(Arrays.stream(ProblemType.values())
                        .filter(type -> !type.isOfDashboard())
                        .map(type -> List.of(Integer.toString(type.status()), "`" + type + "`", type.advice()))
                        .toList());
    }

    @Test
    void endpointsTableHoldsEveryRouteWithTheKeysAndTheScopeItTakes() {
        Server server = new Server(
                TestServer.config("postgresql://nobody@localhost/none"),
                DatabaseUrl.parse("postgresql://nobody@localhost/none"),
                InstantSource.system());
        try {
            assertThat(API.table("Method", "Path", "Keys", "Scope"))
                    .containsExactlyInAnyOrderElementsOf(server.routes().all().stream()
                            .map(route -> List.of(
                                    route.method().name(),
                                    "`" + Routes.PREFIX + route.path() + "`",
                                    keys(route.access()),
                                    route.access().scope() == null
                                            ? "any"
                                            : "`" + route.access().scope() + "`"))
                            .toList());
        } finally {
            TestServer.await(server.stop());
        }
    }

    @Test
    void everyMetricThatADocumentNamesIsShown() {
        // Some metrics belong to parts that are off by default.
        try (TestServer server = TestServer.start(
                "canary.keyFile", "target/no-such-key", "tracing.endpoint", "http://127.0.0.1:9/v1/traces")) {
            // A route has no line before its first request.
            server.get("/api/v0/whoami", null);
            String metrics = server.metrics();
            for (Markdown document : Markdown.documents()) {
                for (String metric : all(METRIC, document.text())) {
                    assertThat(metrics)
                            .as("%s names %s", document.file(), metric)
                            .containsPattern("(?m)^" + metric);
                }
            }
            assertThat(OPERATIONS.table("Metric", "Meaning", "Look when")).allSatisfy(row -> assertThat(metrics)
                    .containsPattern("(?m)^" + Markdown.codes(row.get(0)).get(0) + "[{ ]"));
        }
    }

    @Test
    void originTableTellsWhatTheRulesDo() {
        for (List<String> row : KEYS.table("Entry", "Allows", "Does not allow")) {
            String entry = Markdown.codes(row.get(0)).get(0);
            OriginRules rules = OriginRules.of(List.of(entry));
            for (String allowed : Markdown.codes(row.get(1))) {
                assertThat(rules.match(origin(allowed)))
                        .as("%s allows %s", entry, allowed)
                        .isEqualTo(entry);
            }
            for (String refused : Markdown.codes(row.get(2))) {
                assertThat(rules.match(origin(refused)))
                        .as("%s does not allow %s", entry, refused)
                        .isNull();
            }
        }
    }

    @Test
    void originEntriesThatAreSaidToBeRefusedAre() {
        for (List<String> row : KEYS.table("Entry", "Why")) {
            String entry = Markdown.codes(row.get(0)).get(0);
            assertThatThrownBy(() -> OriginRules.of(List.of(entry)))
                    .as(entry)
                    .isInstanceOf(InvalidOriginRule.class)
                    .hasMessageContaining(entry);
        }
    }

    @Test
    void patternForSecretScannersFindsIssuedKeys() {
        Pattern pattern = Pattern.compile(KEYS.blocks().stream()
                .map(Markdown.Block::text)
                .filter(text -> text.startsWith("(pk|sk)_"))
                .findFirst()
                .orElseThrow());
        for (KeyTier tier : KeyTier.values()) {
            assertThat("key=" + KeyFormat.issue(tier, new SecureRandom()) + ";").containsPattern(pattern);
        }
        assertThat("pk_test_1234567890abcdef1234567890").doesNotContainPattern(pattern);
    }

    @Test
    void commandTableHoldsEveryCommand() {
        Set<String> commands = new TreeSet<>();
        for (String command : listed(help())) {
            List<String> below = listed(help(command));
            if (below.isEmpty()) {
                commands.add("quotient " + command);
            }
            below.forEach(leaf -> commands.add("quotient " + command + " " + leaf));
        }

        assertThat(KEYS.table("Command", "What it does").stream()
                        .map(row -> Markdown.codes(row.get(0)).get(0)))
                .containsExactlyInAnyOrderElementsOf(commands);
    }

    @Test
    void everyOptionThatADocumentNamesExists() {
        String help = KEYS.table("Command", "What it does").stream()
                .map(row -> help(Markdown.codes(row.get(0))
                        .get(0)
                        .substring("quotient ".length())
                        .split(" ")))
                .collect(Collectors.joining())
                .replace("--[no-]", "--");
        for (Markdown document : List.of(README, KEYS, OPERATIONS)) {
            for (String option : all(Pattern.compile("(?<=[ `(])--[a-z][a-z-]+"), quotientText(document))) {
                assertThat(help).as("%s names %s", document.file(), option).contains(option);
            }
        }
    }

    @Test
    void everyTestThatADocumentNamesExists() throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                sources.put(file.getFileName().toString().replace(".java", ""), Files.readString(file));
            }
        }
        Set<String> named = new TreeSet<>();
        Markdown.documents()
                .forEach(document ->
                        named.addAll(all(Pattern.compile("(?<=`)\\w+(?:Test|IT)#\\w+(?=`)"), document.text())));

        assertThat(named).hasSizeGreaterThan(40).allSatisfy(test -> {
            String[] parts = test.split("#", 2);
            assertThat(sources).containsKey(parts[0]);
            assertThat(sources.get(parts[0])).contains("void " + parts[1] + "(");
        });
    }

    @Test
    void mavenCommandsNameWhatTheBuildDefines() throws IOException {
        String pom = Files.readString(Path.of("pom.xml"));
        Set<String> commands = new TreeSet<>();
        Markdown.documents().forEach(document -> commands.addAll(all(Pattern.compile("mvn [^`\n]+"), document.text())));

        assertThat(commands)
                .containsExactlyInAnyOrder(
                        "mvn -q compile exec:java",
                        "mvn -q package -DskipTests",
                        "mvn spotless:apply",
                        "mvn test -Pfaults -Dtest=FuzzTest -Dquotient.fuzz.seconds=300",
                        "mvn test -Dtest=WhoamiTest",
                        "mvn verify",
                        "mvn verify -Pfaults");
        assertThat(pom)
                .contains(
                        "<artifactId>exec-maven-plugin</artifactId>", "<artifactId>spotless-maven-plugin</artifactId>")
                .contains("<id>faults</id>", "<groups>faults</groups>")
                .contains("<main.class>" + Main.class.getName() + "</main.class>")
                .contains("<finalName>quotient</finalName>");
        assertThat(Path.of("src/test/java/com/quotient/whoami/WhoamiTest.java")).exists();
        Path check = Path.of(".ci", "run");
        if (Files.exists(check)) {
            assertThat(Files.readString(check)).containsPattern("mvn\\b.*\\bverify -Pfaults\\b");
        }
    }

    @Test
    void everyLinkLeadsSomewhere() {
        for (Markdown document : Markdown.documents()) {
            for (MatchResult link : LINK.matcher(document.text()).results().toList()) {
                String target = link.group(1);
                if (target.startsWith("https://")) {
                    continue;
                }
                String[] parts = target.split("#", 2);
                Path file = parts[0].isEmpty()
                        ? document.file()
                        : document.file().resolveSibling(parts[0]).normalize();
                assertThat(file).as("%s links to %s", document.file(), target).exists();
                if (parts.length > 1) {
                    assertThat(anchors(Markdown.read(file)))
                            .as("%s links to %s", document.file(), target)
                            .contains(parts[1]);
                }
            }
        }
    }

    @Test
    void pictureHoldsEveryVerticle() throws IOException {
        String picture = ARCHITECTURE.blocks().stream()
                .filter(block -> block.info().equals("mermaid"))
                .map(Markdown.Block::text)
                .collect(Collectors.joining());
        Set<String> verticles;
        try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
            verticles = files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Verticle.java"))
                    .map(name -> name.replace(".java", "").replaceAll("(?<=[a-z])(?=[A-Z])", " "))
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .collect(Collectors.toSet());
        }

        assertThat(picture).startsWith("flowchart");
        assertThat(all(Pattern.compile("[a-z ]+ verticle"), picture.toLowerCase(Locale.ROOT)))
                .containsExactlyInAnyOrderElementsOf(verticles);
    }

    @Test
    void packagesTableHoldsEveryPackage() throws IOException {
        Path root = Path.of("src/main/java");
        Set<String> packages;
        try (var files = Files.walk(root)) {
            packages = files.filter(file -> file.endsWith("package-info.java"))
                    .map(file ->
                            root.relativize(file.resolveSibling("")).toString().replace('/', '.'))
                    .map(name -> name.replaceAll("\\.$", ""))
                    .collect(Collectors.toSet());
        }

        assertThat(ARCHITECTURE.table("Package", "Contents").stream()
                        .map(row -> Markdown.codes(row.get(0)).get(0)))
                .containsExactlyInAnyOrderElementsOf(packages);
    }

    private static String keys(Access access) {
        return access.admits(KeyTier.PUBLIC) ? "pk, sk" : "sk";
    }

    private static Origin origin(String text) {
        return Objects.requireNonNull(Origin.parse(text), text);
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map(MatchResult::group)
                .map(String::strip)
                .distinct()
                .toList();
    }

    /** The lines that are not about programs of others, which have options of their own. */
    private static String quotientText(Markdown document) {
        return document.lines().stream()
                .filter(line -> !line.matches(".*\\b(curl|docker|kubectl)\\b.*"))
                .collect(Collectors.joining("\n"));
    }

    private static String help(String... command) {
        List<String> arguments = new ArrayList<>(List.of(command));
        arguments.add("--help");
        CommandRun run = CommandRun.of(Map.of(), "", arguments.toArray(String[]::new));
        assertThat(run.exitCode()).as("%s: %s", arguments, run).isEqualTo(ExitCodes.OK);
        return run.out();
    }

    private static List<String> listed(String help) {
        int commands = help.indexOf("Commands:");
        Matcher names = LISTED_COMMAND.matcher(commands < 0 ? "" : help.substring(commands));
        return names.results().map(found -> found.group(1)).toList();
    }

    /** As GitHub makes them of headings. */
    private static Set<String> anchors(Markdown document) {
        return document.lines().stream()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ ", "")
                        .toLowerCase(Locale.ROOT)
                        .replaceAll("[^a-z0-9 _-]", "")
                        .replace(' ', '-'))
                .collect(Collectors.toSet());
    }
}
