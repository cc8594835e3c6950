package com.quotient.keys;

import com.quotient.address.IpRules;
import com.quotient.origin.OriginRules;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How validation reads keys: one by hash, or everything above a version. */
final class KeyStore {
    private static final Logger log = LoggerFactory.getLogger(KeyStore.class);

    /** Rows of a read that are held at once. */
    private static final int FETCH = 2000;

    private static final String COLUMNS = """
            SELECT k.hash, k.id, k.business_id, b.name AS business_name, k.tier, k.name, k.scopes, k.allowed_origins,
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

        void present(KeyRecord key);

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
                .map(rows -> rows.size() == 0 ? null : record(rows.iterator().next()));
    }

    /**
     * Hands out, from one snapshot, every change above a version; the answer is the version of that snapshot. Changes
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
                    long above = seen < version ? -1 : version;
                    return each(connection, DELETED_ABOVE_VERSION, above, changes, row -> changes.deleted(hash(row)))
                            .compose(done -> each(
                                    connection, ABOVE_VERSION, above, changes, row -> changes.present(record(row))))
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
            return drain(cursor, changes, consumer).eventually(() -> close(cursor, statement));
        });
    }

    private static Future<Void> drain(Cursor cursor, Changes changes, Consumer<Row> consumer) {
        return cursor.read(FETCH).compose(rows -> {
            changes.progress();
            rows.forEach(consumer);
            return cursor.hasMore() ? drain(cursor, changes, consumer) : Future.succeededFuture();
        });
    }

    private static Future<Void> close(Cursor cursor, PreparedStatement statement) {
        return (cursor.isClosed() ? Future.<Void>succeededFuture() : cursor.close()).eventually(statement::close);
    }

    private static KeyHash hash(Row row) {
        return KeyHash.ofBytes(row.getBuffer("hash").getBytes());
    }

    private static KeyRecord record(Row row) {
        String id = row.getString("id");
        KeyTier tier = KeyTier.of(row.getString("tier"));
        List<String> scopes = List.of(row.getArrayOfStrings("scopes"));
        KeyStatus status = KeyStatus.of(row.getString("status"));
        OriginRules origins = OriginRules.none();
        IpRules ips = IpRules.none();
        try {
            origins = OriginRules.of(List.of(row.getArrayOfStrings("allowed_origins")));
            ips = IpRules.of(List.of(row.getArrayOfStrings("allowed_ips")));
        } catch (IllegalArgumentException e) {
            // Only an edit behind the server's back can do this. The rules are unknown, so the key opens nothing.
            log.error("Key {} has rules that cannot be read and is treated as disabled: {}", id, e.getMessage());
            status = status == KeyStatus.ACTIVE ? KeyStatus.DISABLED : status;
        }
        Integer rateLimit = row.getInteger("rate_limit");
        OffsetDateTime expiresAt = row.getOffsetDateTime("expires_at");
        return new KeyRecord(
                hash(row),
                id,
                row.getString("business_id"),
                row.getString("business_name"),
                tier,
                row.getString("name"),
                scopes,
                Scope.bits(Scope.effective(tier, scopes)),
                origins,
                row.getBoolean("allow_missing_origin"),
                ips,
                rateLimit == null ? null : new RateLimit(rateLimit, row.getInteger("rate_window_seconds")),
                expiresAt == null ? KeyRecord.NEVER : expiresAt.toInstant().toEpochMilli(),
                status);
    }
}
