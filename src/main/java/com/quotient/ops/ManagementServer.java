package com.quotient.ops;

import com.quotient.config.Config;
import com.quotient.http.AcceptGuard;
import com.quotient.http.Connections;
import com.quotient.http.Gzip;
import com.quotient.http.ResponseBody;
import com.quotient.http.Writers;
import com.quotient.ops.Readiness.Phase;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The port for operators: {@code /metrics} for Prometheus, and the probes of Kubernetes. It needs no key and belongs
 * inside the cluster. It is up before the database is, so that a waiting server is alive and says what it waits for.
 * Its connections have the same deadlines as those of the API.
 */
public final class ManagementServer extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(ManagementServer.class);
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final Set<String> PATHS = Set.of("/metrics", "/health/live", "/health/startup", "/health/ready");
    private static final long SWEEP_MILLIS = 1000;
    private static final long MAX_STREAMS = 8;

    private final Config config;
    private final Readiness readiness;
    private final EventLoops eventLoops;
    private final BooleanSupplier keysTrusted;
    private final PrometheusMeterRegistry registry;
    private final AcceptGuard guard;
    private final Connections connections;
    private final Writers writers;
    private @Nullable HttpServer server;
    private @Nullable Future<Scrape> scrape;

    private record Scrape(Buffer text, Buffer gzip) {
        static Scrape of(String metrics) {
            Buffer text = Buffer.buffer(metrics);
            return new Scrape(text, Gzip.of(text));
        }
    }

    /** {@code keysTrusted}: whether keys can be validated, that is, within the lease. */
    public ManagementServer(
            Config config,
            Readiness readiness,
            EventLoops eventLoops,
            BooleanSupplier keysTrusted,
            PrometheusMeterRegistry registry,
            AcceptGuard guard) {
        this.config = config;
        this.readiness = readiness;
        this.eventLoops = eventLoops;
        this.keysTrusted = keysTrusted;
        this.registry = registry;
        this.guard = guard;
        this.connections = Connections.ofManagement(config);
        this.writers = Writers.ofManagement(config);
    }

    @Override
    public Future<?> start() {
        HttpServer server = vertx.createHttpServer(new HttpServerOptions()
                        .setInitialSettings(new Http2Settings().setMaxConcurrentStreams(MAX_STREAMS)))
                .connectionHandler(connections::opened)
                .invalidRequestHandler(this::refuse)
                .requestHandler(this::handle);
        this.server = server;
        vertx.setPeriodic(SWEEP_MILLIS, timer -> {
            connections.sweep(System.nanoTime());
            writers.sweep(System.nanoTime());
        });
        return server.listen(config.management().port(), config.management().host())
                .onSuccess(listening ->
                        guard.limit(listening.actualPort(), config.management().maxConnections()));
    }

    /** The actual port, which differs from the setting if that is 0. */
    public int port() {
        return server == null ? 0 : server.actualPort();
    }

    private void handle(HttpServerRequest request) {
        begin(request);
        // CONNECT over HTTP/2 has no path.
        if (request.path() == null || !PATHS.contains(request.path())) {
            refuse(request, Problem.of(ProblemType.NOT_FOUND, "Nothing is here; see docs/operations.md."));
        } else if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            refuse(
                    request,
                    Problem.of(ProblemType.METHOD_NOT_ALLOWED, "This path takes GET and HEAD only.")
                            .withHeader("Allow", "GET, HEAD"));
        } else {
            switch (request.path()) {
                case "/metrics" -> metrics(request);
                case "/health/live" -> live(request);
                case "/health/startup" -> probe(request, readiness.phase() != Phase.STARTING);
                default -> probe(request, readiness.phase() == Phase.SERVING && keysTrusted.getAsBoolean());
            }
        }
    }

    private void begin(HttpServerRequest request) {
        connections.began(request);
        request.response().endHandler(end -> connections.ended(request, System.nanoTime()));
    }

    /** A scrape walks every meter: too long for an event loop. Whoever asks meanwhile gets the same. */
    private void metrics(HttpServerRequest request) {
        Future<Scrape> current = scrape;
        if (current == null) {
            current = vertx.executeBlocking(() -> Scrape.of(registry.scrape()), false);
            scrape = current;
            current.onComplete(done -> scrape = null);
        }
        boolean gzip = Gzip.isWanted(request.getHeader(HttpHeaders.ACCEPT_ENCODING));
        current.onSuccess(metrics -> {
                    request.response().putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT_ENCODING);
                    if (gzip) {
                        request.response().putHeader(HttpHeaders.CONTENT_ENCODING, "gzip");
                    }
                    end(request, PROMETHEUS_TEXT, gzip ? metrics.gzip() : metrics.text());
                })
                .onFailure(failure -> {
                    log.error("The metrics could not be collected", failure);
                    refuse(request, Problem.of(ProblemType.INTERNAL, "The metrics could not be collected."));
                });
    }

    /** An event loop that is dead, or this one, is a reason to restart the process. */
    private void live(HttpServerRequest request) {
        List<String> silent = eventLoops.silent();
        JsonObject status = status(silent.isEmpty());
        if (!silent.isEmpty()) {
            status.put("silent", silent);
        }
        answer(request, silent.isEmpty(), status);
    }

    private void probe(HttpServerRequest request, boolean good) {
        JsonObject status = status(good);
        if (!good) {
            status.put("waitingFor", readiness.waitingFor().isEmpty() ? "the database" : readiness.waitingFor());
        }
        answer(request, good, status);
    }

    private JsonObject status(boolean good) {
        return new JsonObject()
                .put("status", good ? "UP" : "DOWN")
                .put("phase", readiness.phase().name().toLowerCase(Locale.ROOT));
    }

    private void answer(HttpServerRequest request, boolean good, JsonObject status) {
        request.response().setStatusCode(good ? 200 : 503);
        end(request, "application/json", status.toBuffer());
    }

    private void end(HttpServerRequest request, String contentType, Buffer body) {
        if (!request.response().closed()) {
            request.response().putHeader(HttpHeaders.CONTENT_TYPE, contentType);
            writers.write(request, body).onFailure(failure -> log.debug("An answer could not be written", failure));
        }
    }

    /** What is not HTTP. */
    private void refuse(HttpServerRequest request) {
        begin(request);
        refuse(request, Problem.invalid("", "The request is not valid HTTP."));
    }

    /** Reads nothing more after a request for an unknown path. */
    private static void refuse(HttpServerRequest request, Problem problem) {
        ResponseBody.endAndClose(request, problem);
    }
}
