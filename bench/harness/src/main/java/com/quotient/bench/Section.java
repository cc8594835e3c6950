package com.quotient.bench;

import java.util.ArrayList;
import java.util.List;

/** What a scenario has to say, in Markdown. */
public final class Section {
    private final String name;
    private final StringBuilder text = new StringBuilder();
    private final List<Target> targets = new ArrayList<>();

    Section(Scenario scenario, Options options) {
        name = scenario.name();
        text.append("## ").append(scenario.name()).append("\n\n").append(scenario.question());
        text.append(" ").append(options.rounds()).append(" rounds.\n");
    }

    public void title(String title) {
        text.append("\n### ").append(title).append("\n");
    }

    public void paragraph(String sentences) {
        text.append('\n').append(sentences).append('\n');
    }

    /** {@code unit}: what the table counts, such as {@code request}. */
    public void table(Comparison comparison, String unit) {
        text.append('\n').append(comparison.table(unit));
    }

    public void target(Target target) {
        targets.add(target);
    }

    String name() {
        return name;
    }

    String markdown() {
        StringBuilder whole = new StringBuilder(text);
        if (!targets.isEmpty()) {
            whole.append("\n").append(Target.HEADER);
            targets.forEach(target -> whole.append(target.row()).append('\n'));
        }
        return whole.toString();
    }
}
