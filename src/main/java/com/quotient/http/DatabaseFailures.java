package com.quotient.http;

import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import java.io.IOException;
import java.util.Set;
import java.util.concurrent.TimeoutException;

/** Tells a database that cannot be reached, which passes, from a fault of the server. */
final class DatabaseFailures {
    /**
     * SQLSTATE classes: connection, insufficient resources, operator intervention (shutdown, cancel by timeout), system
     * error.
     */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "53", "57", "58");

    /** Lock not available; read-only after a failover. */
    private static final Set<String> PASSING_STATES = Set.of("55P03", "25006");

    private DatabaseFailures() {}

    static boolean isUnavailable(Throwable failure) {
        if (failure instanceof PgException e) {
            String state = String.valueOf(e.getSqlState());
            return PASSING_STATES.contains(state)
                    || (state.length() == 5 && PASSING_CLASSES.contains(state.substring(0, 2)));
        }
        if (failure instanceof IOException || failure instanceof TimeoutException) {
            return true;
        }
        // The pool and the client report closed connections and full queues so, without a type of their own.
        return failure instanceof VertxException
                || failure.getClass().getName().startsWith("io.vertx.sqlclient")
                || failure.getClass().getName().startsWith("io.vertx.core.impl.NoStackTrace");
    }
}
