package com.quotient.bench.scenario;

import com.quotient.bench.BenchException;
import com.quotient.bench.Comparison;
import com.quotient.bench.Contest;
import com.quotient.bench.Database;
import com.quotient.bench.KeySet;
import com.quotient.bench.Lab;
import com.quotient.bench.Request;
import com.quotient.bench.Sample;
import com.quotient.bench.Scenario;
import com.quotient.bench.Section;
import com.quotient.bench.Target;
import com.quotient.bench.Turn;
import com.quotient.bench.Workload;
import com.quotient.bench.contender.Ours;
import com.quotient.bench.contender.Pgbench;
import java.lang.reflect.Method;
import java.util.List;

/** How fast people are created, against the same statement sent by pgbench. */
public final class Upsert implements Scenario {
    private static final KeySet KEYS = new KeySet("server", "sk", 1, 0, "ALL", 0);
    private static final int CONNECTIONS = 64;

    /** What the server gives the statement for such a request, {@code $1} first. */
    private static final List<String> PARAMETERS = List.of(
            "'%s'",
            "ARRAY['per_' || lpad(:id::text, 22, '0')]",
            "ARRAY['ada' || :id || '@example.com']",
            "ARRAY['example.com']",
            "ARRAY[NULL]::text[]",
            "ARRAY['Ada']",
            "ARRAY['Lovelace']",
            "ARRAY[NULL]::text[]",
            "ARRAY[NULL]::int[]",
            "ARRAY[NULL]::text[]",
            "false",
            "true",
            "true",
            "false",
            "false",
            "false");

    @Override
    public String name() {
        return "upsert";
    }

    @Override
    public String question() {
        return "How many people are created each second? `POST /api/v0/people` with a private key over 64 connections, each"
                + " with an email address of its own; `pgbench` sends the statement of the server with the same values over"
                + " 64 connections. The table is emptied before each turn.";
    }

    @Override
    public void run(Lab lab, Section section) {
        Database database = lab.database("upsert", KEYS);
        Workload workload = new Workload(
                "upsert",
                200,
                CONNECTIONS,
                List.of(Request.post("/api/v0/people")
                        .key(KEYS.key(0), null)
                        .json("{\"emailAddress\": \"ada-" + Workload.UNIQUE
                                + "@example.com\", \"firstName\": \"Ada\", \"lastName\": \"Lovelace\"}")));
        try (Contest contest = Contest.start(lab, List.of(workload), new Ours(database))) {
            Turn ours = emptied(database, contest.turns(workload).get(0));
            Turn pgbench = emptied(database, Pgbench.turn(lab, database, CONNECTIONS, script(database)));
            Comparison result = Comparison.run(lab, workload.name(), List.of(ours, pgbench));
            section.table(result, "person");
            section.target(Target.atLeast(
                    "upsert: throughput of pgbench with the same statement",
                    result.ratio(Ours.NAME, Pgbench.NAME, Sample::perSecond),
                    0.7,
                    " ×"));
        }
    }

    private static Turn emptied(Database database, Turn turn) {
        return new Turn(turn.name(), seconds -> {
            database.execute("TRUNCATE person CASCADE", "CHECKPOINT");
            return turn.run().apply(seconds);
        });
    }

    private static String script(Database database) {
        String statement = statement();
        // From the last on, since the name of the first is the beginning of others.
        for (int i = PARAMETERS.size(); i > 0; i--) {
            statement = statement.replace("$" + i, PARAMETERS.get(i - 1));
        }
        return "\\set id random(1, 9000000000000000000)\n"
                + statement
                        .replace("%s", database.text("SELECT id FROM business"))
                        .replace('\n', ' ') + ";\n";
    }

    /** The server's own, which is nobody else's business. */
    private static String statement() {
        try {
            Method statement = Class.forName("com.quotient.audience.PeopleUpsertStore")
                    .getDeclaredMethod("statement", boolean.class, boolean.class, boolean.class);
            statement.setAccessible(true);
            return (String) statement.invoke(null, false, false, false);
        } catch (ReflectiveOperationException e) {
            throw new BenchException("The statement of the server is not where it was: " + e.getMessage() + ".", e);
        }
    }
}
