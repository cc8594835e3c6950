package com.quotient.bench.scenario;

import com.quotient.bench.Comparison;
import com.quotient.bench.Contest;
import com.quotient.bench.Database;
import com.quotient.bench.Lab;
import com.quotient.bench.Sample;
import com.quotient.bench.Scenario;
import com.quotient.bench.Section;
import com.quotient.bench.Target;
import com.quotient.bench.Turn;
import com.quotient.bench.Workload;
import com.quotient.bench.contender.Ours;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** What a fresh server does under full load. */
public final class WarmUp implements Scenario {
    private static final int TURNS = 5;
    private static final int TURN_SECONDS = 2;

    /** Of the turns that follow upon the start, the one with a target. */
    private static final int SECOND_TURN = 1;

    @Override
    public String name() {
        return "warm-up";
    }

    @Override
    public String question() {
        return "How fast is a fresh server if the full load begins right after `/health/ready` first answers 200?"
                + " The requests of `whoami`, in turns of " + TURN_SECONDS
                + " seconds without a pause, and once more when"
                + " the server has become steady. JDK 25 has a cache of classes and method profiles (JEP 483, 514 and 515)"
                + " that a run under the same load has left.";
    }

    @Override
    public void run(Lab lab, Section section) {
        Database database = lab.database("warm_up", Whoami.KEYS);
        Workload load = Whoami.workload();
        Optional<Ours> trained = Runtimes.trained(lab, section, database, load);
        List<Ours> servers = new ArrayList<>(List.of(Runtimes.plain(database)));
        trained.ifPresent(servers::add);
        Comparison result = new Comparison();
        for (int round = 1; round <= lab.options().rounds(); round++) {
            for (Ours server : servers) {
                measure(lab, server, load, result, round);
            }
        }
        section.table(result, "request");
        section.paragraph(shares(servers, result));
        trained.ifPresent(server -> section.target(Target.atLeast(
                "warm-up: " + turnName(server, SECOND_TURN) + ": of the steady throughput",
                share(result, server, SECOND_TURN),
                0.6,
                " ×")));
    }

    private void measure(Lab lab, Ours server, Workload load, Comparison result, int round) {
        try (Contest contest = Contest.start(lab, List.of(load), server)) {
            Turn restless = contest.turnWithoutRest(server, load);
            for (int turn = 0; turn < TURNS; turn++) {
                result.add(lab, name(), round, restless.named(turnName(server, turn)), TURN_SECONDS);
            }
            Turn restful = contest.turns(load).get(0);
            Comparison.warmUp(lab, name(), restful, lab.options().warmUpTurns());
            result.add(lab, name(), round, restful.named(steadyName(server)), TURN_SECONDS);
        }
    }

    private static String shares(List<Ours> servers, Comparison result) {
        StringBuilder table = new StringBuilder("| Share of the steady throughput |");
        IntStream.range(0, TURNS)
                .forEach(turn -> table.append(" seconds ").append(seconds(turn)).append(" |"));
        table.append("\n|---|").append("---:|".repeat(TURNS));
        for (Ours server : servers) {
            table.append("\n| ").append(server.name()).append(" |");
            IntStream.range(0, TURNS)
                    .forEach(turn -> table.append(" %.0f %% |".formatted(100 * share(result, server, turn))));
        }
        return table.toString();
    }

    private static double share(Comparison result, Ours server, int turn) {
        return result.ratio(turnName(server, turn), steadyName(server), Sample::perSecond);
    }

    private static String turnName(Ours server, int turn) {
        return server.name() + ", seconds " + seconds(turn);
    }

    private static String steadyName(Ours server) {
        return server.name() + ", steady";
    }

    private static String seconds(int turn) {
        return turn * TURN_SECONDS + "–" + (turn + 1) * TURN_SECONDS;
    }
}
