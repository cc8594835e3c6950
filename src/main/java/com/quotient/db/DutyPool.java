package com.quotient.db;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PrepareOptions;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Query;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.TransactionRollbackException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections of one duty. In addition to the client's pool:
 *
 * <ul> <li>a waiter that timed out leaves the queue, even if it waits for a single statement; <li>work without a
 * connection always fails with {@link NoConnection}; <li>an idle connection may have been lost, so a read and the start
 * of a transaction are retried once on another one; a write is not, because it may have been executed; <li>all
 * connections can be replaced at once. </ul>
 *
 * Thread-safe.
 */
final class DutyPool implements Pool {
    private static final Logger log = LoggerFactory.getLogger(DutyPool.class);
    private static final Pattern READ = Pattern.compile("\\s*(SELECT|WITH)\\b");
    private static final Pattern WRITE = Pattern.compile("\\b(INSERT|UPDATE|DELETE|MERGE)\\b");

    /** The client detects the loss before its pool does; the pool would offer the same connection again. */
    private static final long RETRY_DELAY_MILLIS = 5;

    private final Vertx vertx;
    private final String duty;
    private final Supplier<Pool> maker;
    private final Consumer<Throwable> failed;
    private volatile Pool connections;

    /**
     * @param maker creates the client's pool, and a new one for {@link #renew()}
     * @param failed receives every failure of a connection or a statement
     */
    DutyPool(Vertx vertx, String duty, Supplier<Pool> maker, Consumer<Throwable> failed) {
        this.vertx = vertx;
        this.duty = duty;
        this.maker = maker;
        this.failed = failed;
        this.connections = maker.get();
    }

    /** Replaces all connections. Running single statements still complete; transactions do not. */
    void renew() {
        Pool before = connections;
        connections = maker.get();
        before.close().onFailure(failure -> log.debug("The former connections for {} did not close", duty, failure));
    }

    @Override
    public Future<SqlConnection> getConnection() {
        Pool from = connections;
        return from.getConnection().recover(failure -> {
            if (from != connections) {
                return getConnection();
            }
            failed.accept(failure);
            return Future.failedFuture(NoConnection.missing(duty, failure));
        });
    }

    @Override
    public <T> Future<T> withConnection(Function<SqlConnection, Future<T>> work) {
        return getConnection().compose(connection -> guarded(connection, () -> work.apply(connection))
                .onComplete(done -> connection.close()));
    }

    @Override
    public <T> Future<T> withTransaction(Function<SqlConnection, Future<T>> work) {
        return onceMoreIf(DutyPool::isLost, this::begun)
                .compose(connection -> guarded(connection, () -> inTransaction(connection, work))
                        .onComplete(done -> connection.close()));
    }

    /** Runs one statement on a pooled connection; a read whose connection was lost is retried once. */
    <T> Future<T> statement(String sql, Function<SqlConnection, Future<T>> work) {
        return onceMoreIf(failure -> isLost(failure) && isRead(sql), () -> withConnection(work));
    }

    /** Runs one prepared statement. */
    @Override
    public Query<RowSet<Row>> query(String sql) {
        return preparedQuery(sql);
    }

    @Override
    public PreparedQuery<RowSet<Row>> preparedQuery(String sql) {
        return new PooledQuery<>(this, sql, connection -> connection.preparedQuery(sql));
    }

    @Override
    public PreparedQuery<RowSet<Row>> preparedQuery(String sql, PrepareOptions options) {
        return new PooledQuery<>(this, sql, connection -> connection.preparedQuery(sql, options));
    }

    @Override
    public int size() {
        return connections.size();
    }

    @Override
    public Future<Void> close() {
        return connections.close();
    }

    private <T> Future<T> onceMoreIf(Predicate<Throwable> passes, Supplier<Future<T>> work) {
        return work.get()
                .recover(failure -> passes.test(failure)
                        ? vertx.timer(RETRY_DELAY_MILLIS).compose(done -> work.get())
                        : Future.failedFuture(failure));
    }

    private Future<SqlConnection> begun() {
        return getConnection().compose(connection -> guarded(connection, connection::begin)
                .map(connection)
                .onFailure(failure -> connection.close()));
    }

    private static <T> Future<T> inTransaction(SqlConnection connection, Function<SqlConnection, Future<T>> work) {
        Transaction transaction = connection.transaction();
        return attempt(() -> work.apply(connection))
                .compose(
                        result -> transaction.commit().map(result),
                        failure -> failure instanceof TransactionRollbackException
                                ? Future.failedFuture(failure)
                                : transaction.rollback().transform(done -> Future.failedFuture(failure)));
    }

    /** Maps the client's exceptions for a lost connection to one, and reports every failure. */
    private <T> Future<T> guarded(SqlConnection connection, Supplier<Future<T>> work) {
        Pool from = connections;
        AtomicBoolean closed = new AtomicBoolean();
        connection.closeHandler(done -> closed.set(true));
        connection.exceptionHandler(failure -> log.debug("A connection for {} broke", duty, failure));
        return attempt(work).recover(failure -> {
            boolean lost = PgErrors.sqlState(failure) == null
                    ? failure instanceof ClosedConnectionException
                            || failure instanceof VertxException && (closed.get() || from != connections)
                    : PgErrors.isConnectionEnded(failure);
            Throwable named = lost ? NoConnection.lost(duty, failure) : failure;
            failed.accept(named);
            return Future.failedFuture(named);
        });
    }

    private static <T> Future<T> attempt(Supplier<Future<T>> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            return Future.failedFuture(e);
        }
    }

    private static boolean isLost(Throwable failure) {
        return failure instanceof NoConnection connection && connection.isLost();
    }

    private static boolean isRead(String sql) {
        return READ.matcher(sql).lookingAt() && !WRITE.matcher(sql).find();
    }
}
