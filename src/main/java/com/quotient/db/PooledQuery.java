package com.quotient.db;

import io.vertx.core.Future;
import io.vertx.sqlclient.PreparedQuery;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.SqlResult;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collector;

/** A query that takes a connection of a {@link DutyPool} while it runs. */
final class PooledQuery<T> implements PreparedQuery<T> {
    private final DutyPool pool;
    private final String sql;
    private final Function<SqlConnection, PreparedQuery<T>> prepare;

    PooledQuery(DutyPool pool, String sql, Function<SqlConnection, PreparedQuery<T>> prepare) {
        this.pool = pool;
        this.sql = sql;
        this.prepare = prepare;
    }

    @Override
    public Future<T> execute() {
        return pool.statement(sql, connection -> prepare.apply(connection).execute());
    }

    @Override
    public Future<T> execute(Tuple tuple) {
        return pool.statement(sql, connection -> prepare.apply(connection).execute(tuple));
    }

    @Override
    public Future<T> executeBatch(List<Tuple> batch) {
        return pool.statement(sql, connection -> prepare.apply(connection).executeBatch(batch));
    }

    @Override
    public <R> PreparedQuery<SqlResult<R>> collecting(Collector<Row, ?, R> collector) {
        return new PooledQuery<>(pool, sql, prepare.andThen(query -> query.collecting(collector)));
    }

    @Override
    public <U> PreparedQuery<RowSet<U>> mapping(Function<Row, U> mapper) {
        return new PooledQuery<>(pool, sql, prepare.andThen(query -> query.mapping(mapper)));
    }
}
