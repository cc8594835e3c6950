package com.quotient.bench.scenario;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.bench.BenchException;
import com.quotient.bench.Lab;
import com.quotient.bench.Scenario;
import com.quotient.bench.Section;
import com.quotient.bench.Spread;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What each piece of a request costs by itself, as JMH finds it. */
public final class Pieces implements Scenario {
    private static final Path JAR = Path.of("bench/jmh/target/jmh.jar");

    @Override
    public String name() {
        return "pieces";
    }

    @Override
    public String question() {
        return "What do the pieces of a request cost by themselves, in time and in memory? Measured by JMH in one"
                + " thread.";
    }

    @Override
    public void run(Lab lab, Section section) {
        Path results = lab.directory().resolve("pieces.json");
        lab.say("Measuring the pieces of a request.");
        List<String> command = new ArrayList<>(
                List.of(Lab.JAVA.toString(), "-Xmx192m", "-cp", JAR + ":" + Lab.SERVER_JAR, "org.openjdk.jmh.Main"));
        command.addAll(List.of("-bm", "avgt", "-tu", "ns", "-f", "1", "-wi", "3", "-w", "1", "-r", "1"));
        command.addAll(List.of("-i", Integer.toString(lab.options().rounds())));
        command.addAll(List.of("-prof", "gc", "-rf", "json", "-rff", results.toString()));
        lab.output(command, Map.of());
        section.paragraph(table(results));
    }

    private static String table(Path results) {
        StringBuilder table = new StringBuilder("| Piece | ns | bytes allocated |\n|---|---:|---:|\n");
        try {
            for (JsonNode result : new ObjectMapper().readTree(results.toFile())) {
                List<Double> rounds = new ArrayList<>();
                result.at("/primaryMetric/rawData/0").forEach(round -> rounds.add(round.asDouble()));
                table.append(String.format(
                        Locale.ROOT,
                        "| %s | %s | %,.0f |\n",
                        piece(result),
                        new Spread(rounds).format(0),
                        result.get("secondaryMetrics")
                                .get("gc.alloc.rate.norm")
                                .get("score")
                                .asDouble()));
            }
        } catch (IOException e) {
            throw new BenchException("The results of JMH cannot be read: " + e.getMessage() + ".", e);
        }
        return table.toString().strip();
    }

    /** Such as {@code Origin: match, rules = 100}. */
    private static String piece(JsonNode result) {
        String[] name = result.get("benchmark").asText().split("\\.");
        StringBuilder piece = new StringBuilder(name[name.length - 2].replace("Benchmark", ""))
                .append(": ")
                .append(name[name.length - 1]);
        result.path("params").fields().forEachRemaining(param -> piece.append(", ")
                .append(param.getKey())
                .append(" = ")
                .append(param.getValue().asText()));
        return piece.toString();
    }
}
