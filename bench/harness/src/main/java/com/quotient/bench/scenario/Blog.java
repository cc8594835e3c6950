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
import com.quotient.bench.contender.Ours;
import java.util.List;
import java.util.stream.IntStream;

/** What it costs to read a post: as a whole, and when the reader has it already. */
public final class Blog implements Scenario {
    /** All of one business, as the writer. */
    private static final KeySet READERS = KeySet.publicKeys(100);

    private static final KeySet WRITER = new KeySet("writer", "sk", 1, 0, "ALL", 0);
    private static final int CONNECTIONS = 64;
    private static final String POST = "{\"title\": \"Hello\", \"slug\": \"hello\", \"status\": \"PUBLISHED\","
            + " \"markdown\": \"# Hello\\n\\n" + "A paragraph with **bold** words. ".repeat(40) + "\"}";

    @Override
    public String name() {
        return "blog";
    }

    @Override
    public String question() {
        return "What does it cost to read a published post of 1.3 kB of Markdown with a public key? As a whole, and with"
                + " its entity tag, which is answered 304; over 64 connections.";
    }

    @Override
    public void run(Lab lab, Section section) {
        Database database = lab.database("blog", READERS, WRITER);
        Ours ours = new Ours(database);
        Workload write = new Workload(
                "write a post",
                200,
                1,
                List.of(Request.post("/api/v0/blog").key(WRITER.key(0), null).json(POST)));
        // To start is to ask once.
        Contest.start(lab, List.of(write), ours).close();
        Workload whole = read("blog post", 200, null);
        String etag;
        try (Contest contest = Contest.start(lab, List.of(whole), ours)) {
            etag = contest.answer(whole).headers().get("etag");
        }
        Workload known = read("blog 304", 304, etag);
        try (Contest contest = Contest.start(lab, List.of(known, whole), ours, new Bare())) {
            compare(contest, section, known, 1.4);
            compare(contest, section, whole, 1.4);
        }
    }

    private static void compare(Contest contest, Section section, Workload workload, double limit) {
        Comparison result = contest.compare(workload);
        section.title(workload.name());
        section.table(result, "request");
        section.target(Target.atMost(
                workload.name() + ": CPU of bare Vert.x",
                result.ratio(Ours.NAME, Bare.NAME, Sample::cpu),
                limit,
                " ×"));
    }

    private static Workload read(String name, int status, String etag) {
        return new Workload(
                name,
                status,
                CONNECTIONS,
                IntStream.range(0, READERS.count())
                        .mapToObj(i -> {
                            Request request = Request.get("/api/v0/blog/hello").key(READERS.key(i), READERS.origin(i));
                            return (etag == null ? request : request.header("If-None-Match", etag)).build();
                        })
                        .toList());
    }
}
