package com.quotient.audience;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.sqlclient.Pool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Works through the events that wait to be given to people: a request that names a device or a session only notes it, in
 * the transaction that stores its person, so that it neither waits for thousands of events nor loses them. Begins when a
 * request says so, and every few seconds for what other servers left behind. One instance.
 */
public final class EventLinkVerticle extends VerticleBase {
    /** Where requests say that something is due. */
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

    /** Ends with the piece that is under way. */
    @Override
    public Future<?> stop() {
        stopped = true;
        return working.otherwiseEmpty();
    }

    private void work() {
        if (!working.isComplete()) {
            // What became due after the last look must not wait for the timer.
            again = true;
            return;
        }
        Promise<Void> done = Promise.promise();
        working = done.future()
                .onFailure(
                        failure -> log.warn("Events could not be given to their people yet: {}", failure.getMessage()));
        step(done);
    }

    /** With a promise, since futures nested in futures would grow with every piece. */
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
