package com.quotient.bench.contender;

import com.quotient.bench.Contender;
import com.quotient.bench.Course;
import com.quotient.bench.Database;
import com.quotient.bench.Lab;
import com.quotient.bench.Program;
import com.quotient.bench.Request;
import com.quotient.bench.Running;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Quotient itself, as it is packaged, with its default settings: metrics, usage and the access log are on. */
public final class Ours implements Contender {
    public static final String NAME = "Quotient";

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    private final String name;
    private final Database database;
    private final String heap;

    public Ours(Database database) {
        this(NAME, database, "192m");
    }

    public Ours(String name, Database database, String heap) {
        this.name = name;
        this.database = database;
        this.heap = heap;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public Running start(Lab lab, Course course) {
        int port = Program.freePort();
        int management = Program.freePort();
        Program program = lab.java(
                        name.replace(' ', '-'),
                        List.of("-Xmx" + heap, "-jar", Lab.SERVER_JAR.toString(), "serve"),
                        Map.of(
                                "QUOTIENT_DATABASE_URL", database.url(),
                                "QUOTIENT_HTTP_HOST", "127.0.0.1",
                                "QUOTIENT_HTTP_PORT", Integer.toString(port),
                                "QUOTIENT_MANAGEMENT_HOST", "127.0.0.1",
                                "QUOTIENT_MANAGEMENT_PORT", Integer.toString(management)))
                .awaitAnswer(Request.get("/health/ready").build(), management, 200, READY_WITHIN);
        return Running.on(port, program, course);
    }
}
