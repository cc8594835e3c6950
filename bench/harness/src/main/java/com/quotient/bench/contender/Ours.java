package com.quotient.bench.contender;

import com.quotient.bench.Contender;
import com.quotient.bench.Course;
import com.quotient.bench.Database;
import com.quotient.bench.Lab;
import com.quotient.bench.Program;
import com.quotient.bench.Request;
import com.quotient.bench.Running;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Quotient itself, as it is packaged, with its default settings: metrics, usage and the access log are on.
 *
 * @param java the program that runs it
 * @param flags of the JVM
 */
public record Ours(String name, Database database, Path java, List<String> flags) implements Contender {
    public static final String NAME = "Quotient";

    /** The garbage collector of the container image. The other servers on this JVM run with it, too. */
    static final String COLLECTOR = "-XX:+UseSerialGC";

    /** As the container image does it, but soon enough to be seen in a run of some minutes. */
    private static final String RETURNS_MEMORY = "-XX:TrimNativeHeapInterval=10000";

    private static final Duration READY_WITHIN = Duration.ofSeconds(60);

    /** With 192 MiB of heap. */
    public Ours(Database database) {
        this(NAME, database, "-Xmx192m");
    }

    public Ours(String name, Database database, String... flags) {
        this(name, database, Lab.JAVA, List.of(flags));
    }

    @Override
    public Running start(Lab lab, Course course) {
        int port = Program.freePort();
        int management = Program.freePort();
        List<String> command = new ArrayList<>();
        command.add(java.toString());
        command.add(COLLECTOR);
        command.add(RETURNS_MEMORY);
        command.addAll(flags);
        command.addAll(List.of("-jar", Lab.SERVER_JAR.toString(), "serve"));
        Program program = lab.start(
                        name.replaceAll("\\W+", "-"),
                        command,
                        Map.of(
                                "MALLOC_ARENA_MAX",
                                "2",
                                "QUOTIENT_DATABASE_URL",
                                database.url(),
                                "QUOTIENT_HTTP_HOST",
                                "127.0.0.1",
                                "QUOTIENT_HTTP_PORT",
                                Integer.toString(port),
                                "QUOTIENT_MANAGEMENT_HOST",
                                "127.0.0.1",
                                "QUOTIENT_MANAGEMENT_PORT",
                                Integer.toString(management)))
                .awaitAnswer(Request.get("/health/ready").build(), management, 200, READY_WITHIN);
        return Running.on(port, program, course);
    }
}
