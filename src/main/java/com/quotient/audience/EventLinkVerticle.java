package com.quotient.audience;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.sqlclient.Pool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Links earlier events to people in the background. A request that names a device or a session only queues the link, in
 * the transaction that stores the person, so it neither waits for thousands of events nor loses them. The verticle runs
 * when a request signals new work, and every few seconds for work that other servers left behind. One instance.
 */
public final class EventLinkVerticle extends VerticleBase {
    /** The event bus address on which requests signal new work. */
    static final String DUE = "audience.link.due";

    static final DeliveryOptions LOCAL = new DeliveryOptions().setLocalOnly(true);

    private static final Logger log = LoggerFactory.getLogger(EventLinkVerticle.class);
    private static final long INTERVAL_MILLIS = 5000;

    private final EventLinkStore store;
    private Future<Void> working = Future.succeededFuture();
    private boolean again;
    private boolean stopped;

    public EventLinkVerticle(Pool pool) {
        this.store = new EventLinkStore(pool);
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(0, INTERVAL_MILLIS, timer -> work());
        return vertx.eventBus().localConsumer(DUE, message -> work()).completion();
    }

    /** Completes when the current step ends. */
    @Override
    public Future<?> stop() {
        stopped = true;
        return working.otherwiseEmpty();
    }

    private void work() {
        if (!working.isComplete()) {
            // Work queued since the last step must not wait for the timer.
            again = true;
            return;
        }
        Promise<Void> done = Promise.promise();
        working = done.future()
                .onFailure(failure ->
                        log.warn("Events could not be linked to people; will retry: {}", failure.getMessage()));
        step(done);
    }

    /** Uses a promise, because a chain of composed futures would grow with every step. */
    private void step(Promise<Void> done) {
        again = false;
        store.step()
                .onSuccess(worked -> {
                    if ((worked || again) && !stopped) {
                        step(done);
                    } else {
                        done.complete();
                    }
                })
                .onFailure(done::fail);
    }
}
