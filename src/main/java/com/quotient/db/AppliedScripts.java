package com.quotient.db;

import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.callback.Callback;
import org.flywaydb.core.api.callback.Context;
import org.flywaydb.core.api.callback.Event;

/**
 * Notes each script in the transaction that applies it. Flyway commits its history after the script, in another
 * transaction. If a server died between the two, every later start would apply the script again and fail. So each
 * migration begins by adding to the history what it lacks.
 */
final class AppliedScripts implements Callback {
    private static final String TABLE = """
            CREATE TABLE IF NOT EXISTS applied_script (
                version text PRIMARY KEY, description text NOT NULL, type text NOT NULL, script text NOT NULL, checksum int)
            """;
    private static final String NOTE = "INSERT INTO applied_script VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";

    /** A server that is about to commit the same row holds this one up, and then nothing is lacking. */
    private static final String COMPLETE = """
            DO $$ BEGIN
                IF to_regclass('applied_script') IS NOT NULL THEN
                    INSERT INTO flyway_schema_history
                    SELECT (SELECT coalesce(max(installed_rank), 0) FROM flyway_schema_history)
                            + row_number() OVER (ORDER BY string_to_array(version, '.')::int[]),
                        version, description, type, script, checksum, current_user, now(), 0, true
                    FROM applied_script
                    WHERE version NOT IN (SELECT version FROM flyway_schema_history WHERE version IS NOT NULL)
                    ON CONFLICT DO NOTHING;
                END IF;
            END $$
            """;

    @Override
    public boolean supports(Event event, Context context) {
        return event == Event.BEFORE_MIGRATE || event == Event.AFTER_EACH_MIGRATE;
    }

    @Override
    public boolean canHandleInTransaction(Event event, Context context) {
        return true;
    }

    @Override
    public void handle(Event event, Context context) {
        try {
            if (event == Event.BEFORE_MIGRATE) {
                execute(context, COMPLETE);
            } else {
                execute(context, TABLE);
                note(context, context.getMigrationInfo());
            }
        } catch (SQLException e) {
            throw new FlywayException("The applied scripts could not be noted: " + e.getMessage(), e);
        }
    }

    @Override
    public String getCallbackName() {
        return "applied scripts";
    }

    private static void execute(Context context, String sql) throws SQLException {
        try (Statement statement = context.getConnection().createStatement()) {
            statement.execute(sql);
        }
    }

    private static void note(Context context, MigrationInfo applied) throws SQLException {
        try (PreparedStatement statement = context.getConnection().prepareStatement(NOTE)) {
            statement.setString(1, applied.getVersion().getVersion());
            statement.setString(2, applied.getDescription());
            statement.setString(3, applied.getType().name());
            statement.setString(4, applied.getScript());
            statement.setObject(5, applied.getChecksum());
            statement.executeUpdate();
        }
    }
}
