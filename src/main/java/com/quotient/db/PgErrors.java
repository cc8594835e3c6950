package com.quotient.db;

import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.DatabaseException;
import java.io.IOException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What a failed statement means for whoever sent it, by the SQLSTATE classes of Postgres. */
public final class PgErrors {
    private static final String READ_ONLY = "25006";
    private static final String QUERY_CANCELED = "57014";
    private static final String FOREIGN_KEY_VIOLATION = "23503";

    private static final String NOT_IN_PREREQUISITE_STATE = "55000";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";

    /**
     * The state of "the server rejected the connection", which the JDBC driver uses for a missing password and for a server
     * without TLS.
     */
    private static final String REJECTED = "08004";

    /** Lock not available in time; serialization failure; deadlock; a database that takes no connections at present. */
    private static final Set<String> PASSING_STATES =
            Set.of(READ_ONLY, "55P03", "40001", "40P01", NOT_IN_PREREQUISITE_STATE);

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
     * Whether the same may succeed a moment later, by itself or because an operator helps: the server cannot be reached, is
     * starting, stopping or short of something, no connection was free in time, or it refuses this server. Causes count,
     * since tools wrap them.
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
     * Whether the server answers and refuses this client: its login, its rights, its database, its certificate. Only an
     * operator can help.
     */
    public static boolean isRefused(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            String state = sqlState(cause);
            if (state != null && isRefusal(state) || cause instanceof CertificateException) {
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

    /** Whether the server gave the statement up because it took longer than it may. */
    public static boolean isTimeout(Throwable failure) {
        return QUERY_CANCELED.equals(sqlState(failure));
    }

    /** Whether a row refers to one that is not there, or not any more. */
    public static boolean isMissingReference(Throwable failure) {
        return FOREIGN_KEY_VIOLATION.equals(sqlState(failure));
    }

    /** Whether the server ended the connection, and with it the statement: an operator or a shutdown did. */
    static boolean isConnectionEnded(Throwable failure) {
        String state = sqlState(failure);
        return state != null && (state.equals("57P01") || state.equals("57P02"));
    }

    /** Whether the server takes no writes: after a failover a connection may lead to what is a standby now. */
    public static boolean isReadOnly(Throwable failure) {
        return READ_ONLY.equals(sqlState(failure));
    }
}
