package com.quotient.blog;

import com.quotient.blog.ChangeStore.Changes;
import com.quotient.config.Config;
import com.quotient.db.Database;
import com.quotient.db.Listener;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import org.jspecify.annotations.Nullable;

/**
 * Tells the {@link BlogCache} what other pods change: it asks for the changes whenever the {@link Listener} hears of one,
 * and in any case once in a poll interval. One instance.
 */
public final class BlogFeedVerticle extends VerticleBase implements Listener.Follower {
    private final Database database;
    private final Config.KeyFeed config;
    private final BlogCache cache;

    private @Nullable Listener listener;
    private Listener.@Nullable Link current;
    private @Nullable Long applied;

    /** It keeps the pace of the key feed. */
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

    /** The answers that are kept grow old by themselves. */
    @Override
    public void outOfTouch() {}

    private void apply(Listener.Link link, Changes changes) {
        // Behind another connection may be a database that was restored and has counted on since.
        if (applied == null || link != current || changes.version() < applied) {
            cache.allChanged();
        } else {
            changes.businessIds().forEach(cache::changed);
        }
        current = link;
        applied = changes.version();
    }
}
