package com.quotient.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The file with the results. A scenario that runs replaces its own section and leaves the others as they are. */
final class Results {
    private static final String HEADING = "## ";

    private final Map<String, String> sections;

    private Results(Map<String, String> sections) {
        this.sections = sections;
    }

    /** What an earlier run has left; nothing if there is no such file. */
    static Results read(Path file) throws IOException {
        Map<String, String> sections = new LinkedHashMap<>();
        if (Files.exists(file)) {
            for (String section : Files.readString(file).split("\\n(?=" + HEADING + ")")) {
                if (section.startsWith(HEADING)) {
                    sections.put(
                            section.substring(HEADING.length())
                                    .lines()
                                    .findFirst()
                                    .orElseThrow(),
                            section.strip());
                }
            }
        }
        return new Results(sections);
    }

    void put(Section section) {
        sections.put(section.name(), section.markdown().strip());
    }

    /** Writes those of the scenarios that have ever run, in their order, below a table of all their targets. */
    void write(Path file, List<Scenario> scenarios) throws IOException {
        StringBuilder targets = new StringBuilder();
        StringBuilder details = new StringBuilder();
        for (Scenario scenario : scenarios) {
            String section = sections.get(scenario.name());
            if (section != null) {
                int header = section.indexOf(Target.HEADER);
                if (header >= 0) {
                    targets.append(section.substring(header + Target.HEADER.length()))
                            .append('\n');
                }
                details.append('\n').append(section).append('\n');
            }
        }
        Files.writeString(
                file,
                "# Results\n\nWritten by `bench/run`; [README.md](README.md) says how it measures. Numbers are medians of the"
                        + " rounds, with the smallest and the largest in parentheses. A ratio is the median of the ratios of"
                        + " the rounds.\n\n"
                        + Machine.describe() + "\n\n" + Target.HEADER + targets + details);
    }
}
