package com.quotient.ops;

import com.quotient.config.Config;
import com.quotient.http.AcceptGuard;
import com.quotient.ops.Readiness.Phase;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The port for operators: {@code /metrics} for Prometheus and the probes of Kubernetes. It needs no key and belongs inside
 * the cluster. It is up before the database is, so that a pod that waits is alive and says what it waits for.
 */
public final class ManagementServer extends VerticleBase {
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final Config.Management config;
    private final Readiness readiness;
    private final BooleanSupplier keysTrusted;
    private final PrometheusMeterRegistry registry;
    private @Nullable HttpServer server;

    /** {@code keysTrusted}: whether keys can be validated, that is, within the lease. */
    public ManagementServer(
            Config.Management config,
            Readiness readiness,
            BooleanSupplier keysTrusted,
            PrometheusMeterRegistry registry) {
        this.config = config;
        this.readiness = readiness;
        this.keysTrusted = keysTrusted;
        this.registry = registry;
    }

    @Override
    public Future<?> start() {
        Router router = Router.router(vertx);
        router.get("/metrics").handler(this::metrics);
        router.get("/health/live").handler(context -> answer(context, true));
        router.get("/health/startup").handler(context -> answer(context, readiness.phase() != Phase.STARTING));
        router.get("/health/ready")
                .handler(context -> answer(context, readiness.phase() == Phase.SERVING && keysTrusted.getAsBoolean()));
        server =
                vertx.createHttpServer().connectionHandler(AcceptGuard::release).requestHandler(router);
        return server.listen(config.port(), config.host());
    }

    /** The port listened on, which differs from the setting when that is 0. */
    public int port() {
        return server == null ? 0 : server.actualPort();
    }

    private void metrics(RoutingContext context) {
        // A scrape walks every meter: too long for an event loop.
        vertx.executeBlocking(() -> registry.scrape(), false)
                .onSuccess(text -> context.response()
                        .putHeader("Content-Type", PROMETHEUS_TEXT)
                        .end(text)
                        .onFailure(context::fail))
                .onFailure(context::fail);
    }

    private void answer(RoutingContext context, boolean good) {
        JsonObject status = new JsonObject()
                .put("status", good ? "UP" : "DOWN")
                .put("phase", readiness.phase().name().toLowerCase(Locale.ROOT));
        if (!good) {
            status.put("waitingFor", readiness.waitingFor().isEmpty() ? "the database" : readiness.waitingFor());
        }
        context.response()
                .setStatusCode(good ? 200 : 503)
                .putHeader("Content-Type", "application/json")
                .end(status.toBuffer())
                .onFailure(context::fail);
    }
}
