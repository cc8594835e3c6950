package com.quotient.blog;

import com.quotient.blog.ChangeStore.Changes;
import com.quotient.config.Config;
import com.quotient.config.KeyFeedConfig;
import com.quotient.db.Database;
import com.quotient.db.Listener;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;

/**
 * Reports changes by other servers to the {@link BlogCache}. It reads the changes on every notification of the
 * {@link Listener}, and once per poll interval. One instance.
 */
public final class BlogFeedVerticle extends VerticleBase implements Listener.Follower {
    private final Database database;
    private final KeyFeedConfig config;
    private final BlogCache cache;

    private @Nullable Listener listener;
    private Listener.@Nullable Link current;
    private @Nullable Long applied;

    /** Uses the intervals of the key feed. */
    public BlogFeedVerticle(Database database, Config config, BlogCache cache) {
        this.database = database;
        this.config = config.keyFeed();
        this.cache = cache;
    }

    @Override
    public Future<?> start() {
        Listener listening = new Listener(vertx, database, config, "blog", "quotient_blog", this);
        listener = listening;
        listening.start();
        return Future.succeededFuture();
    }

    @Override
    public Future<?> stop() {
        return listener == null ? Future.succeededFuture() : listener.stop(connection -> Future.succeededFuture());
    }

    @Override
    public Future<Void> follow(Listener.Link link, boolean changed) {
        long askedAt = System.nanoTime();
        return ChangeStore.above(link.connection(), applied).map(changes -> {
            if (link.answered()) {
                apply(link, changes);
                cache.confirm(askedAt);
            }
            return null;
        });
    }

    /** Cached answers expire by themselves. */
    @Override
    public void outOfTouch() {}

    private void apply(Listener.Link link, Changes changes) {
        // After a reconnect the database may be a restored one that has counted on since.
        if (applied == null || link != current || changes.version() < applied) {
            cache.allChanged();
        } else {
            changes.businessIds().forEach(cache::changed);
        }
        current = link;
        applied = changes.version();
    }
}
