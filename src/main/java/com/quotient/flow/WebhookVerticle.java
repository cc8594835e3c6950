package com.quotient.flow;

import com.quotient.config.WebhookConfig;
import com.quotient.flow.WebhookClient.Result;
import com.quotient.flow.WebhookStats.Outcome;
import com.quotient.id.Ids;
import com.quotient.trace.Tracing;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Delivers webhooks from the outbox, each at least once. A claimed webhook without a reported outcome is claimed again
 * when its lease ends; an attempt ends well before that. The verticle claims only what it can send at once, so nothing
 * queues in memory. One instance per server; it owns the deliveries in flight.
 */
public final class WebhookVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(WebhookVerticle.class);
    private static final long UPKEEP_MILLIS = 15_000;
    private static final int MOST_FORGOTTEN = 1000;
    private static final int MOST_COUNTED = 100_000;

    private final OutboxStore store;
    private final WebhookConfig config;
    private final InstantSource clock;
    private final Tracing tracing;
    private final WebhookStats stats;

    private @Nullable WebhookClient client;
    /** The flow of each delivery in flight. */
    private final List<String> inFlight = new ArrayList<>();

    private Future<Void> claiming = Future.succeededFuture();
    private boolean foundLately;
    private boolean stopping;
    private final Promise<Void> idle = Promise.promise();

    public WebhookVerticle(Pool pool, WebhookConfig config, InstantSource clock, Tracing tracing, WebhookStats stats) {
        this.store = new OutboxStore(pool);
        this.config = config;
        this.clock = clock;
        this.tracing = tracing;
        this.stats = stats;
    }

    @Override
    public Future<?> start() {
        client = new WebhookClient(vertx, config, clock, tracing, HostLookups.system(vertx, config.lookupThreads()));
        vertx.setPeriodic(0, config.pollInterval().toMillis(), timer -> claim());
        vertx.setPeriodic(0, UPKEEP_MILLIS, timer -> upkeep());
        return Future.succeededFuture();
    }

    /** Stops claiming, and completes when every delivery in flight has an outcome. */
    @Override
    public Future<?> stop() {
        stopping = true;
        return claiming.transform(done -> {
            endIfIdle();
            return idle.future();
        });
    }

    private void claim() {
        int free = config.maxInFlight() - inFlight.size();
        if (stopping || free == 0 || !claiming.isComplete()) {
            return;
        }
        // Taken before the lease begins in Postgres, so that it ends here no later than there.
        long claimedAt = System.nanoTime();
        claiming = store.claim(free, config.maxInFlightPerFlow(), inFlight, config.lease())
                .map(deliveries -> {
                    foundLately = !deliveries.isEmpty();
                    deliveries.forEach(delivery -> deliver(delivery, claimedAt));
                    return (Void) null;
                })
                .recover(failure -> {
                    log.warn("The outbox of webhooks could not be read: {}", failure.getMessage());
                    return Future.succeededFuture();
                });
    }

    private void deliver(Delivery delivery, long claimedAt) {
        if (client == null) {
            throw new IllegalStateException("The verticle is not started.");
        }
        begin(delivery);
        client.send(delivery, claimedAt + config.timeout().toNanos())
                .compose(result -> record(delivery, result))
                .recover(failure -> {
                    log.warn(
                            "The outcome of webhook {} could not be stored, so it will be sent again: {}",
                            delivery.id(),
                            failure.getMessage());
                    return Future.succeededFuture(Outcome.UNRECORDED);
                })
                .onSuccess(outcome -> end(delivery, outcome));
    }

    private Future<Outcome> record(Delivery delivery, Result result) {
        if (result.fault() == null) {
            return store.delivered(delivery, Ids.next("msg_", clock.millis())).map(Outcome.DELIVERED);
        }
        return store.failed(delivery, result, pause(delivery.attempts()), config.giveUpAfter())
                .map(dead -> {
                    if (dead) {
                        LoggingEventBuilder line = log.atWarn();
                        if (delivery.trace() != null) {
                            line = line.addKeyValue("traceId", delivery.trace().traceId());
                        }
                        line.log(
                                "Webhook {} of flow {} is given up after {} attempts: {}",
                                delivery.id(),
                                delivery.flowId(),
                                delivery.attempts(),
                                result.fault());
                    }
                    if (result.gone()) {
                        log.warn(
                                "Step {} of flow {} is held until 'quotient flow resume': {}",
                                delivery.step(),
                                delivery.flowId(),
                                result.fault());
                    }
                    return dead ? Outcome.DEAD : Outcome.RETRY;
                });
    }

    private void begin(Delivery delivery) {
        inFlight.add(delivery.flowId());
        stats.inFlight(inFlight.size());
    }

    private void end(Delivery delivery, Outcome outcome) {
        inFlight.remove(delivery.flowId());
        stats.inFlight(inFlight.size());
        stats.attempted(outcome);
        if (foundLately) {
            claim();
        }
        endIfIdle();
    }

    private void endIfIdle() {
        if (stopping && inFlight.isEmpty()) {
            idle.tryComplete();
        }
    }

    /**
     * Doubles with each attempt up to the maximum, with 25 % jitter, so that webhooks that failed together do not retry
     * together.
     */
    private Duration pause(int attempts) {
        double doubled = config.firstRetry().toMillis() * Math.pow(2, attempts - 1);
        double jitter = ThreadLocalRandom.current().nextDouble(0.75, 1.25);
        return Duration.ofMillis((long)
                (jitter * Math.min(doubled, (double) config.maxRetryDelay().toMillis())));
    }

    private void upkeep() {
        store.state(MOST_COUNTED)
                .onSuccess(stats::outbox)
                .compose(state -> store.forgetDead(config.deadRetention(), MOST_FORGOTTEN))
                .onFailure(failure -> log.warn("The upkeep of the outbox failed: {}", failure.getMessage()));
    }
}
