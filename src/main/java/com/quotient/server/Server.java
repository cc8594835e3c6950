package com.quotient.server;

import com.quotient.analytics.AnalyticsApi;
import com.quotient.analytics.EventMaintenance;
import com.quotient.analytics.IngestStats;
import com.quotient.analytics.IngestVerticle;
import com.quotient.audience.AudienceApi;
import com.quotient.audience.EventLinkVerticle;
import com.quotient.auth.RateLimits;
import com.quotient.auth.ValidationStats;
import com.quotient.blog.BlogApi;
import com.quotient.blog.BlogCache;
import com.quotient.blog.BlogFeedVerticle;
import com.quotient.bus.LocalCodec;
import com.quotient.config.Config;
import com.quotient.config.InvalidSetting;
import com.quotient.dashboard.Dashboard;
import com.quotient.db.Database;
import com.quotient.db.DatabaseUrl;
import com.quotient.db.Migrations;
import com.quotient.db.PgErrors;
import com.quotient.flow.FlowApi;
import com.quotient.flow.WebhookStats;
import com.quotient.flow.WebhookVerticle;
import com.quotient.http.AcceptGuard;
import com.quotient.http.Budgets;
import com.quotient.http.CannotListen;
import com.quotient.http.HttpStats;
import com.quotient.http.HttpVerticle;
import com.quotient.http.Routes;
import com.quotient.http.TlsCertificate;
import com.quotient.http.TlsCertificateVerticle;
import com.quotient.http.WebApp;
import com.quotient.id.Base62;
import com.quotient.idempotency.IdempotencyStats;
import com.quotient.idempotency.KeptAnswers;
import com.quotient.keyfile.KeyFileStats;
import com.quotient.keyfile.KeyFileVerticle;
import com.quotient.keys.KeyFilter;
import com.quotient.keys.KeyLease;
import com.quotient.keys.KeyStoreVerticle;
import com.quotient.keys.KeyTableStats;
import com.quotient.keys.KeyTier;
import com.quotient.keys.Pods;
import com.quotient.memory.MemoryApi;
import com.quotient.memory.MemoryVerticle;
import com.quotient.ops.CanaryStats;
import com.quotient.ops.EventCanary;
import com.quotient.ops.EventLoops;
import com.quotient.ops.ManagementServer;
import com.quotient.ops.Metrics;
import com.quotient.ops.PoolStats;
import com.quotient.ops.Readiness;
import com.quotient.ops.Readiness.Phase;
import com.quotient.origin.Origin;
import com.quotient.share.Shares;
import com.quotient.share.Shares.Limits;
import com.quotient.time.DatabaseClock;
import com.quotient.trace.Tracing;
import com.quotient.trace.TracingStats;
import com.quotient.usage.KeyUseCounters;
import com.quotient.usage.UsageStats;
import com.quotient.usage.UsageVerticle;
import com.quotient.whoami.WhoamiApi;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.transport.Transport;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole server, wired by hand, once. Start it once and stop it once. */
public final class Server {
    private static final Logger log = LoggerFactory.getLogger(Server.class);
    private static final long MIN_RETRY_MILLIS = 100;
    private static final long MAX_RETRY_MILLIS = 1000;
    private static final long TRUST_CHECK_MILLIS = 10;

    private final Config config;
    private final DatabaseUrl url;
    private final @Nullable TlsCertificate certificate;
    private final String podId = podId();
    private final Tracing tracing;
    private final Vertx vertx;
    private final DatabaseClock clock;
    private final Metrics metrics = new Metrics();
    private final HttpStats httpStats = new HttpStats();
    private final AcceptGuard guard;
    private final Readiness readiness = new Readiness();
    private final KeyLease lease;
    private final EventLoops eventLoops;
    private final ManagementServer management;
    private final List<HttpVerticle> http = Collections.synchronizedList(new ArrayList<>());
    /** In the order of their start. They are stopped in reverse order. */
    private final List<String> deployed = new ArrayList<>();

    private final Database database;
    private final Budgets budgets;
    private final EventMaintenance maintenance;
    private final IngestStats ingest = new IngestStats();
    private final IdempotencyStats idempotency = new IdempotencyStats();
    private final KeptAnswers keptAnswers;
    private final BlogCache blogs;
    private final Routes routes;
    private final @Nullable WebApp dashboard;
    private final String transport;

    /**
     * The database of {@code url} may be unavailable; the server waits for it.
     *
     * @throws InvalidSetting if the files of the certificate cannot be used
     */
    public Server(Config config, DatabaseUrl url, InstantSource localClock) {
        this.certificate = config.http().isTls() ? TlsCertificate.read(config.http()) : null;
        PoolStats pools = new PoolStats();
        metrics.bindPools(pools);
        this.config = config;
        this.url = url;
        this.budgets = new Budgets(config);
        this.guard = new AcceptGuard(config.http(), httpStats, budgets);
        Transport transport = guard.transport(config.server().transport());
        this.transport = transport.name();
        TracingStats traced = new TracingStats();
        this.tracing = Tracing.of(config.tracing(), podId, traced);
        if (config.tracing().isEnabled()) {
            metrics.bindTracing(traced);
        }
        this.vertx = pools.vertx(transport, config.http().workers(), tracing.statements());
        this.clock = new DatabaseClock(localClock, System::nanoTime);
        this.lease = new KeyLease(config.auth(), System::nanoTime);
        this.eventLoops = new EventLoops(vertx);
        this.management = new ManagementServer(
                config, readiness, eventLoops, () -> lease.covers(KeyTier.SECRET), metrics.registry(), guard);
        this.database = new Database(vertx, config, url);
        metrics.bindShares(database.shares());
        this.maintenance = new EventMaintenance(vertx, database.maintenance(), config.analytics(), clock);
        this.keptAnswers = new KeptAnswers(vertx, database, config.idempotency(), idempotency);
        this.blogs = new BlogCache(config.blog(), System::nanoTime);
        BlogApi blog = new BlogApi(vertx, database, blogs, config);
        MemoryApi memory = new MemoryApi(vertx, database, config.memory(), config.database());
        metrics.bindShares(List.of(memory.readers(), blog.writers()));
        this.routes = ApiRoutes.routes(
                config,
                new WhoamiApi(),
                new AnalyticsApi(vertx.eventBus(), database, config, ingest),
                new AudienceApi(vertx, database, config, clock),
                blog,
                new FlowApi(database.features()),
                memory);
        this.dashboard = config.dashboard().enabled() ? new Dashboard(vertx, database, config, clock).app() : null;
        LocalCodec.register(vertx.eventBus());
    }

    /**
     * Completes when requests are served, and waits for the database without a limit. Fails if a port is busy, the
     * database refuses the login, or a migration fails.
     */
    public Future<Void> start() {
        eventLoops.start();
        log.info("Starting on {} with transport {}", url, transport);
        // The first host with a non-ASCII label loads the tables of IDNA, which is too long for an event loop.
        vertx.executeBlocking(() -> Origin.parse("https://xn--bcher-kva.example"))
                .onFailure(failure -> log.warn("The tables of IDNA could not be loaded: {}", failure.getMessage()));
        return vertx.deployVerticle(management)
                .recover(failure -> Future.failedFuture(CannotListen.explain(
                        failure,
                        "management",
                        config.management().host(),
                        config.management().port())))
                .compose(id -> prepareDatabase(MIN_RETRY_MILLIS))
                .compose(done -> deployAll())
                .onSuccess(done -> {
                    keptAnswers.startCleaning();
                    readiness.enter(Phase.SERVING);
                    log.info("Serving the API on port {}, management on port {}", apiPort(), managementPort());
                });
    }

    /** Finishes the requests in progress, writes what is pending, and closes everything. */
    public Future<Void> stop() {
        readiness.enter(Phase.STOPPING);
        log.info("Stopping");
        long delay = Math.max(1, config.http().shutdownDelay().toMillis());
        // Not a future of this Vert.x, whose event loops are gone before it completes.
        Promise<Void> stopped = Promise.promise();
        vertx.timer(delay)
                .transform(done -> undeployAll())
                .transform(done -> maintenance.stop())
                .transform(done -> keptAnswers.stopCleaning())
                .transform(done -> database.close())
                .transform(done -> tracing.close(vertx))
                .onComplete(done -> {
                    eventLoops.close();
                    vertx.close().onComplete(closed -> {
                        metrics.close();
                        log.info("Stopped");
                        stopped.handle(closed);
                    });
                });
        return stopped.future();
    }

    public int apiPort() {
        return http.isEmpty() ? 0 : http.get(0).port();
    }

    public int managementPort() {
        return management.port();
    }

    public Vertx vertx() {
        return vertx;
    }

    /** Whether its event loops are alive. */
    public EventLoops eventLoops() {
        return eventLoops;
    }

    public Database database() {
        return database;
    }

    /** All routes of the API, known before the start. */
    public Routes routes() {
        return routes;
    }

    /** The dashboard, or null if it is disabled. */
    public @Nullable WebApp dashboard() {
        return dashboard;
    }

    public DatabaseClock clock() {
        return clock;
    }

    /** Prepares the database before anything is served; retries until it can be reached. */
    private Future<Void> prepareDatabase(long retryDelay) {
        return Migrations.migrate(vertx, database, url)
                .compose(migrations -> maintenance.start())
                .recover(failure -> {
                    // The embedded one has just been started, so its faults are permanent; on a busy machine it is
                    // slow.
                    boolean permanent =
                            config.database().isEmbedded() && !(failure.getCause() instanceof TimeoutException);
                    if (!PgErrors.isUnavailable(failure)
                            || PgErrors.isRefused(failure)
                            || permanent
                            || readiness.phase() == Phase.STOPPING) {
                        return Future.failedFuture(failure);
                    }
                    log.warn("Waiting for the database {}: {}", url, failure.getMessage());
                    readiness.waitingFor("the database at " + url);
                    return vertx.timer(retryDelay)
                            .compose(done -> prepareDatabase(Math.min(2 * retryDelay, MAX_RETRY_MILLIS)));
                });
    }

    private Future<Void> deployAll() {
        int instances = config.http().instances() > 0
                ? config.http().instances()
                : Runtime.getRuntime().availableProcessors();
        Pods pods = new Pods();
        KeyFilter filter = new KeyFilter();
        KeyTableStats keys = new KeyTableStats();
        ValidationStats validations = new ValidationStats();
        UsageStats usage = new UsageStats();
        KeyUseCounters uses = new KeyUseCounters(config.metrics().keyIdLabels());
        metrics.bindKeys(keys, lease, pods, clock);
        KeyFileStats keyFiles = new KeyFileStats();
        metrics.bindKeyFiles(keyFiles);
        metrics.bindValidation(validations);
        metrics.bindUsage(usage, uses);
        Shares readers = new Shares(
                vertx,
                "bodies",
                Limits.of(
                        config.budget().parsersAtOnce(config.http().workers()),
                        config.database().maxBusinessShare(),
                        config.database().poolQueue(),
                        config.database().poolWait()));
        metrics.bindShares(List.of(readers));
        metrics.bindHttp(httpStats);
        metrics.bindBudgets(budgets.all());
        metrics.bindIngest(ingest, maintenance);
        WebhookStats webhooks = new WebhookStats();
        metrics.bindWebhooks(webhooks);
        metrics.bindIdempotency(idempotency);
        metrics.bindBlog(blogs);

        HttpVerticle.Shared shared = new HttpVerticle.Shared(
                routes,
                filter,
                lease,
                new RateLimits(System::nanoTime, pods::live),
                clock,
                validations,
                httpStats,
                instances,
                keptAnswers,
                budgets,
                readers,
                tracing,
                guard,
                AnalyticsApi::keyInBody,
                dashboard,
                certificate);

        return deploy(new IngestVerticle(database.ingest(), config.ingest(), ingest))
                .compose(done -> deploy(new EventLinkVerticle(database.maintenance())))
                .compose(done -> deploy(new MemoryVerticle(database.maintenance())))
                .compose(done -> deploy(
                        new UsageVerticle(database, config.usage(), clock, usage, uses),
                        new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER)))
                .compose(done ->
                        deploy(new WebhookVerticle(database.webhooks(), config.webhook(), clock, tracing, webhooks)))
                .compose(
                        done -> deploy(new KeyStoreVerticle(database, config, podId, filter, lease, clock, pods, keys)))
                .compose(done -> config.keyFiles().directory().isEmpty()
                        ? Future.succeededFuture()
                        : deploy(
                                new KeyFileVerticle(database.maintenance(), config.keyFiles(), clock, keyFiles, podId)))
                .compose(done -> deploy(new BlogFeedVerticle(database, config, blogs)))
                .compose(done -> keysTrusted())
                .compose(done -> vertx.deployVerticle(
                        () -> {
                            HttpVerticle verticle = new HttpVerticle(config, shared);
                            http.add(verticle);
                            return verticle;
                        },
                        new DeploymentOptions().setInstances(instances)))
                .recover(failure -> Future.failedFuture(CannotListen.explain(
                        failure, "http", config.http().host(), config.http().port())))
                .onSuccess(deployed::add)
                .compose(done -> certificate == null ? Future.succeededFuture() : follow(certificate))
                .compose(done -> startCanary());
    }

    private Future<Void> follow(TlsCertificate served) {
        // All instances share one port and its certificate.
        return deploy(new TlsCertificateVerticle(
                config.http(), clock, httpStats, served, found -> http.get(0).serve(found)));
    }

    private Future<Void> startCanary() {
        if (!config.canary().isEnabled()) {
            return Future.succeededFuture();
        }
        CanaryStats stats = new CanaryStats(clock.instant());
        metrics.bindCanary(stats);
        return deploy(new EventCanary(config.canary(), config.http(), apiPort(), clock, stats));
    }

    private Future<Void> deploy(VerticleBase verticle) {
        return deploy(verticle, new DeploymentOptions());
    }

    private Future<Void> deploy(VerticleBase verticle, DeploymentOptions options) {
        return vertx.deployVerticle(verticle, options).onSuccess(deployed::add).mapEmpty();
    }

    /** A server that accepts requests before it has read the keys would only make them wait. */
    private Future<Void> keysTrusted() {
        return lease.covers(KeyTier.SECRET)
                ? Future.succeededFuture()
                : vertx.timer(TRUST_CHECK_MILLIS).compose(done -> keysTrusted());
    }

    private Future<Void> undeployAll() {
        if (deployed.isEmpty()) {
            return Future.succeededFuture();
        }
        String last = deployed.remove(deployed.size() - 1);
        return vertx.undeploy(last)
                .onFailure(failure -> log.warn("A part did not stop cleanly: {}", failure.getMessage()))
                .transform(done -> undeployAll());
    }

    private static String podId() {
        String host = System.getenv("HOSTNAME");
        return (host == null ? "pod" : host) + "-" + Base62.random(8, ThreadLocalRandom.current());
    }
}
