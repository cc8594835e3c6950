package com.quotient.db;

/** The database is too old for the schema and the statements. Retrying does not help. */
public final class UnsupportedPostgres extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** The oldest accepted major version. */
    static final int OLDEST = 15;

    private UnsupportedPostgres(String message) {
        super(message);
    }

    /** Fails if this version is too old. */
    static void refuse(int major, String version, DatabaseUrl url) {
        if (major < OLDEST) {
            throw new UnsupportedPostgres("The database " + url + " is Postgres " + version
                    + ", which is too old for Quotient; use version " + OLDEST + " or newer.");
        }
    }
}
