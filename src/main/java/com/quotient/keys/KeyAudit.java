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

/** Reads the audit of keys. Thread-safe. */
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
     * Selects entries. A null member selects all.
     *
     * @param since the earliest time
     * @param before the id of the last entry of the page before
     */
    public record Filter(
            @Nullable String businessId,
            @Nullable String keyId,
            @Nullable String action,
            @Nullable Instant since,
            @Nullable Long before) {}

    /** A page of entries, newest first. For operators only, unless the filter names a business. */
    public Future<List<AuditEntry>> entries(Filter filter, int max) {
        return pool.preparedQuery(PAGE)
                .execute(Tuple.of(
                        filter.businessId(),
                        filter.keyId(),
                        filter.action(),
                        filter.since() == null ? null : filter.since().atOffset(ZoneOffset.UTC),
                        filter.before(),
                        max))
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
