package com.quotient.ops;

import com.quotient.analytics.EventMaintenance;
import com.quotient.analytics.IngestStats;
import com.quotient.analytics.Rejection;
import com.quotient.auth.ValidationStats;
import com.quotient.blog.BlogCache;
import com.quotient.flow.WebhookStats;
import com.quotient.http.Budget;
import com.quotient.http.HttpStats;
import com.quotient.idempotency.IdempotencyStats;
import com.quotient.keyfile.KeyFileStats;
import com.quotient.keys.KeyLease;
import com.quotient.keys.KeyTableStats;
import com.quotient.keys.Pods;
import com.quotient.share.Shares;
import com.quotient.time.DatabaseClock;
import com.quotient.trace.TracingStats;
import com.quotient.usage.KeyUseCounters;
import com.quotient.usage.UsageStats;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of {@code /metrics}. The prefix is {@code quotient_}, names have units, and labels come from closed sets:
 * never a key, an origin or a raw path. Components count in plain counters, which get their names here.
 */
public final class Metrics {
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics gc = new JvmGcMetrics();

    public Metrics() {
        new ClassLoaderMetrics().bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        gc.bindTo(registry);
        counter("quotient.log.lines.dropped", "Log lines lost to a full queue", this, any -> Logging.dropped());
        gauge(
                "quotient.aot.cache.ignored",
                "1 when Java was given an AOT cache that does not fit",
                this,
                any -> AotCache.isIgnored() ? 1 : 0);
    }

    public PrometheusMeterRegistry registry() {
        return registry;
    }

    public void bindHttp(HttpStats http) {
        gauge("quotient.http.connections", "Open API connections", http, HttpStats::openConnections);
        counter(
                "quotient.http.connections.refused",
                "Connections closed because http.maxConnections or http.maxConnectionsPerAddress was reached",
                http,
                HttpStats::refusedConnections);
        counter(
                "quotient.http.connections.evicted",
                "Silent connections closed to make room for new ones when http.maxConnections was reached",
                http,
                HttpStats::evictedConnections);
        counter(
                "quotient.http.responses.stalled",
                "Responses reset because their clients did not read for http.writeDeadline",
                http,
                HttpStats::stalledResponses);
        gauge(
                "quotient.tls.certificate.not.after.seconds",
                "When the certificate of the API expires, in seconds since 1970; NaN without TLS",
                http,
                HttpStats::certificateNotAfterSeconds);
        counter("quotient.tls.handshakes.failed", "TLS handshakes that failed", http, HttpStats::failedHandshakes);
        counter(
                "quotient.tls.handshakes.refused",
                "TLS handshakes refused because of http.maxHandshakes or http.maxHandshakesPerAddress",
                http,
                HttpStats::refusedHandshakes);
        counter(
                "quotient.access.log.skipped",
                "Requests without an access log line, by sampling",
                http,
                HttpStats::skippedAccessLines);
        gauge(
                "quotient.event.loop.lag.seconds",
                "How late the latest timer of the slowest event loop was",
                http,
                HttpStats::worstLagSeconds);
        registry.getPrometheusRegistry().register((MultiCollector) () -> Snapshots.requests(http));
    }

    public void bindBudgets(List<Budget> budgets) {
        for (Budget budget : budgets) {
            String kind = budget.kind().label();
            Gauge.builder("quotient.budget.used.bytes", budget, Budget::used)
                    .description("Memory that requests hold, by kind")
                    .tag("budget", kind)
                    .strongReference(true)
                    .register(registry);
            Gauge.builder("quotient.budget.limit.bytes", budget, Budget::limit)
                    .description("Memory that requests may hold, by kind")
                    .tag("budget", kind)
                    .strongReference(true)
                    .register(registry);
            FunctionCounter.builder("quotient.budget.refused", budget, Budget::refused)
                    .description("Requests for memory that did not fit into a budget or a share of it")
                    .tag("budget", kind)
                    .register(registry);
        }
    }

    public void bindValidation(ValidationStats validations) {
        validations.forEach((tier, tierLabel, outcome) -> FunctionCounter.builder(
                        "quotient.key.validations", validations, stats -> stats.count(tier, outcome))
                .description("Validations of API keys by tier and outcome")
                .tags("tier", tierLabel, "outcome", outcome.label())
                .register(registry));
        counter(
                "quotient.caller.cache.hits",
                "Keys found in an event loop's memory",
                validations,
                ValidationStats::hits);
        counter("quotient.caller.cache.misses", "Keys asked of the key store", validations, ValidationStats::misses);
    }

    public void bindKeys(KeyTableStats keys, KeyLease lease, Pods pods, DatabaseClock clock) {
        gauge("quotient.key.table.size", "Keys in memory", keys, KeyTableStats::keys);
        gauge("quotient.key.table.version", "Version of the keys in memory", keys, KeyTableStats::version);
        gauge("quotient.key.table.in.step", "1 while the key feed is connected", keys, k -> k.isInStep() ? 1 : 0);
        gauge("quotient.key.sync.age.seconds", "Seconds since the table was in step", lease, KeyLease::ageSeconds);
        counter("quotient.key.feed.reconnects", "Replaced key feed connections", keys, KeyTableStats::reconnects);
        gauge("quotient.pods", "Live servers on this database", pods, Pods::live);
        gauge("quotient.clock.offset.seconds", "Database clock minus own clock", clock, c -> c.offsetMillis() / 1000.0);
        expiring("1d", keys, k -> k.expiring().day());
        expiring("7d", keys, k -> k.expiring().week());
        expiring("30d", keys, k -> k.expiring().month());
    }

    public void bindUsage(UsageStats usage, KeyUseCounters uses) {
        gauge("quotient.usage.pending.keys", "Keys whose usage waits to be written", usage, UsageStats::pendingKeys);
        for (boolean succeeded : new boolean[] {true, false}) {
            FunctionCounter.builder("quotient.usage.flushes", usage, u -> succeeded ? u.flushes() : u.failedFlushes())
                    .description("Flushes of usage by result")
                    .tag("result", succeeded ? "success" : "failure")
                    .register(registry);
        }
        counter("quotient.usage.dropped", "Uses lost because too many keys were pending", usage, UsageStats::dropped);
        registry.getPrometheusRegistry().register((MultiCollector) () -> Snapshots.keyUses(uses));
    }

    public void bindIngest(IngestStats ingest, EventMaintenance maintenance) {
        gauge(
                "quotient.ingest.queue.events",
                "Events admitted and not answered yet",
                ingest,
                IngestStats::queuedEvents);
        gauge("quotient.ingest.queue.bytes", "Bytes of the requests they came in", ingest, IngestStats::queuedBytes);
        counter("quotient.ingest.events.accepted", "Events committed", ingest, IngestStats::accepted);
        counter("quotient.ingest.events.duplicate", "Events stored before", ingest, IngestStats::duplicates);
        counter("quotient.ingest.events.shed", "Events turned away by a full queue", ingest, IngestStats::shed);
        counter(
                "quotient.ingest.events.unavailable",
                "Events not committed in time for their sender",
                ingest,
                IngestStats::unavailable);
        lost("age", ingest, IngestStats::lostByAge);
        lost("quota", ingest, IngestStats::lostByQuota);
        lost("rejected", ingest, IngestStats::lostByRejection);
        counter("quotient.ingest.retries", "Statements sent again", ingest, IngestStats::retries);
        for (Rejection.Code code : Rejection.Code.values()) {
            FunctionCounter.builder("quotient.ingest.events.rejected", ingest, stats -> stats.rejected(code))
                    .description("Events refused for what they hold")
                    .tag("reason", code.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        gauge(
                "quotient.event.default.partition.rows",
                "Events outside of every day partition; above 0 needs attention",
                maintenance,
                EventMaintenance::defaultRows);
        registry.getPrometheusRegistry().register((MultiCollector) () -> MetricSnapshots.of(
                Snapshots.histogram("quotient_ingest_group_events", "Events of one commit", ingest.groupEvents()),
                Snapshots.histogram("quotient_ingest_commit_seconds", "Time of one commit", ingest.commitSeconds())));
    }

    public void bindWebhooks(WebhookStats webhooks) {
        for (WebhookStats.Outcome outcome : WebhookStats.Outcome.values()) {
            FunctionCounter.builder("quotient.webhook.attempts", webhooks, stats -> stats.attempts(outcome))
                    .description("Attempts to deliver a webhook by outcome")
                    .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        gauge("quotient.webhook.in.flight", "Webhooks this server delivers now", webhooks, WebhookStats::inFlight);
        gauge(
                "quotient.webhook.outbox.waiting",
                "Webhooks that are due or will be, of all servers",
                webhooks,
                WebhookStats::waiting);
        gauge(
                "quotient.webhook.outbox.dead",
                "Webhooks that were given up, of all servers",
                webhooks,
                WebhookStats::dead);
        gauge(
                "quotient.webhook.steps.held",
                "Steps of flows that are held until an operator resumes them, of all servers",
                webhooks,
                WebhookStats::heldSteps);
        gauge(
                "quotient.webhook.oldest.due.seconds",
                "How long the oldest due webhook has been waiting",
                webhooks,
                WebhookStats::oldestDueSeconds);
    }

    public void bindKeyFiles(KeyFileStats files) {
        gauge("quotient.key.files.refused", "Key files that cannot be applied", files, KeyFileStats::refused);
        gauge(
                "quotient.key.files.drift",
                "Keys that cannot be brought in line with their key file",
                files,
                KeyFileStats::drift);
    }

    public void bindIdempotency(IdempotencyStats idempotency) {
        for (IdempotencyStats.Outcome outcome : IdempotencyStats.Outcome.values()) {
            FunctionCounter.builder("quotient.idempotency.requests", idempotency, stats -> stats.count(outcome))
                    .description("Requests with an Idempotency-Key by outcome")
                    .tag("outcome", outcome.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
    }

    public void bindBlog(BlogCache cache) {
        counter("quotient.blog.cache.hits", "Reads of blogs answered from memory", cache, BlogCache::hits);
        counter("quotient.blog.cache.misses", "Reads of blogs that asked Postgres", cache, BlogCache::misses);
        gauge("quotient.blog.cache.bytes", "Bytes of kept answers, about", cache, BlogCache::bytes);
        gauge(
                "quotient.blog.sync.age.seconds",
                "Seconds since it was certain which blogs had changed",
                cache,
                BlogCache::ageSeconds);
    }

    public void bindCanary(CanaryStats canary) {
        gauge(
                "quotient.canary.last.success.timestamp.seconds",
                "When an event of this server was last read back, or when it started",
                canary,
                c -> c.lastSuccess().toEpochMilli() / 1000.0);
        for (CanaryStats.Step step : CanaryStats.Step.values()) {
            FunctionCounter.builder("quotient.canary.failed", canary, c -> c.failures(step))
                    .description("Events of this server that were not read back, by the step that failed")
                    .tag("step", step.label())
                    .register(registry);
        }
    }

    public void bindTracing(TracingStats tracing) {
        counter("quotient.tracing.spans.exported", "Spans that were exported", tracing, TracingStats::exported);
        droppedSpans("queue_full", tracing, TracingStats::droppedByFullQueue);
        droppedSpans("export_failed", tracing, TracingStats::droppedByCollector);
    }

    /** Shows the pools of connections; {@code pools} collects them while Vert.x makes them. */
    public void bindPools(PoolStats pools) {
        pools.onCreate((name, pool) -> {
            poolGauge("quotient.db.pool.max", "Most connections", name, pool, p -> p.max());
            poolGauge("quotient.db.pool.in.use", "Connections in use", name, pool, p -> p.inUse());
            poolGauge("quotient.db.pool.waiting", "Requests that wait for a connection", name, pool, p -> p.waiting());
        });
    }

    /** Shows how businesses share what is scarce. */
    public void bindShares(List<Shares> all) {
        for (Shares shares : all) {
            shareGauge("quotient.share.places", "Places that businesses share", shares, s -> s.limits()
                    .places());
            shareGauge("quotient.share.taken", "Places that are taken", shares, Shares::taken);
            shareGauge("quotient.share.waiting", "Requests that wait for a place", shares, Shares::waiting);
            FunctionCounter.builder("quotient.share.refused", shares, Shares::refused)
                    .description("Requests that were answered 503 for want of a place")
                    .tag("share", shares.name())
                    .register(registry);
        }
    }

    private void lost(String reason, IngestStats ingest, ToDoubleFunction<IngestStats> value) {
        FunctionCounter.builder("quotient.sdk.events.dropped", ingest, value)
                .description("Events that senders report as lost")
                .tag("reason", reason)
                .register(registry);
    }

    private void droppedSpans(String reason, TracingStats tracing, ToDoubleFunction<TracingStats> value) {
        FunctionCounter.builder("quotient.tracing.spans.dropped", tracing, value)
                .description("Spans that were lost")
                .tag("reason", reason)
                .register(registry);
    }

    /** A gauge that is read at each scrape. The caller must keep a reference to the object. */
    public <T> void gauge(String name, String description, T source, ToDoubleFunction<T> value) {
        Gauge.builder(name, source, value)
                .description(description)
                .strongReference(true)
                .register(registry);
    }

    /** A counter that is read at each scrape. */
    public <T> void counter(String name, String description, T source, ToDoubleFunction<T> value) {
        FunctionCounter.builder(name, source, value).description(description).register(registry);
    }

    public void close() {
        gc.close();
        registry.close();
    }

    private void shareGauge(String name, String description, Shares shares, ToDoubleFunction<Shares> value) {
        Gauge.builder(name, shares, value)
                .description(description)
                .tag("share", shares.name())
                .strongReference(true)
                .register(registry);
    }

    private void poolGauge(
            String name,
            String description,
            String pool,
            PoolStats.PoolState source,
            ToDoubleFunction<PoolStats.PoolState> value) {
        Gauge.builder(name, source, value)
                .description(description)
                .tag("pool", pool)
                .register(registry);
    }

    private void expiring(String within, KeyTableStats keys, ToDoubleFunction<KeyTableStats> count) {
        Gauge.builder("quotient.keys.expiring", keys, count)
                .description("Active keys that expire soon")
                .tag("within", within)
                .register(registry);
    }
}
