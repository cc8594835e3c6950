package com.quotient.db;

import com.quotient.db.CertificateHosts.WrongHost;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.DatabaseException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Classifies failed statements by the SQLSTATE classes of Postgres. */
public final class PgErrors {
    private static final String READ_ONLY = "25006";
    private static final String QUERY_CANCELED = "57014";
    private static final String FOREIGN_KEY_VIOLATION = "23503";

    private static final String NOT_IN_PREREQUISITE_STATE = "55000";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /**
     * "The server rejected the connection". The JDBC driver uses this state for a missing password and for a server
     * without TLS.
     */
    private static final String REJECTED = "08004";

    /**
     * Lock not available in time; serialization failure; deadlock; a database that currently accepts no connections.
     */
    private static final Set<String> PASSING_STATES =
            Set.of(READ_ONLY, "55P03", "40001", "40P01", NOT_IN_PREREQUISITE_STATE);

    /**
     * Connection, insufficient resources, operator intervention (shutdown, start, cancelled by a deadline), system
     * error.
     */
    private static final Set<String> PASSING_CLASSES = Set.of("08", "53", "57", "58");

    private PgErrors() {}

    /** The SQLSTATE, or null if the error did not come from the server. */
    public static @Nullable String sqlState(Throwable failure) {
        return failure instanceof DatabaseException error
                ? error.getSqlState()
                : failure instanceof SQLException error ? error.getSQLState() : null;
    }

    /**
     * Whether a retry may succeed later, by itself or after an operator's help: Postgres cannot be reached, is
     * starting, stopping or out of a resource, no connection was free in time, or it refuses this client. Checks causes
     * too, since tools wrap exceptions.
     */
    public static boolean isUnavailable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String state = sqlState(cause);
            if (state != null && state.length() == 5) {
                return PASSING_STATES.contains(state)
                        || PASSING_CLASSES.contains(state.substring(0, 2))
                        || isRefusal(state);
            }
            if (cause instanceof NoConnection
                    || cause instanceof ClosedConnectionException
                    || cause instanceof IOException
                    || cause instanceof TimeoutException) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether Postgres refuses this client: its login, permissions, database or certificate. Only an operator can help.
     */
    public static boolean isRefused(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String state = sqlState(cause);
            if (state != null && isRefusal(state)
                    || cause instanceof CertificateException
                    || cause instanceof WrongHost) {
                return true;
            }
        }
        return false;
    }

    private static boolean isRefusal(String state) {
        return state.startsWith("28")
                || state.startsWith("3D")
                || state.equals(INSUFFICIENT_PRIVILEGE)
                || state.equals(REJECTED);
    }

    /**
     * Whether the values are invalid, so that every retry would fail: data exceptions (22), violated constraints (23),
     * rows affected twice (21), exceeded program limits (54).
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

    /** Whether the statement was cancelled by its timeout. */
    public static boolean isTimeout(Throwable failure) {
        return QUERY_CANCELED.equals(sqlState(failure));
    }

    /** Whether a row refers to one that does not exist. */
    public static boolean isMissingReference(Throwable failure) {
        return FOREIGN_KEY_VIOLATION.equals(sqlState(failure));
    }

    /** Whether an operator or a shutdown ended the connection, and with it the statement. */
    static boolean isConnectionEnded(Throwable failure) {
        String state = sqlState(failure);
        return state != null && (state.equals("57P01") || state.equals("57P02"));
    }

    /** Whether the server is read-only: after a failover, a connection may lead to the new standby. */
    public static boolean isReadOnly(Throwable failure) {
        return READ_ONLY.equals(sqlState(failure));
    }
}
