package com.quotient.bench.scenario;

import com.quotient.bench.Comparison;
import com.quotient.bench.Contest;
import com.quotient.bench.Database;
import com.quotient.bench.KeySet;
import com.quotient.bench.Lab;
import com.quotient.bench.Sample;
import com.quotient.bench.Scenario;
import com.quotient.bench.Section;
import com.quotient.bench.Target;
import com.quotient.bench.Turn;
import com.quotient.bench.Workload;
import com.quotient.bench.contender.Bare;
import com.quotient.bench.contender.Ours;
import java.util.ArrayList;
import java.util.List;

/** Whether the cost of a request depends on what it should not depend on. */
public final class Scaling implements Scenario {
    private static final KeySet ONE_RULE = KeySet.publicKeys(1_000);
    private static final KeySet MANY_RULES = ONE_RULE.withRules(100);
    private static final int USUAL_CONNECTIONS = 64;
    private static final int[] CONNECTIONS = {1, 8, 512};
    private static final String WITH_ONE_RULE = "1 rule";
    private static final String WITH_MANY_RULES = "100 rules";

    @Override
    public String name() {
        return "scaling";
    }

    @Override
    public String question() {
        return "Does the CPU time of a request stay the same with more connections, and with more origin rules for each"
                + " key, of which the last one matches? The scenario `keys` says the same about more keys. With one"
                + " connection each request has the event loop to itself: the bare handler shows what that costs"
                + " anybody.";
    }

    @Override
    public void run(Lab lab, Section section) {
        Database oneRule = lab.database("one_rule", ONE_RULE);
        moreConnections(lab, section, oneRule);
        moreRules(lab, section, oneRule);
    }

    private static void moreConnections(Lab lab, Section section, Database database) {
        Workload usual = Whoami.workload(ONE_RULE, ONE_RULE.count(), USUAL_CONNECTIONS);
        try (Contest contest = Contest.start(lab, List.of(usual), new Ours(database), new Bare())) {
            List<Turn> turns = new ArrayList<>(named(contest, usual));
            for (int connections : CONNECTIONS) {
                turns.addAll(named(contest, usual.withConnections(connections)));
            }
            Comparison result = Comparison.run(lab, "connections", contest.turns(usual), turns);
            section.title("Connections");
            section.table(result, "request");
            for (int connections : CONNECTIONS) {
                String what = connections(connections) + ": CPU with " + connections(USUAL_CONNECTIONS);
                section.target(Target.atMost(what, ratio(result, Ours.NAME, connections), 1.1, " ×"));
                section.paragraph("%s, as a ratio: %.2f, of the bare handler %.2f."
                        .formatted(what, ratio(result, Ours.NAME, connections), ratio(result, Bare.NAME, connections)));
            }
        }
    }

    private static double ratio(Comparison result, String contender, int connections) {
        return result.ratio(turnName(contender, connections), turnName(contender, USUAL_CONNECTIONS), Sample::cpu);
    }

    private static void moreRules(Lab lab, Section section, Database oneRule) {
        Workload one = Whoami.workload(ONE_RULE, ONE_RULE.count(), USUAL_CONNECTIONS);
        Workload many = Whoami.workload(MANY_RULES, MANY_RULES.count(), USUAL_CONNECTIONS);
        Database manyRules = lab.database("many_rules", MANY_RULES);
        try (Contest withOne = Contest.start(lab, List.of(one), new Ours(WITH_ONE_RULE, oneRule, "-Xmx192m"));
                Contest withMany =
                        Contest.start(lab, List.of(many), new Ours(WITH_MANY_RULES, manyRules, "-Xmx192m"))) {
            List<Turn> turns = new ArrayList<>(withOne.turns(one));
            turns.addAll(withMany.turns(many));
            Comparison result = Comparison.run(lab, "rules", turns);
            section.title("Origin rules");
            section.table(result, "request");
            section.target(Target.atMost(
                    "100 origin rules: CPU with 1",
                    result.ratio(WITH_MANY_RULES, WITH_ONE_RULE, Sample::cpu),
                    1.1,
                    " ×"));
        }
    }

    private static List<Turn> named(Contest contest, Workload workload) {
        return contest.turns(workload).stream()
                .map(turn -> turn.named(turnName(turn.name(), workload.connections())))
                .toList();
    }

    private static String turnName(String contender, int connections) {
        return contender + ", " + connections(connections);
    }

    private static String connections(int number) {
        return number + (number == 1 ? " connection" : " connections");
    }
}
