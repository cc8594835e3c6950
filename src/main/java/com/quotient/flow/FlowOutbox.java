package com.quotient.flow;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The outbox of a flow for administrators: failed webhooks, their errors, resume and resend. Thread-safe. */
public final class FlowOutbox {
    private static final String FAILED = """
            SELECT delivery.id, person_id, step, attempts, fault, failed_at, dead_at,
                CASE WHEN dead_at IS NULL THEN nullif(greatest(due_at, held_until), 'infinity') END AS next_attempt_at
            FROM flow_delivery AS delivery
            JOIN flow_step ON flow_step.business_id = delivery.business_id AND flow_step.flow_id = delivery.flow_id
                AND flow_step.position = delivery.step
            WHERE delivery.business_id = $1 AND delivery.flow_id = $2 AND fault IS NOT NULL
            ORDER BY failed_at DESC, delivery.id DESC LIMIT $3
            """;
    /** Resets the retry time of webhooks that failed before the hold. A webhook in flight keeps its lease. */
    private static final String BEGIN_ANEW = """
            UPDATE flow_delivery SET tried_since = NULL
            FROM flow_step AS held
            WHERE flow_delivery.business_id = $1 AND flow_delivery.flow_id = $2 AND dead_at IS NULL AND due_at <= now()
                AND tried_since IS NOT NULL AND held.business_id = $1 AND held.flow_id = $2
                AND held.position = flow_delivery.step AND held.held_until > now()
            """;

    private static final String RESUME = """
            UPDATE flow_step SET held_until = NULL, held_fault = NULL
            WHERE business_id = $1 AND flow_id = $2 AND held_until > now()
            RETURNING position
            """;
    private static final String RESEND = """
            UPDATE flow_delivery
            SET dead_at = NULL, tried_since = NULL, attempts = 0, fault = NULL, failed_at = NULL, due_at = now()
            WHERE business_id = $1 AND flow_id = $2 AND dead_at IS NOT NULL AND ($3::text IS NULL OR id = $3)
            """;

    private final Pool pool;

    public FlowOutbox(Pool pool) {
        this.pool = pool;
    }

    /** The failed webhooks, given up or to be retried, the latest failure first. */
    public Future<List<FailedWebhook>> failures(FlowDetails flow, int max) {
        return pool.preparedQuery(FAILED)
                .execute(Tuple.of(flow.businessId(), flow.id(), max))
                .map(rows -> rows.stream().map(FlowOutbox::failed).toList());
    }

    /** Resumes every held step, and returns these steps. */
    public Future<List<Integer>> resume(FlowDetails flow) {
        Tuple key = Tuple.of(flow.businessId(), flow.id());
        return pool.withTransaction(connection -> connection
                .preparedQuery(BEGIN_ANEW)
                .execute(key)
                .compose(done -> connection.preparedQuery(RESUME).execute(key))
                .map(rows -> rows.stream()
                        .map(row -> row.getInteger("position"))
                        .sorted()
                        .toList()));
    }

    /**
     * Queues webhooks again that were given up.
     *
     * @param id the id of one webhook, or null for all
     * @return the number of webhooks queued
     */
    public Future<Integer> resend(FlowDetails flow, @Nullable String id) {
        return pool.preparedQuery(RESEND)
                .execute(Tuple.of(flow.businessId(), flow.id(), id))
                .map(RowSet::rowCount);
    }

    private static FailedWebhook failed(Row row) {
        return new FailedWebhook(
                row.getString("id"),
                row.getString("person_id"),
                row.getInteger("step"),
                row.getInteger("attempts"),
                row.getString("fault"),
                time(row.getOffsetDateTime("failed_at")),
                time(row.getOffsetDateTime("next_attempt_at")),
                time(row.getOffsetDateTime("dead_at")));
    }

    private static @Nullable Instant time(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }
}
