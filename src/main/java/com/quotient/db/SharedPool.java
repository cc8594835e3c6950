package com.quotient.db;

import com.quotient.share.Shares;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxBootstrap;
import io.vertx.core.spi.VertxServiceProvider;
import io.vertx.core.spi.context.storage.ContextLocal;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection pool that businesses share fairly: every use names its business and waits while that business holds its
 * share, see {@link Shares}. Do not request a connection while holding one, since the business could then wait for
 * itself. Thread-safe.
 *
 * <p>Users need not know whether their work is part of something larger: within {@link #together} whatever is asked of
 * this pool joins one transaction. What joins is told by the Vert.x context, of which each request has its own. Work
 * that joins has no end of its own: when a statement fails, so does the whole, since Postgres takes no more of them
 * then.
 */
public final class SharedPool {
    private final Vertx vertx;
    private final Pool pool;
    private final Shares shares;

    SharedPool(Vertx vertx, Pool pool, Shares shares) {
        this.vertx = vertx;
        this.pool = pool;
        this.shares = shares;
    }

    /** One statement, in a transaction by itself. */
    public Future<RowSet<Row>> execute(String business, String sql, Tuple parameters) {
        Joint joint = joint();
        return joint != null
                ? joint.connection().preparedQuery(sql).execute(parameters)
                : shares.take(business, () -> pool.preparedQuery(sql).execute(parameters));
    }

    /** Several statements on one connection. */
    public <T> Future<T> withConnection(String business, Function<SqlConnection, Future<T>> work) {
        Joint joint = joint();
        return joint != null ? work.apply(joint.connection()) : shares.take(business, () -> pool.withConnection(work));
    }

    /** Several statements in one transaction, which is rolled back when the work fails. */
    public <T> Future<T> withTransaction(String business, Function<SqlConnection, Future<T>> work) {
        Joint joint = joint();
        return joint != null ? work.apply(joint.connection()) : shares.take(business, () -> pool.withTransaction(work));
    }

    /**
     * Runs some work in one transaction: what the work itself does with the connection, and what others ask of this pool on
     * its behalf until its future ends. When the work fails, nothing is changed.
     */
    public <T> Future<T> together(String business, Function<SqlConnection, Future<T>> work) {
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        if (context.isDuplicate()) {
            return together(context, business, work);
        }
        // That of a whole verticle, whose other work must not join.
        ContextInternal own = context.duplicate();
        Promise<T> promise = own.promise();
        own.runOnContext(go -> together(own, business, work).onComplete(promise));
        return promise.future();
    }

    private <T> Future<T> together(Context context, String business, Function<SqlConnection, Future<T>> work) {
        List<Runnable> afterwards = new ArrayList<>();
        return withTransaction(business, connection -> {
                    Joining.JOINT.put(context, new Joint(this, connection, afterwards));
                    return work.apply(connection).onComplete(done -> Joining.JOINT.remove(context));
                })
                .andThen(done -> afterwards.forEach(Runnable::run));
    }

    /** Runs something when what was done is committed, or was not: at once, unless it joined a transaction that goes on. */
    public void afterwards(Runnable action) {
        Joint joint = joint();
        if (joint == null) {
            action.run();
        } else {
            joint.afterwards().add(action);
        }
    }

    /** A transaction of this pool that goes on around whoever asks. */
    private @Nullable Joint joint() {
        Context context = Vertx.currentContext();
        Joint joint = context == null ? null : Joining.JOINT.get(context);
        return joint == null || joint.pool() != this ? null : joint;
    }

    private record Joint(SharedPool pool, SqlConnection connection, List<Runnable> afterwards) {}

    /** Vert.x has to know what contexts hold before there are any. */
    public static final class Joining implements VertxServiceProvider {
        private static final ContextLocal<Joint> JOINT = ContextLocal.registerLocal(Joint.class);

        @Override
        public void init(VertxBootstrap bootstrap) {
            // The class is initialised, which is all that is needed.
        }
    }

    public Shares shares() {
        return shares;
    }

    Future<Void> close() {
        return pool.close();
    }
}
