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
import java.util.stream.IntStream;

/** What a request with a valid key costs. */
public final class Whoami implements Scenario {
    static final KeySet KEYS = KeySet.publicKeys(100_000);

    private static final int KEYS_IN_USE = 10_000;
    private static final int CONNECTIONS = 64;

    @Override
    public String name() {
        return "whoami";
    }

    @Override
    public String question() {
        return "What does a request cost whose key and origin are checked? `GET /api/v0/whoami` with 10,000 of 100,000"
                + " public keys with an origin rule each, over 64 connections.";
    }

    @Override
    public void run(Lab lab, Section section) {
        Database database = lab.database("whoami", KEYS);
        Workload workload = workload();
        try (Contest contest = Contest.start(
                lab,
                List.of(workload),
                new Ours(database),
                new Bare(),
                new Nginx(KEYS),
                new WebFlux(database),
                new Fastify(database))) {
            Comparison result = contest.compare(workload);
            section.table(result, "request");
            section.target(Target.atMost(
                    "whoami: CPU of bare Vert.x", result.ratio(Ours.NAME, Bare.NAME, Sample::cpu), 1.15, " ×"));
            section.target(Target.atMost(
                    "whoami: p99 of bare Vert.x", result.ratio(Ours.NAME, Bare.NAME, Sample::p99), 1.3, " ×"));
            section.target(
                    Target.atMost("whoami: CPU of nginx", result.ratio(Ours.NAME, Nginx.NAME, Sample::cpu), 1.9, " ×"));
            section.target(Target.atLeast(
                    "whoami: CPU of WebFlux against Quotient's",
                    result.ratio(WebFlux.NAME, Ours.NAME, Sample::cpu),
                    3,
                    " ×"));
            section.target(Target.atMost(
                    "whoami: RSS with -Xmx192m",
                    result.spread(Ours.NAME, Sample::residentMegabytes).median(),
                    250,
                    " MiB"));
        }
    }

    /** The requests of this scenario. */
    static Workload workload() {
        return workload(KEYS, KEYS_IN_USE, CONNECTIONS);
    }

    /** Requests with the first keys of a set. */
    static Workload workload(KeySet keys, int inUse, int connections) {
        return new Workload(
                Nginx.ALLOWED,
                200,
                connections,
                IntStream.range(0, inUse)
                        .mapToObj(i -> Request.get("/api/v0/whoami")
                                .key(keys.key(i), keys.origin(i))
                                .build())
                        .toList());
    }
}
