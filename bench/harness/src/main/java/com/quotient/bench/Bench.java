package com.quotient.bench;

import com.quotient.bench.scenario.Blog;
import com.quotient.bench.scenario.Ingest;
import com.quotient.bench.scenario.Keys;
import com.quotient.bench.scenario.Pieces;
import com.quotient.bench.scenario.Reads;
import com.quotient.bench.scenario.Refusals;
import com.quotient.bench.scenario.Scaling;
import com.quotient.bench.scenario.Start;
import com.quotient.bench.scenario.Upsert;
import com.quotient.bench.scenario.WarmUp;
import com.quotient.bench.scenario.Whoami;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The benchmark: {@code bench/run} starts it in the directory of the repository. */
public final class Bench {
    private static final List<Scenario> SCENARIOS = List.of(
            new Whoami(),
            new Refusals(),
            new Ingest(),
            new Upsert(),
            new Reads(),
            new Blog(),
            new Keys(),
            new Scaling(),
            new Start(),
            new WarmUp(),
            new Pieces());
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
        Results results = Results.read(RESULTS);
        try (Lab lab = new Lab(options)) {
            for (Scenario scenario : SCENARIOS) {
                if (options.wants(scenario.name())) {
                    Section section = new Section(scenario, options);
                    scenario.run(lab, section);
                    System.out.println(section.markdown());
                    if (!options.quick()) {
                        results.put(section);
                        results.write(RESULTS, SCENARIOS);
                    }
                }
            }
        }
        System.err.println(
                options.quick()
                        ? "A quick run is too rough for " + RESULTS + ", which stays as it is."
                        : "The results are in " + RESULTS + ".");
    }
}
