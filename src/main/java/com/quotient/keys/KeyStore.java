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
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The SQL by which validation reads keys: one by hash, or all changes since a version. */
final class KeyStore {
    private static final Logger log = LoggerFactory.getLogger(KeyStore.class);

    /** Rows per batch; two batches are in memory at once. */
    private static final int FETCH = 2000;

    /** The maximum number of changes read in one statement and round trip; more are read in batches. */
    private static final int FEW = 200;

    private static final String COLUMNS = """
            k.id, k.business_id, b.name, k.tier, k.name, k.scopes, k.allowed_origins, k.allow_missing_origin,
            k.allowed_ips, k.rate_limit, k.rate_window_seconds, k.expires_at, k.status, k.trial::text
            """;
    private static final String KEYS =
            "SELECT k.hash, " + COLUMNS + " FROM api_key k JOIN business b ON b.id = k.business_id";
    private static final String BY_HASH = KEYS + " WHERE k.hash = $1";
    private static final String BY_ID = KEYS + " WHERE k.id = $1";
    private static final String ABOVE_VERSION = KEYS + " WHERE k.version > $1";
    private static final String DELETED_ABOVE_VERSION = "SELECT hash FROM key_tombstone WHERE version > $1";
    private static final String SNAPSHOT = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY";

    /** The current position of the history, and whether it continues from another position ($1, $2). */
    private static final String POSITION = """
            SELECT v.version, h.stamp,
                   v.version >= $1 AND EXISTS (SELECT FROM key_history WHERE version = $1 AND stamp = $2) AS continued
            FROM key_version v LEFT JOIN key_history h ON h.version = v.version
            """;

    /** One statement sees one snapshot. A deleted key has only its hash. */
    private static final String FEW_CHANGES = """
            SELECT changed.hash, %s, position.version, position.stamp, position.continued
            FROM (%s) position
            LEFT JOIN ((SELECT hash FROM api_key WHERE version > $1 LIMIT $3)
                       UNION (SELECT hash FROM key_tombstone WHERE version > $1 LIMIT $3)) changed ON position.continued
            LEFT JOIN api_key k ON k.hash = changed.hash
            LEFT JOIN business b ON b.id = k.business_id
            """.formatted(COLUMNS, POSITION);

    private static final int ID = 1;
    private static final int VERSION = 15;
    private static final int STAMP = 16;
    private static final int CONTINUED = 17;

    private static final String BEAT = """
            WITH beat AS (
                INSERT INTO pod (id, applied_version, applied_stamp) VALUES ($1, $2, $3)
                ON CONFLICT (id) DO UPDATE SET heartbeat_at = now(), applied_version = excluded.applied_version,
                                               applied_stamp = excluded.applied_stamp)
            SELECT v.version, h.stamp,
                   (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS millis,
                   (SELECT count(*) FROM pod
                    WHERE id <> $1 AND heartbeat_at > now() - $4::bigint * interval '1 millisecond') + 1 AS pods
            FROM key_version v LEFT JOIN key_history h ON h.version = v.version
            """;
    private static final String FORGET_DEAD_PODS =
            "DELETE FROM pod WHERE id = $1 OR heartbeat_at < now() - interval '1 day'";

    /** Receives a read of changes: first the deleted keys, then the others. */
    interface Changes {
        void deleted(KeyHash hash);

        void present(PackedKey key);

        /** Called for every batch, so that a long read is not mistaken for a dead connection. */
        void progress();
    }

    /**
     * The position that a read reached.
     *
     * @param everything whether all keys were read, because the history does not continue from the given position
     */
    record Progress(Position position, boolean everything) {}

    /** The answer to a heartbeat: the position, the database's time, and the number of live servers. */
    record Beat(Position position, long millis, int pods) {}

    /** Publishes the position of this server. */
    Future<Beat> beat(SqlClient client, String podId, Position applied, Duration podTimeout) {
        return client.preparedQuery(BEAT)
                .execute(Tuple.of(podId, applied.version(), applied.stamp(), podTimeout.toMillis()))
                .map(rows -> {
                    Row row = rows.iterator().next();
                    return new Beat(
                            position(row, 0, 1), row.getLong(2), row.getLong(3).intValue());
                });
    }

    /** Removes a pod, and those that died long ago, from the list. */
    Future<?> forget(SqlClient client, String podId) {
        return client.preparedQuery(FORGET_DEAD_PODS).execute(Tuple.of(podId));
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
     * Reads every change since a position, or every key if the history does not continue from there. Changes commit in
     * the order of their versions, so nothing below the returned position can appear later.
     */
    Future<Progress> readSince(SqlConnection connection, Position since, Changes changes) {
        return connection
                .preparedQuery(FEW_CHANGES)
                .execute(Tuple.of(since.version(), since.stamp(), FEW + 1))
                .compose(rows -> {
                    Row first = rows.iterator().next();
                    if (!first.getBoolean(CONTINUED) || rows.size() > FEW) {
                        return readMany(connection, since, changes);
                    }
                    for (Row row : rows) {
                        if (row.getString(ID) != null) {
                            changes.present(key(row));
                        } else if (row.getBuffer(0) != null) {
                            changes.deleted(hash(row));
                        }
                    }
                    return Future.succeededFuture(new Progress(position(first, VERSION, STAMP), false));
                });
    }

    /** Reads batches from one snapshot. After a failure the connection cannot be used any more. */
    private static Future<Progress> readMany(SqlConnection connection, Position since, Changes changes) {
        return connection
                .query(SNAPSHOT)
                .execute()
                .compose(begun -> connection.preparedQuery(POSITION).execute(Tuple.of(since.version(), since.stamp())))
                .compose(rows -> {
                    Row row = rows.iterator().next();
                    boolean everything = !row.getBoolean(2);
                    long above = everything ? Position.START.version() : since.version();
                    Future<Void> deleted = everything
                            ? Future.succeededFuture()
                            : each(
                                    connection,
                                    DELETED_ABOVE_VERSION,
                                    above,
                                    changes,
                                    gone -> changes.deleted(hash(gone)));
                    return deleted.compose(done -> each(
                                    connection, ABOVE_VERSION, above, changes, found -> changes.present(key(found))))
                            .compose(done -> connection.query("COMMIT").execute())
                            .map(new Progress(position(row, 0, 1), everything));
                });
    }

    private static Position position(Row row, int version, int stamp) {
        return new Position(row.getLong(version), row.getUUID(stamp));
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

    /** Uses a promise: a chain of futures would grow with every batch. */
    private static void drain(
            Cursor cursor, Future<RowSet<Row>> batch, Changes changes, Consumer<Row> consumer, Promise<Void> drained) {
        batch.map(rows -> {
                    changes.progress();
                    // Postgres fetches the next batch while this one is consumed.
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

    // Reads columns by position: looking up fifteen names for each of a million rows takes a second.
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
                KeyStatus.of(row.getString(13)),
                row.getString(14));
    }
}
