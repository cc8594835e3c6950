package com.quotient.bench;

import com.quotient.bench.scenario.Ingest;
import com.quotient.bench.scenario.Keys;
import com.quotient.bench.scenario.Refusals;
import com.quotient.bench.scenario.Scaling;
import com.quotient.bench.scenario.Start;
import com.quotient.bench.scenario.Whoami;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The benchmark: {@code bench/run} starts it in the directory of the repository. */
public final class Bench {
    private static final List<Scenario> SCENARIOS =
            List.of(new Whoami(), new Refusals(), new Ingest(), new Keys(), new Scaling(), new Start());
    private static final Path RESULTS = Path.of("bench/RESULTS.md");

    private Bench() {}

    public static void main(String[] arguments) throws IOException {
        try {
            Map<String, Scenario> scenarios = new LinkedHashMap<>();
            SCENARIOS.forEach(scenario -> scenarios.put(scenario.name(), scenario));
            run(Options.parse(arguments, scenarios.keySet()));
        } catch (BenchException e) {
            System.err.println(e.getMessage());
            System.exit(1);
        }
    }

    private static void run(Options options) throws IOException {
        List<Section> sections = new ArrayList<>();
        try (Lab lab = new Lab(options)) {
            for (Scenario scenario : SCENARIOS) {
                if (options.wants(scenario.name())) {
                    Section section = new Section(scenario);
                    scenario.run(lab, section);
                    sections.add(section);
                    System.out.println(section.markdown());
                }
            }
        }
        if (options.scenarios().isEmpty() && !options.quick()) {
            Files.writeString(RESULTS, report(options, sections));
            System.err.println("The results are in " + RESULTS + ".");
        } else {
            System.err.println("Only a full run, without --quick, writes " + RESULTS + ".");
        }
    }

    private static String report(Options options, List<Section> sections) {
        List<Target> targets =
                sections.stream().flatMap(section -> section.targets().stream()).toList();
        StringBuilder report = new StringBuilder("# Results\n\n");
        report.append("Written by `bench/run`; [README.md](README.md) says how it measures. ");
        report.append("Medians of ")
                .append(options.rounds())
                .append(" rounds of ")
                .append(options.seconds());
        report.append(" seconds for each contender, with the smallest and the largest in parentheses. ");
        report.append("A ratio is the median of the rounds' ratios.\n\n");
        report.append("Measured on ").append(Machine.describe()).append('\n');
        report.append("\n## Targets\n\n").append(Section.targetTable(targets)).append('\n');
        sections.forEach(section -> report.append(section.markdown()).append('\n'));
        return report.toString().strip() + "\n";
    }
}
