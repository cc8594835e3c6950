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
 * <p>Callers need not know whether their work is part of a larger transaction: within {@link #together} every use of
 * this pool joins one. The Vert.x context, of which each request has its own, identifies the transaction. If a
 * statement fails, the whole transaction fails, since Postgres then accepts no further statements.
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

    /** One statement in its own transaction. */
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

    /** Several statements in one transaction, which is rolled back if the work fails. */
    public <T> Future<T> withTransaction(String business, Function<SqlConnection, Future<T>> work) {
        Joint joint = joint();
        return joint != null ? work.apply(joint.connection()) : shares.take(business, () -> pool.withTransaction(work));
    }

    /**
     * Runs work in one transaction: its own statements, and every use of this pool on its behalf until its future
     * completes. If the work fails, nothing is changed.
     */
    public <T> Future<T> together(String business, Function<SqlConnection, Future<T>> work) {
        ContextInternal context = (ContextInternal) vertx.getOrCreateContext();
        if (context.isDuplicate()) {
            return together(context, business, work);
        }
        // The context of the whole verticle: its other work must not join.
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

    /** Runs an action after the commit or rollback; at once if no transaction is open. */
    public void afterwards(Runnable action) {
        Joint joint = joint();
        if (joint == null) {
            action.run();
        } else {
            joint.afterwards().add(action);
        }
    }

    /** The open transaction of this pool in the current context. */
    private @Nullable Joint joint() {
        Context context = Vertx.currentContext();
        Joint joint = context == null ? null : Joining.JOINT.get(context);
        return joint == null || joint.pool() != this ? null : joint;
    }

    private record Joint(SharedPool pool, SqlConnection connection, List<Runnable> afterwards) {}

    /** Vert.x requires context locals to be registered before any context exists. */
    public static final class Joining implements VertxServiceProvider {
        private static final ContextLocal<Joint> JOINT = ContextLocal.registerLocal(Joint.class);

        @Override
        public void init(VertxBootstrap bootstrap) {
            // Loading the class registers the local.
        }
    }

    public Shares shares() {
        return shares;
    }

    Future<Void> close() {
        return pool.close();
    }
}
