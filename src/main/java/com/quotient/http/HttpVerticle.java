package com.quotient.http;

import com.quotient.auth.ApiKeyHandler;
import com.quotient.auth.ApiKeyProvider;
import com.quotient.auth.RateLimits;
import com.quotient.auth.ValidationStats;
import com.quotient.config.Config;
import com.quotient.config.HttpConfig;
import com.quotient.keys.KeyFilter;
import com.quotient.keys.KeyLease;
import com.quotient.problem.Problem;
import com.quotient.share.Shares;
import com.quotient.time.DatabaseClock;
import com.quotient.trace.Tracing;
import com.quotient.usage.UsageBatch;
import com.quotient.usage.UsageNotes;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.Router;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One event loop of the API, with its own caller cache and its own connections. One instance per core, all on one port.
 */
public final class HttpVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(HttpVerticle.class);
    private static final long SWEEP_MILLIS = 1000;
    private static final long DRAIN_CHECK_MILLIS = 50;
    /** How long connections that were accepted at the end may take to send their request. */
    private static final Duration LAST_REQUESTS = Duration.ofMillis(1500);

    /** Shared by all event loops, and small, to leave the cores to them. */
    private static final int INFLATING_THREADS = 1;

    private static final int TCP_USER_TIMEOUT_MILLIS = 30_000;

    /**
     * HTTP/2 itself refuses headers above the announced size, without a body, and closes the connection if they are
     * much larger. It counts 32 more bytes per header (RFC 9113 section 6.5.2). So the announced size is larger, and up
     * to it the server refuses headers with a problem.
     */
    private static final int HTTP2_HEADER_FACTOR = 4;

    private final Config config;
    private final Shared shared;
    private final @Nullable CharSequence hsts;
    private final UsageNotes notes = new UsageNotes();

    private @Nullable HttpServer server;
    private @Nullable Responses responses;
    private @Nullable Responses dashboardResponses;
    private @Nullable Connections connections;
    private long lastSweep = System.nanoTime();

    /**
     * What all instances share. Each member is thread-safe.
     *
     * @param readers how businesses share the threads that read large bodies
     * @param keyInBody finds the key in a body that carries it
     * @param dashboard null if it is disabled
     * @param certificate null without TLS
     */
    public record Shared(
            Routes routes,
            KeyFilter filter,
            KeyLease lease,
            RateLimits rateLimits,
            DatabaseClock clock,
            ValidationStats validations,
            HttpStats http,
            int instances,
            Idempotency idempotency,
            Budgets budgets,
            Shares readers,
            Tracing tracing,
            AcceptGuard guard,
            Function<byte[], @Nullable String> keyInBody,
            @Nullable WebApp dashboard,
            @Nullable TlsCertificate certificate) {}

    public HttpVerticle(Config config, Shared shared) {
        this.config = config;
        this.shared = shared;
        long hstsSeconds = config.http().hstsMaxAge().toSeconds();
        this.hsts = shared.certificate() == null || hstsSeconds == 0
                ? null
                : HttpHeaders.createOptimized("max-age=" + hstsSeconds);
    }

    @Override
    public Future<?> start() {
        ApiKeyProvider provider = new ApiKeyProvider(
                vertx.eventBus(),
                shared.filter(),
                shared.lease(),
                shared.rateLimits(),
                notes,
                shared.validations(),
                config.auth().callerCacheSize());
        ApiKeyHandler apiKeys = new ApiKeyHandler(provider, shared.rateLimits(), shared.validations(), config.auth());
        Connections connections = new Connections(
                config.http(), Math.max(1, Connections.limit(config.http()) / shared.instances()), shared.http());
        shared.guard().serve(connections);
        RequestStats stats = shared.http().register(shared.routes());
        Writers writers = new Writers(config.http().writeDeadline(), shared.http().stalledResponses);
        Compression compression =
                new Compression(Math.max(1, config.http().maxCompressedStreams() / shared.instances()));
        Responses responses = new Responses(
                new RequestRecords(shared.routes(), stats, accessLog(shared.routes())),
                connections,
                writers,
                shared.budgets(),
                compression,
                (request, headers) -> Cors.addTo(headers, request.origin()));
        Bodies bodies = new Bodies(
                config.http(), shared.budgets(), vertx.createSharedWorkerExecutor("inflating", INFLATING_THREADS));
        RequestIds ids = new RequestIds();
        Requests requests = new Requests(
                connections, ids, shared.clock(), config.http(), shared.budgets(), shared.readers(), shared.tracing());
        ApiHandler api = new ApiHandler(
                requests,
                shared.routes(),
                apiKeys,
                bodies,
                responses,
                config.http(),
                shared.idempotency(),
                shared.budgets(),
                shared.keyInBody());
        WebApp dashboard = shared.dashboard();
        KeylessHandler dashboardApi =
                dashboard == null ? null : dashboardApi(requests, dashboard.routes(), bodies, connections, writers);
        Router pages = ProblemPages.router(vertx, config.http(), shared.routes(), writers);
        this.connections = connections;
        this.responses = responses;

        vertx.setPeriodic(SWEEP_MILLIS, timer -> {
            long now = System.nanoTime();
            stats.lag(now - lastSweep - SWEEP_MILLIS * 1_000_000);
            lastSweep = now;
            connections.sweep(now);
            bodies.sweep(now);
            writers.sweep(now);
        });
        vertx.setPeriodic(config.usage().handOverInterval().toMillis(), timer -> handOver(notes.drainUrgent())
                .onFailure(HttpVerticle::notHandedOver));
        vertx.eventBus().localConsumer(UsageBatch.COLLECT, message -> {
            notes.collect();
            handOverCollected().onFailure(HttpVerticle::notHandedOver);
        });

        HttpServer server = vertx.createHttpServer(options(config.http(), shared.certificate()))
                .connectionHandler(connections::opened)
                .invalidRequestHandler(request -> {
                    addHsts(request);
                    api.refuse(request);
                })
                .requestHandler(request -> {
                    addHsts(request);
                    Problem fault =
                            request.version() == HttpVersion.HTTP_2 ? RequestRules.fault(request, config.http()) : null;
                    if (fault != null) {
                        api.refuse(request, fault);
                    } else if (shared.routes().isApi(request.path())) {
                        api.handle(request);
                    } else if (dashboard != null
                            && dashboardApi != null
                            && request.path() != null
                            && dashboard.isRoute(request.path())) {
                        dashboardApi.handle(request);
                    } else {
                        connections.began(request);
                        request.response()
                                .putHeader(HttpNames.X_REQUEST_ID, ids.of(request.getHeader(HttpNames.X_REQUEST_ID)))
                                .endHandler(end -> connections.ended(request, System.nanoTime()));
                        if (dashboard != null && request.path() != null && dashboard.owns(request.path())) {
                            dashboard.files().answer(request, vertx, writers);
                        } else {
                            pages.handle(request);
                        }
                    }
                });
        this.server = server;
        return provider.start().compose(done -> server.listen());
    }

    /** Only over TLS (RFC 6797 section 7.2). */
    private void addHsts(HttpServerRequest request) {
        if (hsts != null) {
            request.response().putHeader(HttpNames.STRICT_TRANSPORT_SECURITY, hsts);
        }
    }

    private AccessLog accessLog(Routes routes) {
        return new AccessLog(routes.prefix(), config.log().accessLinesPerSecond(), shared.http().skippedAccessLines);
    }

    private KeylessHandler dashboardApi(
            Requests requests, Routes routes, Bodies bodies, Connections connections, Writers writers) {
        Responses responses = new Responses(
                new RequestRecords(routes, shared.http().register(routes), accessLog(routes)),
                connections,
                writers,
                shared.budgets(),
                // Some answers hold secrets, and compression could reveal them by the length.
                new Compression(0),
                KeylessHandler::headers);
        dashboardResponses = responses;
        return new KeylessHandler(requests, routes, bodies, responses);
    }

    /** The port listened on, which differs from the setting when that is 0. */
    public int port() {
        return server == null ? 0 : server.actualPort();
    }

    /**
     * Finishes the requests in progress and asks clients to disconnect. Completes when all have, or at the deadline.
     */
    @Override
    public Future<?> stop() {
        HttpServer server = this.server;
        if (server == null || responses == null) {
            return Future.succeededFuture();
        }
        responses.drain();
        if (dashboardResponses != null) {
            dashboardResponses.drain();
        }
        return idle(config.http().drainDeadline())
                // A connection that was just accepted is about to send its request.
                .compose(done -> {
                    shared.guard().stopAccepting(port());
                    return idle(LAST_REQUESTS);
                })
                .compose(done -> server.shutdown(1, TimeUnit.SECONDS))
                .transform(done -> {
                    notes.collectAll();
                    return handOverCollected();
                });
    }

    private Future<Void> idle(Duration atMost) {
        Promise<Void> idle = Promise.promise();
        long until = System.nanoTime() + atMost.toNanos();
        vertx.setPeriodic(1, DRAIN_CHECK_MILLIS, timer -> {
            long now = System.nanoTime();
            if (connections == null || connections.count() == 0 || now > until) {
                vertx.cancelTimer(timer);
                idle.complete();
            } else {
                connections.closeQuiet(now);
            }
        });
        return idle.future();
    }

    /** In parts, between which the event loop serves others. */
    private Future<?> handOverCollected() {
        UsageBatch batch = notes.drain();
        return batch.isEmpty() ? Future.succeededFuture() : handOver(batch).compose(done -> handOverCollected());
    }

    private static void notHandedOver(Throwable failure) {
        log.warn("Usage could not be handed over: {}", failure.getMessage());
    }

    private Future<?> handOver(UsageBatch batch) {
        return batch.isEmpty() ? Future.succeededFuture() : vertx.eventBus().request(UsageBatch.ADDRESS, batch);
    }

    /** Serves another certificate to new connections, on all event loops of this port. */
    public Future<?> serve(TlsCertificate certificate) {
        return server == null
                ? Future.succeededFuture()
                : server.updateSSLOptions(options(config.http(), certificate).getSslOptions(), true);
    }

    private static HttpServerOptions options(HttpConfig config, @Nullable TlsCertificate certificate) {
        Http2Settings http2 = new HttpServerOptions()
                .getInitialSettings()
                .setMaxConcurrentStreams(config.maxStreams())
                .setMaxHeaderListSize((long) HTTP2_HEADER_FACTOR * config.maxHeaderBytes());
        HttpServerOptions options = new HttpServerOptions()
                .setInitialSettings(http2)
                .setHost(config.host())
                .setPort(config.port())
                .setTcpKeepAlive(true)
                // A client is considered gone if it has acknowledged nothing for this long.
                .setTcpUserTimeout(TCP_USER_TIMEOUT_MILLIS)
                .setMaxInitialLineLength(config.maxLineBytes())
                .setMaxHeaderSize(config.maxHeaderBytes())
                // HTTP/1.1 and clear-text HTTP/2. The AcceptGuard covers the time until the first request shows which.
                .setHttp2ClearTextEnabled(true)
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false);
        return certificate == null ? options : certificate.applyTo(options, config);
    }
}
