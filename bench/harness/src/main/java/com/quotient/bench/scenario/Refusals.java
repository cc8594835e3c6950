package com.quotient.bench.scenario;

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
import com.quotient.bench.Workload;
import com.quotient.bench.contender.Bare;
import com.quotient.bench.contender.Fastify;
import com.quotient.bench.contender.Nginx;
import com.quotient.bench.contender.Ours;
import com.quotient.bench.contender.WebFlux;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;

/** What a request costs that is turned away. */
public final class Refusals implements Scenario {
    private static final KeySet KEYS = KeySet.publicKeys(100_000);
    private static final KeySet UNKNOWN = new KeySet("unknown", "pk", 10_000, 1, "ALL", 0);
    private static final KeySet WITHOUT_SCOPE = new KeySet("scope", "sk", 1_000, 0, "BLOG_READ", 0);
    private static final KeySet LIMITED = new KeySet("limited", "pk", 100, 1, "ALL", 1);
    private static final int CONNECTIONS = 64;

    @Override
    public String name() {
        return "refusals";
    }

    @Override
    public String question() {
        return "What does a request cost that is refused, compared with a bare handler that sends the same refusal? 10,000"
                + " keys that nobody knows, 10,000 keys from a wrong origin, 1,000 without the scope that"
                + " `GET /api/v0/analytics/events` needs, and 100 whose rate limit is used up.";
    }

    @Override
    public void run(Lab lab, Section section) {
        Database database = lab.database("refusals", KEYS, WITHOUT_SCOPE, LIMITED);
        Workload limited =
                refused(Fastify.RATE_LIMITED, 429, LIMITED.count(), i -> whoami(LIMITED.key(i), LIMITED.origin(i)));
        List<Workload> workloads = List.of(
                refused(Nginx.UNKNOWN_KEY, 401, UNKNOWN.count(), i -> whoami(UNKNOWN.key(i), UNKNOWN.origin(i))),
                refused(Nginx.WRONG_ORIGIN, 403, 10_000, i -> whoami(KEYS.key(i), "https://www.evil.com")),
                refused("missing scope", 403, WITHOUT_SCOPE.count(), Refusals::events),
                limited);
        try (Contest contest = Contest.start(
                lab,
                workloads,
                new Ours(database),
                new Bare(),
                new Nginx(KEYS),
                new WebFlux(database),
                new Fastify(database))) {
            // Uses the limits up.
            contest.sendOnce(limited);
            for (Workload workload : workloads) {
                Comparison result = contest.compare(workload);
                section.title(workload.name() + " (" + workload.status() + ")");
                section.table(result, "request");
                section.target(Target.atMost(
                        workload.name() + ": CPU of bare Vert.x",
                        result.ratio(Ours.NAME, Bare.NAME, Sample::cpu),
                        1.3,
                        " ×"));
            }
        }
    }

    private static Workload refused(String name, int status, int count, IntFunction<String> request) {
        return new Workload(
                name,
                status,
                CONNECTIONS,
                IntStream.range(0, count).mapToObj(request).toList());
    }

    private static String whoami(String key, String origin) {
        return Request.get("/api/v0/whoami").key(key, origin).build();
    }

    private static String events(int number) {
        return Request.get("/api/v0/analytics/events")
                .key(WITHOUT_SCOPE.key(number), null)
                .build();
    }
}
