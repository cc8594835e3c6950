package com.quotient.bench.contender;

import com.quotient.bench.BenchException;
import com.quotient.bench.Contender;
import com.quotient.bench.Course;
import com.quotient.bench.Lab;
import com.quotient.bench.Program;
import com.quotient.bench.Request;
import com.quotient.bench.Running;
import com.quotient.bench.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The floor: a Vert.x handler that looks at nothing and sends the noted answer, prepared as far as Vert.x allows. It
 * listens on a port for each workload, so that it need not even look at the path.
 */
public final class Bare implements Contender {
    public static final String NAME = "bare Vert.x";

    private static final Duration READY_WITHIN = Duration.ofSeconds(20);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Running start(Lab lab, Course course) {
        Map<String, Integer> ports = new HashMap<>();
        List<String> arguments = new ArrayList<>(List.of(
                Ours.COLLECTOR, "-Xmx192m", "-cp", System.getProperty("java.class.path"), BareServer.class.getName()));
        for (Workload workload : course.workloads()) {
            int port = Program.freePort();
            Path answer = lab.directory().resolve("answer-" + port);
            try {
                Files.writeString(answer, course.answer(workload).text());
            } catch (IOException e) {
                throw new BenchException("An answer cannot be written: " + e.getMessage() + ".", e);
            }
            ports.put(workload.name(), port);
            arguments.add(port + "=" + answer);
        }
        Program program = lab.java("bare", arguments, Map.of());
        for (Workload workload : course.workloads()) {
            program.awaitAnswer(Request.get("/").build(), ports.get(workload.name()), workload.status(), READY_WITHIN);
        }
        return new Running(program, ports);
    }
}
