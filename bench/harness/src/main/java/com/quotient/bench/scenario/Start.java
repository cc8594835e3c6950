package com.quotient.bench.scenario;

import com.quotient.bench.Contest;
import com.quotient.bench.Database;
import com.quotient.bench.KeySet;
import com.quotient.bench.Lab;
import com.quotient.bench.Scenario;
import com.quotient.bench.Section;
import com.quotient.bench.Spread;
import com.quotient.bench.Target;
import com.quotient.bench.contender.Ours;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How long the server takes to be ready. */
public final class Start implements Scenario {
    private static final KeySet KEYS = KeySet.publicKeys(1_000);
    private static final int CONNECTIONS = 8;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String question() {
        return "How long does it take from the start of the process to the first 200 of `/health/ready`, on a database with"
                + " 1,000 keys? With JDK 25 the server starts from a cache (JEP 483, 514 and 515) that a run under load"
                + " has left.";
    }

    @Override
    public void run(Lab lab, Section section) {
        Database database = lab.database("start", KEYS);
        Map<Ours, Double> limits = new LinkedHashMap<>();
        limits.put(Runtimes.plain(database), 3.5);
        Runtimes.trained(lab, section, database, Whoami.workload(KEYS, KEYS.count(), CONNECTIONS))
                .ifPresent(server -> limits.put(server, 2.0));
        Map<Ours, List<Double>> seconds = new LinkedHashMap<>();
        for (int round = 0; round <= lab.options().rounds(); round++) {
            for (Ours server : limits.keySet()) {
                double taken = start(lab, server);
                // The first one reads the files from the disk.
                if (round > 0) {
                    seconds.computeIfAbsent(server, each -> new ArrayList<>()).add(taken);
                }
            }
        }
        StringBuilder table = new StringBuilder("| | seconds |\n|---|---:|\n");
        seconds.forEach((server, values) -> {
            Spread spread = new Spread(values);
            table.append("| ")
                    .append(server.name())
                    .append(" | ")
                    .append(spread.format(2))
                    .append(" |\n");
            section.target(Target.atMost("start: " + server.name(), spread.median(), limits.get(server), " s"));
        });
        section.paragraph(table.toString().strip());
    }

    private static double start(Lab lab, Ours server) {
        long start = System.nanoTime();
        Contest contest = Contest.start(lab, List.of(), server);
        double seconds = (System.nanoTime() - start) / 1e9;
        contest.close();
        return seconds;
    }
}
