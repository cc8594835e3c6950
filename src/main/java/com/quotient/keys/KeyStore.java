package com.quotient.keys;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How validation reads keys: one by hash, or everything above a version. */
final class KeyStore {
    private static final Logger log = LoggerFactory.getLogger(KeyStore.class);

    /** The version of which nothing is known: all keys are above it, and there is nothing to delete. */
    static final long EVERYTHING = -1;

    /** Rows of one batch; two batches are held at once. */
    private static final int FETCH = 2000;

    private static final String COLUMNS = """
            SELECT k.hash, k.id, k.business_id, b.name, k.tier, k.name, k.scopes, k.allowed_origins,
                   k.allow_missing_origin, k.allowed_ips, k.rate_limit, k.rate_window_seconds, k.expires_at, k.status
            FROM api_key k JOIN business b ON b.id = k.business_id
            """;
    private static final String BY_HASH = COLUMNS + " WHERE k.hash = $1";
    private static final String BY_ID = COLUMNS + " WHERE k.id = $1";
    private static final String ABOVE_VERSION = COLUMNS + " WHERE k.version > $1";
    private static final String DELETED_ABOVE_VERSION = "SELECT hash FROM key_tombstone WHERE version > $1";
    private static final String VERSION = "SELECT version FROM key_version";
    private static final String SNAPSHOT = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY";

    /** What a read of changes hands out, in this order: first what is gone, then what is there. */
    interface Changes {
        void deleted(KeyHash hash);

        void present(PackedKey key);

        /** Called once for every batch, so that a long read is not taken for a dead connection. */
        void progress();
    }

    Future<@Nullable KeyRecord> find(SqlClient client, KeyHash hash) {
        return find(client, BY_HASH, Buffer.buffer(hash.bytes()));
    }

    Future<@Nullable KeyRecord> find(SqlClient client, String keyId) {
        return find(client, BY_ID, keyId);
    }

    private static Future<@Nullable KeyRecord> find(SqlClient client, String sql, Object what) {
        return client.preparedQuery(sql)
                .execute(Tuple.of(what))
                .map(rows ->
                        rows.size() == 0 ? null : key(rows.iterator().next()).unpack(log::error));
    }

    /**
     * Hands out, from one snapshot, every change above a version, or {@link #EVERYTHING}; the answer is the version of that snapshot. Changes
     * commit in the order of their versions, so nothing below it can appear later.
     */
    Future<Long> readAbove(SqlConnection connection, long version, Changes changes) {
        return connection.begin().compose(transaction -> connection
                .query(SNAPSHOT)
                .execute()
                .compose(done -> connection.preparedQuery(VERSION).execute())
                .compose(rows -> {
                    long seen = rows.iterator().next().getLong(0);
                    // A counter below ours means that the database was restored from an older state: read all of it.
                    long above = seen < version ? EVERYTHING : version;
                    Future<Void> deleted = above == EVERYTHING
                            ? Future.succeededFuture()
                            : each(
                                    connection,
                                    DELETED_ABOVE_VERSION,
                                    above,
                                    changes,
                                    row -> changes.deleted(hash(row)));
                    return deleted.compose(done ->
                                    each(connection, ABOVE_VERSION, above, changes, row -> changes.present(key(row))))
                            .compose(done -> transaction.commit())
                            .map(seen);
                })
                .recover(failure -> rollback(transaction, failure)));
    }

    private static Future<Long> rollback(Transaction transaction, Throwable failure) {
        return transaction.rollback().transform(done -> Future.failedFuture(failure));
    }

    private static Future<Void> each(
            SqlConnection connection, String sql, long above, Changes changes, Consumer<Row> consumer) {
        return connection.prepare(sql).compose(statement -> {
            Cursor cursor = statement.cursor(Tuple.of(above));
            Promise<Void> drained = Promise.promise();
            drain(cursor, cursor.read(FETCH), changes, consumer, drained);
            return drained.future().eventually(() -> close(cursor, statement));
        });
    }

    /** With a promise, since futures nested in futures would grow with every batch. */
    private static void drain(
            Cursor cursor, Future<RowSet<Row>> batch, Changes changes, Consumer<Row> consumer, Promise<Void> drained) {
        batch.map(rows -> {
                    changes.progress();
                    // Postgres fetches the next rows while these are consumed.
                    Optional<Future<RowSet<Row>>> next =
                            cursor.hasMore() ? Optional.of(cursor.read(FETCH)) : Optional.empty();
                    rows.forEach(consumer);
                    return next;
                })
                .onFailure(drained::fail)
                .onSuccess(next -> next.ifPresentOrElse(
                        rows -> drain(cursor, rows, changes, consumer, drained), drained::complete));
    }

    private static Future<Void> close(Cursor cursor, PreparedStatement statement) {
        return (cursor.isClosed() ? Future.<Void>succeededFuture() : cursor.close()).eventually(statement::close);
    }

    private static KeyHash hash(Row row) {
        return KeyHash.ofBytes(row.getBuffer(0).getBytes());
    }

    // By position: to look fourteen names up for each of a million rows takes a second.
    private static PackedKey key(Row row) {
        Integer rateLimit = row.getInteger(10);
        OffsetDateTime expiresAt = row.getOffsetDateTime(12);
        return new PackedKey(
                hash(row),
                row.getString(1),
                row.getString(2),
                row.getString(3),
                KeyTier.of(row.getString(4)),
                row.getString(5),
                List.of(row.getArrayOfStrings(6)),
                List.of(row.getArrayOfStrings(7)),
                row.getBoolean(8),
                List.of(row.getArrayOfStrings(9)),
                rateLimit == null ? null : new RateLimit(rateLimit, row.getInteger(11)),
                expiresAt == null ? KeyRecord.NEVER : expiresAt.toInstant().toEpochMilli(),
                KeyStatus.of(row.getString(13)));
    }
}
