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

/** The same endpoints on Spring Boot WebFlux, in the module {@code webflux}. It has more memory than it needs. */
public final class WebFlux implements Contender {
    public static final String NAME = "Spring WebFlux";

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    private final Database database;

    public WebFlux(Database database) {
        this.database = database;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Running start(Lab lab, Course course) {
        int port = Program.freePort();
        Program program = lab.java(
                        "webflux",
                        List.of(Ours.COLLECTOR, "-Xmx512m", "-jar", "bench/webflux/target/webflux.jar"),
                        Map.of(
                                "SERVER_ADDRESS", "127.0.0.1",
                                "SERVER_PORT", Integer.toString(port),
                                "SPRING_R2DBC_URL", "r2dbc:postgresql://" + database,
                                "SPRING_R2DBC_USERNAME", database.user(),
                                "SPRING_R2DBC_PASSWORD", database.password()))
                .awaitAnswer(Request.get("/api/v0/whoami").build(), port, 401, READY_WITHIN);
        return Running.on(port, program, course);
    }
}
