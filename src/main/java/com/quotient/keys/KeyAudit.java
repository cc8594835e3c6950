package com.quotient.keys;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/** Reads who did what to keys. Thread-safe. */
public final class KeyAudit {
    private static final String PAGE = """
            SELECT id, at, business_id, key_id, action, actor, source, before, after FROM key_audit
            WHERE ($1::text IS NULL OR business_id = $1) AND ($2::text IS NULL OR key_id = $2)
                AND ($3::text IS NULL OR action = $3) AND ($4::timestamptz IS NULL OR at >= $4)
                AND ($5::bigint IS NULL OR (at, id) < (SELECT at, id FROM key_audit WHERE id = $5))
            ORDER BY at DESC, id DESC LIMIT $6
            """;

    private final Pool pool;

    public KeyAudit(Pool pool) {
        this.pool = pool;
    }

    /**
     * Which entries are asked for; what is null does not matter.
     *
     * @param since the first moment that matters
     * @param before the id of the entry before which to go on, the newest first
     */
    public record Filter(
            @Nullable String businessId,
            @Nullable String keyId,
            @Nullable String action,
            @Nullable Instant since,
            @Nullable Long before) {}

    /** The newest first, at most so many. For operators only, unless the filter names a business. */
    public Future<List<AuditEntry>> entries(Filter filter, int most) {
        return pool.preparedQuery(PAGE)
                .execute(Tuple.of(
                        filter.businessId(),
                        filter.keyId(),
                        filter.action(),
                        filter.since() == null ? null : filter.since().atOffset(ZoneOffset.UTC),
                        filter.before(),
                        most))
                .map(rows -> StreamSupport.stream(rows.spliterator(), false)
                        .map(KeyAudit::entry)
                        .toList());
    }

    private static AuditEntry entry(Row row) {
        return new AuditEntry(
                row.getLong("id"),
                row.getOffsetDateTime("at").toInstant(),
                row.getString("business_id"),
                row.getString("key_id"),
                row.getString("action"),
                row.getString("actor"),
                row.getString("source"),
                row.getJsonObject("before"),
                row.getJsonObject("after"));
    }
}
