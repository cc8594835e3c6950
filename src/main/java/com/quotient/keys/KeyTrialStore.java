package com.quotient.keys;

import io.vertx.core.Future;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import org.jspecify.annotations.Nullable;

/** Writes which restrictions of a key are on trial. */
final class KeyTrialStore {
    private static final String WRITE = "UPDATE api_key SET trial = $2::jsonb WHERE id = $1";
    private static final String FORGET = "DELETE FROM key_trial_day WHERE key_id = $1";

    /** Begins a trial, or with null ends one. What the one before would have refused is forgotten. */
    Future<Void> begin(SqlConnection connection, String keyId, @Nullable KeyTrial trial) {
        return write(connection, keyId, trial)
                .compose(done -> connection.preparedQuery(FORGET).execute(Tuple.of(keyId)))
                .mapEmpty();
    }

    /** Changes a trial and keeps its counts. */
    Future<Void> write(SqlConnection connection, String keyId, @Nullable KeyTrial trial) {
        return connection
                .preparedQuery(WRITE)
                .execute(Tuple.tuple().addString(keyId).addJsonObject(trial == null ? null : trial.json()))
                .mapEmpty();
    }
}
