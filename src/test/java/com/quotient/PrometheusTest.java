package com.quotient;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.testing.Eventually;
import com.quotient.testing.Http11;
import com.quotient.testing.Prerequisite;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.net.ConnectException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The alerts and the board, by Prometheus itself. */
@ExtendWith(PrometheusTest.NeedsPrometheus.class)
class PrometheusTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path RULES = Path.of("k8s", "base", "prometheusrule.yaml");
    private static final Path BOARD = Path.of("k8s", "base", "board.json");
    private static final Path RUNBOOK = Path.of("docs", "runbook.md");
    private static final String RUNBOOK_URL = "https://github.com/quotient/quotient/blob/main/docs/runbook.md#";
    private static final int MAX_CONFIG_MAP_BYTES = 200_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Pattern METRIC =
            Pattern.compile("\\b(?:quotient|jvm|process|up)(?:_[a-z0-9_]+)?\\b(?=[{\\[) /<>=]|$)");
    private static final Pattern MATCHER = Pattern.compile("([a-z]+)=~?\"");
    /** What Prometheus, the scrape or the cluster adds to a metric. */
    private static final Set<String> LABELS_OF_THE_SCRAPE = Set.of("job", "instance", "pod");

    private static final Set<String> METRICS_OF_PROMETHEUS = Set.of("up");

    @TempDir
    private Path directory;

    static final class NeedsPrometheus extends Prerequisite {
        NeedsPrometheus() {
            super(
                    onPath("prometheus", "promtool"),
                    "Alerts and board are not tested, because prometheus or promtool is missing; install prometheus.",
                    "QUOTIENT_REQUIRE_PROMETHEUS");
        }
    }

    @Test
    void everyAlertFiresOnItsFaultAndIsSilentWithoutIt() throws Exception {
        Path rules = plainRules();
        Path tests = Files.copy(Path.of("src/test/prometheus/rules.test.yaml"), directory.resolve("rules.test.yaml"));

        assertThat(run("promtool", "check", "rules", rules.toString())).contains("SUCCESS");
        assertThat(run("promtool", "test", "rules", tests.toString())).contains("SUCCESS");
        String tested = Files.readString(tests, UTF_8);
        for (Map<String, Object> rule : rules()) {
            assertThat(tested)
                    .contains("name: " + rule.get("alert") + " fires", "name: " + rule.get("alert") + " is silent");
        }
    }

    @Test
    void everyAlertSaysWhatItMeasuredAndWhereTheRunbookIs() throws Exception {
        Set<String> headings = new TreeSet<>();
        Matcher heading = Pattern.compile("(?m)^## (\\w+)$").matcher(Files.readString(RUNBOOK, UTF_8));
        while (heading.find()) {
            headings.add(heading.group(1));
        }

        for (Map<String, Object> rule : rules()) {
            Map<?, ?> annotations = (Map<?, ?>) rule.get("annotations");
            String alert = String.valueOf(rule.get("alert"));
            assertThat(String.valueOf(annotations.get("summary"))).endsWith(".");
            assertThat(String.valueOf(annotations.get("description")))
                    .contains("$value")
                    .endsWith(".");
            assertThat(annotations.get("runbook_url")).isEqualTo(RUNBOOK_URL + alert.toLowerCase(Locale.ROOT));
            assertThat(((Map<?, ?>) rule.get("labels")).get("severity")).isIn("page", "ticket");
            assertThat(headings).contains(alert);
            headings.remove(alert);
        }
        assertThat(headings).as("sections of the runbook without an alert").isEmpty();
    }

    @Test
    void boardHasVariablesUnitsAndDescriptions() throws Exception {
        JsonNode board = JSON.readTree(BOARD.toFile());

        assertThat(Files.size(BOARD)).isLessThan(MAX_CONFIG_MAP_BYTES);
        assertThat(board.path("uid").asText()).isEqualTo("quotient");
        assertThat(board.path("templating").path("list").findValuesAsText("name"))
                .contains("datasource", "instance");
        for (JsonNode panel : board.path("panels")) {
            if (panel.path("type").asText().equals("row")) {
                continue;
            }
            assertThat(panel.path("description").asText())
                    .as(panel.path("title").asText())
                    .endsWith(".");
            assertThat(panel.path("fieldConfig").path("defaults").path("unit").asText())
                    .isNotEmpty();
            assertThat(panel.path("datasource").path("uid").asText()).isEqualTo("${datasource}");
            for (JsonNode target : panel.path("targets")) {
                String expression = target.path("expr").asText();
                assertThat(expression.contains("rate(")).isEqualTo(expression.contains("[$__rate_interval]"));
            }
        }
    }

    @Test
    void everyMetricAndLabelThatIsAskedForComesFromARunningServer() throws Exception {
        try (TestServer server = TestServer.start(
                        "canary.keyFile", directory.resolve("canary-key").toString());
                Prometheus prometheus = new Prometheus(server.managementUri("").getPort())) {
            TestKeys keys = new TestKeys(server);
            server.post("/api/v0/analytics", keys.secret(keys.business()), "{\"eventType\":\"e\"}");
            Eventually.eventually(
                    PATIENCE, () -> prometheus.labels("quotient_http_requests_total"), labels -> !labels.isEmpty());

            for (String expression : expressions()) {
                Set<String> metrics = found(METRIC, expression, 0);
                metrics.removeAll(METRICS_OF_PROMETHEUS);
                Set<String> known = new TreeSet<>(LABELS_OF_THE_SCRAPE);
                for (String metric : metrics) {
                    Set<String> labels = prometheus.labels(metric);
                    assertThat(labels).as("%s of %s", metric, expression).isNotEmpty();
                    known.addAll(labels);
                }
                assertThat(known).as(expression).containsAll(found(MATCHER, expression, 1));
            }
        }
    }

    private static List<String> expressions() throws IOException {
        List<String> expressions = new ArrayList<>();
        rules().forEach(rule -> expressions.add(String.valueOf(rule.get("expr"))));
        expressions.addAll(JSON.readTree(BOARD.toFile()).findValuesAsText("expr"));
        Matcher query = Pattern.compile("`([^`]*quotient_[^`]*[({][^`]*)`").matcher(Files.readString(RUNBOOK, UTF_8));
        while (query.find()) {
            expressions.add(query.group(1));
        }
        assertThat(expressions).hasSizeGreaterThan(40);
        return expressions;
    }

    private static Set<String> found(Pattern pattern, String text, int group) {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            found.add(matcher.group(group));
        }
        return found;
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rules() throws IOException {
        Map<String, Object> spec = spec();
        List<Map<String, Object>> groups = (List<Map<String, Object>>) spec.get("groups");
        return groups.stream()
                .flatMap(group -> ((List<Map<String, Object>>) group.get("rules")).stream())
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> spec() throws IOException {
        Map<String, Object> manifest =
                new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(RULES, UTF_8));
        return (Map<String, Object>) manifest.get("spec");
    }

    /** The rules as Prometheus reads them, without the manifest around them. */
    private Path plainRules() throws IOException {
        return Files.writeString(directory.resolve("rules.yaml"), new Yaml(new DumperOptions()).dump(spec()), UTF_8);
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String printed = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor())
                .as("exit of %s, which printed %s", String.join(" ", command), printed)
                .isZero();
        return printed;
    }

    /** A Prometheus that scrapes one server each second. */
    private final class Prometheus implements AutoCloseable {
        private final HttpClient client = Http11.newClient();
        private final Process process;
        private final int port;

        Prometheus(int scraped) throws IOException {
            try (ServerSocket free = new ServerSocket(0)) {
                port = free.getLocalPort();
            }
            Path config = Files.writeString(directory.resolve("prometheus.yaml"), """
                    global: {scrape_interval: 1s}
                    rule_files: [%s]
                    scrape_configs:
                      - job_name: quotient
                        static_configs: [{targets: ["127.0.0.1:%d"]}]
                    """.formatted(plainRules(), scraped));
            process = new ProcessBuilder(
                            "prometheus",
                            "--config.file=" + config,
                            "--storage.tsdb.path=" + directory.resolve("tsdb"),
                            "--web.listen-address=127.0.0.1:" + port)
                    .redirectErrorStream(true)
                    .redirectOutput(directory.resolve("prometheus.log").toFile())
                    .start();
        }

        /** The names of the labels of all series of a metric; empty when there is none. */
        Set<String> labels(String metric) throws IOException, InterruptedException {
            String query = "/api/v1/series?match[]=" + URLEncoder.encode(metric, UTF_8);
            Set<String> labels = new TreeSet<>();
            try {
                String answer = client.send(
                                HttpRequest.newBuilder(
                                                URI.create("http://127.0.0.1:" + port + query.replace("[]", "%5B%5D")))
                                        .build(),
                                BodyHandlers.ofString())
                        .body();
                for (JsonNode series : JSON.readTree(answer).path("data")) {
                    series.fieldNames().forEachRemaining(labels::add);
                }
            } catch (ConnectException e) {
                // It is still starting.
            }
            return labels;
        }

        @Override
        public void close() {
            process.destroy();
            process.onExit().join();
        }
    }
}
