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
 * Builds SQL text and its parameters. Fragments are constants of the program; values are always parameters. Used by one
 * thread.
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

    /** Appends a fragment, followed by a parameter. */
    public Statement add(String fragment, @Nullable Object parameter) {
        parameters.addValue(parameter instanceof Instant time ? time.atOffset(ZoneOffset.UTC) : parameter);
        sql.append(fragment).append('$').append(parameters.size());
        return this;
    }

    /** Appends a condition with its parameter, or nothing if the parameter is null. */
    public Statement addIfGiven(String condition, @Nullable Object parameter) {
        return parameter == null ? this : add(condition, parameter);
    }

    /** Executes the statement for a business, on a connection of its share. */
    public Future<RowSet<Row>> execute(SharedPool pool, String business) {
        return pool.execute(business, sql.toString(), parameters);
    }

    /** As {@link #execute}, for a statement that selects one count. */
    public Future<Long> count(SharedPool pool, String business) {
        return execute(pool, business).map(rows -> rows.iterator().next().getLong(0));
    }

    public Future<RowSet<Row>> execute(SqlClient client) {
        return client.preparedQuery(sql.toString()).execute(parameters);
    }
}
