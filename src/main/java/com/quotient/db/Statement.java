package com.quotient.db;

import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * SQL text and its parameters while they grow together: fragments are constants of the program, values are parameters
 * always. Belongs to one thread.
 */
public final class Statement {
    private final StringBuilder sql;
    private final Tuple parameters = Tuple.tuple();

    public Statement(String start) {
        sql = new StringBuilder(start);
    }

    /** Appends a fragment. */
    public Statement add(String fragment) {
        sql.append(fragment);
        return this;
    }

    /** Appends a fragment and behind it the place of a parameter. */
    public Statement add(String fragment, @Nullable Object parameter) {
        parameters.addValue(parameter instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : parameter);
        sql.append(fragment).append('$').append(parameters.size());
        return this;
    }

    /** Appends a condition with its parameter, or nothing when the parameter is null. */
    public Statement addIfGiven(String condition, @Nullable Object parameter) {
        return parameter == null ? this : add(condition, parameter);
    }

    /** For a business, on a connection of its share. */
    public Future<RowSet<Row>> execute(SharedPool pool, String business) {
        return pool.execute(business, sql.toString(), parameters);
    }

    public Future<RowSet<Row>> execute(SqlClient client) {
        return client.preparedQuery(sql.toString()).execute(parameters);
    }
}
