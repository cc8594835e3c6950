package com.quotient.bench.contender;

import com.quotient.bench.Contender;
import com.quotient.bench.Course;
import com.quotient.bench.Database;
import com.quotient.bench.Lab;
import com.quotient.bench.Program;
import com.quotient.bench.Request;
import com.quotient.bench.Running;
import com.quotient.bench.Workload;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The same endpoints on Node with Fastify, in the directory {@code fastify}: a process that starts two more. */
public final class Fastify implements Contender {
    public static final String NAME = "Fastify";

    /** The workload it cannot answer: each of its processes counts by itself. */
    public static final String RATE_LIMITED = "rate limited";

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    private final Database database;

    public Fastify(Database database) {
        this.database = database;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean takes(Workload workload) {
        return !workload.name().equals(RATE_LIMITED);
    }

    @Override
    public Running start(Lab lab, Course course) {
        int port = Program.freePort();
        Program program = lab.start(
                        "fastify",
                        List.of("node", "bench/fastify/server.mjs"),
                        Map.of(
                                "NODE_ENV",
                                "production",
                                "HOST",
                                "127.0.0.1",
                                "PORT",
                                Integer.toString(port),
                                "DATABASE_URL",
                                database.url()))
                .awaitAnswer(Request.get("/api/v0/whoami").build(), port, 401, READY_WITHIN);
        return Running.on(port, program, course);
    }
}
