package com.quotient.memory;

import com.quotient.memory.UpkeepStore.Unread;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.sqlclient.Pool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Maintains the search index of all businesses: indexes documents that were restored or written by a server of another
 * version, one at a time, and deletes unused words. Any number of servers may run it.
 */
public final class MemoryVerticle extends VerticleBase {
    private static final Logger log = LoggerFactory.getLogger(MemoryVerticle.class);
    private static final long INTERVAL_MILLIS = 5000;
    private static final int WORDS_AT_ONCE = 500;
    private static final Unread FIRST = new Unread("", "");

    private final UpkeepStore store;
    private Future<Void> working = Future.succeededFuture();
    private boolean stopped;

    public MemoryVerticle(Pool pool) {
        this.store = new UpkeepStore(pool);
    }

    @Override
    public Future<?> start() {
        vertx.setPeriodic(0, INTERVAL_MILLIS, timer -> work());
        return Future.succeededFuture();
    }

    /** Completes when the current step ends. */
    @Override
    public Future<?> stop() {
        stopped = true;
        return working.otherwiseEmpty();
    }

    private void work() {
        if (working.isComplete()) {
            Promise<Void> read = Promise.promise();
            readAfter(FIRST, read);
            working = read.future()
                    .compose(done -> store.revise(WORDS_AT_ONCE))
                    .<Void>mapEmpty()
                    .onFailure(failure ->
                            log.warn("Upkeep of the search index failed; will retry: {}", failure.getMessage()));
        }
    }

    /** Uses a promise, because a chain of composed futures would grow with every document. */
    private void readAfter(Unread last, Promise<Void> done) {
        store.next(last)
                .onSuccess(unread -> {
                    if (unread == null || stopped) {
                        done.complete();
                    } else {
                        read(unread).onComplete(read -> readAfter(unread, done));
                    }
                })
                .onFailure(done::fail);
    }

    private Future<Void> read(Unread unread) {
        return store.read(unread, content -> vertx.executeBlocking(() -> Reading.of(content), false))
                .onFailure(failure ->
                        log.warn("Document {} cannot be searched yet: {}", unread.document(), failure.getMessage()));
    }
}
