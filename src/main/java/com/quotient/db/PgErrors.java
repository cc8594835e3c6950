package com.quotient.db;

import io.vertx.sqlclient.DatabaseException;
import org.jspecify.annotations.Nullable;

/** What a failed statement means for whoever sent it, by the SQLSTATE classes of Postgres. */
public final class PgErrors {
    private static final String READ_ONLY = "25006";

    private PgErrors() {}

    /** The five characters that name the error, or null when it did not come from the server. */
    public static @Nullable String sqlState(Throwable failure) {
        return failure instanceof DatabaseException error ? error.getSqlState() : null;
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

    /** Whether the server takes no writes: after a failover a connection may lead to what is a standby now. */
    public static boolean isReadOnly(Throwable failure) {
        return READ_ONLY.equals(sqlState(failure));
    }
}
