package com.quotient.db;

import com.quotient.share.Shares;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.function.Function;

/**
 * A pool of connections that businesses share fairly: every use says for which business it is, and waits while that has its
 * part of the connections, see {@link Shares}. Do not ask for a connection while holding one: a business that holds its
 * whole part so would wait for itself. Any thread may use it.
 */
public final class SharedPool {
    private final Pool pool;
    private final Shares shares;

    SharedPool(Pool pool, Shares shares) {
        this.pool = pool;
        this.shares = shares;
    }

    /** One statement, in a transaction by itself. */
    public Future<RowSet<Row>> execute(String business, String sql, Tuple parameters) {
        return shares.take(business, () -> pool.preparedQuery(sql).execute(parameters));
    }

    /** Several statements on one connection. */
    public <T> Future<T> withConnection(String business, Function<SqlConnection, Future<T>> work) {
        return shares.take(business, () -> pool.withConnection(work));
    }

    /** Several statements in one transaction, which is rolled back when the work fails. */
    public <T> Future<T> withTransaction(String business, Function<SqlConnection, Future<T>> work) {
        return shares.take(business, () -> pool.withTransaction(work));
    }

    public Shares shares() {
        return shares;
    }

    Future<Void> close() {
        return pool.close();
    }
}
