package com.quotient.idempotency;

import com.quotient.db.Database;
import com.quotient.db.SharedPool;
import com.quotient.http.Answer.Replayed;
import com.quotient.http.Idempotency.Named;
import com.quotient.keys.KeyTier;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The table of idempotency keys. Thread-safe. */
final class IdempotencyStore {
    /** Claims the key if it is free, or if its lease or its kept answer expired. */
    private static final String CLAIM = """
            INSERT INTO idempotency AS known (business_id, tier, key, fingerprint, claim, expires_at)
            VALUES ($1, $2, $3, $4, $5, now() + $6::bigint * interval '1 millisecond')
            ON CONFLICT (business_id, tier, key) DO UPDATE
            SET fingerprint = excluded.fingerprint, claim = excluded.claim, expires_at = excluded.expires_at,
                status = NULL, body = NULL
            WHERE known.expires_at <= now()
            """;

    private static final String FIND = """
            SELECT fingerprint = $4 AS same, status, body FROM idempotency
            WHERE business_id = $1 AND tier = $2 AND key = $3 AND expires_at > now()
            """;
    private static final String KEEP = """
            UPDATE idempotency SET status = $5, body = $6, expires_at = now() + $7::bigint * interval '1 millisecond'
            WHERE business_id = $1 AND tier = $2 AND key = $3 AND claim = $4
            """;
    /** A key with an answer is not freed: the confirmation of the commit that stored it may have been lost. */
    private static final String RELEASE = """
            DELETE FROM idempotency
            WHERE business_id = $1 AND tier = $2 AND key = $3 AND claim = $4 AND status IS NULL
            """;

    static final String FORGET = """
            DELETE FROM idempotency
            WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM idempotency WHERE expires_at <= now() ORDER BY expires_at LIMIT $1
                FOR UPDATE SKIP LOCKED))
            """;

    private final SharedPool pool;
    private final Pool maintenance;

    IdempotencyStore(Database database) {
        this.pool = database.features();
        this.maintenance = database.maintenance();
    }

    /**
     * The state of a key.
     *
     * @param same whether it belongs to an equal request
     * @param answer the kept answer; null while the request runs
     */
    record Known(boolean same, @Nullable Replayed answer) {}

    /** Returns whether this claim now holds the key, for the time of the lease. */
    Future<Boolean> claim(Named request, long claim, Duration lease) {
        return pool.execute(
                        request.businessId(),
                        CLAIM,
                        key(request)
                                .addBuffer(request.fingerprint())
                                .addLong(claim)
                                .addLong(lease.toMillis()))
                .map(rows -> rows.rowCount() > 0);
    }

    /** Null if the key is free. */
    Future<@Nullable Known> find(Named request) {
        return pool.execute(request.businessId(), FIND, key(request).addBuffer(request.fingerprint()))
                .map(IdempotencyStore::known);
    }

    /** Keeps the answer if the claim still holds the key; returns whether it does. */
    Future<Boolean> keep(Named request, long claim, Replayed answer, Duration retention) {
        return pool.execute(
                        request.businessId(),
                        KEEP,
                        key(request)
                                .addLong(claim)
                                .addInteger(answer.status())
                                .addBuffer(answer.body())
                                .addLong(retention.toMillis()))
                .map(rows -> rows.rowCount() > 0);
    }

    /** Frees the key if the claim still holds it. */
    Future<Void> release(Named request, long claim) {
        return pool.execute(request.businessId(), RELEASE, key(request).addLong(claim))
                .mapEmpty();
    }

    /** Deletes a bounded number of expired keys and returns their number. */
    Future<Integer> forget(int maximum) {
        return maintenance.preparedQuery(FORGET).execute(Tuple.of(maximum)).map(RowSet::rowCount);
    }

    private static Tuple key(Named request) {
        return Tuple.tuple()
                .addString(request.businessId())
                .addString(request.tier() == KeyTier.PUBLIC ? "pk" : "sk")
                .addString(request.name());
    }

    private static @Nullable Known known(RowSet<Row> rows) {
        if (rows.size() == 0) {
            return null;
        }
        Row row = rows.iterator().next();
        Integer status = row.getInteger("status");
        return new Known(row.getBoolean("same"), status == null ? null : new Replayed(status, row.getBuffer("body")));
    }
}
