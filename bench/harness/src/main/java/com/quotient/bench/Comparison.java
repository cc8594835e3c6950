package com.quotient.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The samples of several contenders, round by round. */
public final class Comparison {
    private static final double BETTER = 1.03;
    private static final int STEADY_TURNS = 3;

    private final Map<String, List<Sample>> samples = new LinkedHashMap<>();

    /**
     * Warms each contender up, then gives each its turn in every round, so that whatever disturbs the machine for a while
     * disturbs all of them.
     */
    public static Comparison run(Lab lab, String title, List<Turn> turns) {
        return run(lab, title, turns, turns);
    }

    /** Does the same, but warms up only some: others run in the same processes, or are warm already. */
    public static Comparison run(Lab lab, String title, List<Turn> cold, List<Turn> turns) {
        cold.forEach(turn -> warmUp(lab, title, turn, lab.options().warmUpTurns()));
        Comparison comparison = new Comparison();
        for (int round = 1; round <= lab.options().rounds(); round++) {
            for (Turn turn : turns) {
                comparison.add(lab, title, round, turn, lab.options().seconds());
            }
        }
        return comparison;
    }

    /** Runs a turn of a round, and keeps what it measures. */
    public void add(Lab lab, String title, int round, Turn turn, int seconds) {
        Sample sample = turn.run().apply(seconds);
        samples.computeIfAbsent(turn.name(), name -> new ArrayList<>()).add(sample);
        lab.say("%s: round %d of %d, %s: %,.0f/s, %s µs"
                .formatted(
                        title,
                        round,
                        lab.options().rounds(),
                        turn.name(),
                        sample.perSecond(),
                        sample.cpu() == null ? "–" : "%.1f".formatted(sample.cpu())));
    }

    /**
     * Goes on until three turns in a row are hardly better than the best before: the compiler of a JVM needs its time, and
     * has to share the cores with the load.
     */
    public static void warmUp(Lab lab, String title, Turn turn, int atMost) {
        double best = 0;
        int noBetter = 0;
        List<String> speeds = new ArrayList<>();
        for (int i = 0; i < atMost && noBetter < STEADY_TURNS; i++) {
            double speed = turn.run().apply(lab.options().seconds()).perSecond();
            speeds.add("%,.0f".formatted(speed));
            noBetter = speed < best * BETTER ? noBetter + 1 : 0;
            best = Math.max(best, speed);
        }
        lab.say(title + ": warmed up " + turn.name() + " (" + String.join(" ", speeds) + "/s)");
    }

    /** The median of what each round says about the ratio of two contenders. */
    public double ratio(String name, String to, Function<Sample, @Nullable Double> value) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < samples.get(name).size(); round++) {
            ratios.add(value.apply(samples.get(name).get(round))
                    / value.apply(samples.get(to).get(round)));
        }
        return new Spread(ratios).median();
    }

    /** What all rounds say about one value of a contender. */
    public Spread spread(String name, Function<Sample, @Nullable Double> value) {
        return new Spread(
                samples.get(name).stream().map(value).filter(Objects::nonNull).toList());
    }

    /** A row for each contender, without the columns that nobody has a value for. {@code unit}: what is counted. */
    public String table(String unit) {
        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put(unit + "s/s", new Column(Sample::perSecond, 0));
        columns.put("p50 ms", new Column(Sample::p50, 2));
        columns.put("p99 ms", new Column(Sample::p99, 2));
        columns.put("CPU µs/" + unit, new Column(Sample::cpu, 1));
        columns.put("Postgres CPU µs/" + unit, new Column(Sample::postgresCpu, 1));
        columns.put("RSS MiB", new Column(Sample::residentMegabytes, 0));
        columns.values().removeIf(column -> samples.keySet().stream()
                .allMatch(name -> spread(name, column.value()).isEmpty()));
        StringBuilder table = new StringBuilder("| |");
        columns.keySet().forEach(title -> table.append(' ').append(title).append(" |"));
        table.append("\n|---|").append("---:|".repeat(columns.size())).append('\n');
        samples.keySet().forEach(name -> {
            table.append("| ").append(name).append(" |");
            columns.values().forEach(column -> table.append(' ')
                    .append(spread(name, column.value()).format(column.decimals()))
                    .append(" |"));
            table.append('\n');
        });
        return table.toString();
    }

    private record Column(Function<Sample, @Nullable Double> value, int decimals) {}
}
