package com.quotient.bench.contender;

import com.quotient.bench.BenchException;
import com.quotient.bench.Contender;
import com.quotient.bench.Course;
import com.quotient.bench.KeySet;
import com.quotient.bench.Lab;
import com.quotient.bench.Program;
import com.quotient.bench.RawAnswer;
import com.quotient.bench.Request;
import com.quotient.bench.Running;
import com.quotient.bench.Workload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * nginx with all keys in a map in its configuration, a regular expression for the origin, and the noted answers. It sends
 * the headers {@code Server}, {@code Date} and {@code Connection} beside those of the answer: it cannot be told not to.
 */
public final class Nginx implements Contender {
    public static final String NAME = "nginx";

    /** The workloads it can answer; it knows neither scopes nor limits of a single key. */
    public static final String ALLOWED = "whoami";

    public static final String UNKNOWN_KEY = "unknown key";
    public static final String WRONG_ORIGIN = "wrong origin";

    private static final Set<String> TAKES = Set.of(ALLOWED, UNKNOWN_KEY, WRONG_ORIGIN);
    private static final Set<String> OWN_HEADERS = Set.of("content-length", "content-type");
    private static final Duration READY_WITHIN = Duration.ofSeconds(20);

    private static final String CONFIGURATION = """
            daemon off;
            worker_processes 2;
            pid nginx.pid;
            error_log stderr warn;
            events { worker_connections 4096; }
            http {
              access_log off;
              server_tokens off;
              keepalive_requests 1000000000;
              client_body_temp_path body;
              proxy_temp_path proxy;
              fastcgi_temp_path fastcgi;
              uwsgi_temp_path uwsgi;
              scgi_temp_path scgi;
              map_hash_max_size 131072;
              map_hash_bucket_size 512;
              map $http_authorization $rule {
                default "";
                include keys.map;
              }
              server {
                listen 127.0.0.1:@PORT@;
                location / {
                  if ($rule = "") { rewrite ^ /unknown-key last; }
                  set $claim "$http_origin|$rule";
                  if ($claim !~ "^https?://(?:[^/:|]+\\.)?([^/:|]+\\.[^/:|]+)\\|\\1$") {
                    rewrite ^ /wrong-origin last;
                  }
                  @ALLOWED@
                }
                location = /unknown-key { internal; @UNKNOWN_KEY@ }
                location = /wrong-origin { internal; @WRONG_ORIGIN@ }
              }
            }
            """;

    private final KeySet keys;

    public Nginx(KeySet keys) {
        this.keys = keys;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public boolean takes(Workload workload) {
        return TAKES.contains(workload.name());
    }

    @Override
    public Running start(Lab lab, Course course) {
        int port = Program.freePort();
        Path directory = lab.directory().resolve("nginx");
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("keys.map"), map());
            Files.writeString(directory.resolve("nginx.conf"), configuration(course, port));
        } catch (IOException e) {
            throw new BenchException("The configuration of nginx cannot be written: " + e.getMessage() + ".", e);
        }
        String request = Request.get("/").build();
        Program program = lab.start("nginx", List.of("nginx", "-p", directory.toString(), "-c", "nginx.conf"), Map.of())
                .awaitAnswer(request, port, 401, READY_WITHIN);
        return Running.on(port, program, course);
    }

    private String map() {
        StringBuilder map = new StringBuilder();
        for (int i = 0; i < keys.count(); i++) {
            map.append("\"Bearer ")
                    .append(keys.key(i))
                    .append("\" ")
                    .append(keys.rule(i))
                    .append(";\n");
        }
        return map.toString();
    }

    private static String configuration(Course course, int port) {
        return CONFIGURATION
                .replace("@PORT@", Integer.toString(port))
                .replace("@UNKNOWN_KEY@", directives(course.answers().get(UNKNOWN_KEY), 401))
                .replace("@WRONG_ORIGIN@", directives(course.answers().get(WRONG_ORIGIN), 403))
                .replace("@ALLOWED@", directives(course.answers().get(ALLOWED), 200));
    }

    /** The answer, or for a course in which it is not asked for, an empty one. */
    private static String directives(@Nullable RawAnswer answer, int status) {
        if (answer == null) {
            return "return " + status + " '';";
        }
        StringBuilder directives = new StringBuilder();
        answer.headers().forEach((name, value) -> {
            if (!OWN_HEADERS.contains(name)) {
                directives
                        .append("add_header ")
                        .append(name)
                        .append(" '")
                        .append(value)
                        .append("' always; ");
            }
        });
        directives
                .append("default_type ")
                .append(answer.headers().get("content-type"))
                .append("; ");
        return directives + "return " + answer.status() + " '" + answer.body() + "';";
    }
}
