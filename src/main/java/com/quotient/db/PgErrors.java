package com.quotient.db;

import io.vertx.core.VertxException;
import io.vertx.sqlclient.DatabaseException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What a failed statement means for whoever sent it, by the SQLSTATE classes of Postgres. */
public final class PgErrors {
    private static final String READ_ONLY = "25006";
    private static final String FOREIGN_KEY_VIOLATION = "23503";

    /** Lock not available in time; serialization failure; deadlock. */
    private static final Set<String> PASSING_STATES = Set.of(READ_ONLY, "55P03", "40001", "40P01");

    /** Connection, insufficient resources, operator intervention (shutdown, start, cancelled by a deadline), system error. */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "53", "57", "58");

    private PgErrors() {}

    /** The five characters that name the error, or null when it did not come from the server. */
    public static @Nullable String sqlState(Throwable failure) {
        return failure instanceof DatabaseException error
                ? error.getSqlState()
                : failure instanceof SQLException error ? error.getSQLState() : null;
    }

    /**
     * Whether the same may succeed a moment later: the server cannot be reached, is starting, stopping or short of
     * something, or no connection was free in time. Causes count, since JDBC tools wrap them.
     */
    public static boolean isUnavailable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String state = sqlState(cause);
            if (state != null && state.length() == 5) {
                return PASSING_STATES.contains(state) || PASSING_CLASSES.contains(state.substring(0, 2));
            }
            // Pools and connections report a full queue, a timeout or a closed socket in types without an SQLSTATE.
            if (cause instanceof IOException || cause instanceof TimeoutException || cause instanceof VertxException) {
                return true;
            }
        }
        // The pool's timeout is a failure with a message and no class that one may name.
        return failure.getClass().getSimpleName().equals("NoStackTraceThrowable");
    }

    /**
     * Whether the values are at fault, so that the same statement would fail for ever: data exceptions (22), violated
     * constraints (23), rows named twice (21), exceeded limits of the program (54).
     */
    public static boolean isDataFault(Throwable failure) {
        String state = sqlState(failure);
        if (state == null || state.length() != 5) {
            return false;
        }
        return switch (state.substring(0, 2)) {
            case "21", "22", "23", "54" -> true;
            default -> false;
        };
    }

    /** Whether a row refers to one that is not there, or not any more. */
    public static boolean isMissingReference(Throwable failure) {
        return FOREIGN_KEY_VIOLATION.equals(sqlState(failure));
    }

    /** Whether the server takes no writes: after a failover a connection may lead to what is a standby now. */
    public static boolean isReadOnly(Throwable failure) {
        return READ_ONLY.equals(sqlState(failure));
    }
}
