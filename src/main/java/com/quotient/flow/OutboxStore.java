package com.quotient.flow;

import com.google.common.collect.Comparators;
import com.quotient.flow.WebhookClient.Result;
import com.quotient.trace.TraceParent;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The outbox of webhooks. A server claims due webhooks for the time of a lease and reports each outcome. Without a
 * report the lease ends, and any server may claim the webhook again. Thread-safe.
 */
final class OutboxStore {
    /**
     * Skips held steps, and rows that another server is claiming now. Flows come in random order, so that none is
     * always last under load.
     */
    static final String CLAIM = """
            WITH claimable AS MATERIALIZED (
                SELECT due.id
                FROM (SELECT business_id, id FROM flow WHERE active ORDER BY random()) AS flow
                CROSS JOIN LATERAL (
                    SELECT greatest(0, $2::int - coalesce(cardinality(array_positions($3::text[], flow.id)), 0)) AS free
                ) AS flow_limit
                CROSS JOIN LATERAL (
                    SELECT of_step.id
                    FROM flow_step AS webhook
                    CROSS JOIN LATERAL (
                        SELECT id, due_at FROM flow_delivery
                        WHERE business_id = flow.business_id AND flow_id = flow.id AND step = webhook.position
                            AND dead_at IS NULL AND due_at <= now()
                        ORDER BY due_at
                        LIMIT flow_limit.free
                        FOR UPDATE SKIP LOCKED
                    ) AS of_step
                    WHERE webhook.business_id = flow.business_id AND webhook.flow_id = flow.id
                        AND webhook.webhook_url IS NOT NULL
                        AND (webhook.held_until IS NULL OR webhook.held_until <= now())
                    ORDER BY of_step.due_at
                    LIMIT flow_limit.free
                ) AS due
                LIMIT $1
            )
            UPDATE flow_delivery AS delivery
            SET attempts = attempts + 1, tried_since = coalesce(tried_since, now()),
                due_at = now() + $4::bigint * interval '1 millisecond'
            FROM claimable, flow, flow_step AS step, flow_enrolment AS enrolment
            WHERE delivery.id = claimable.id
                AND flow.business_id = delivery.business_id AND flow.id = delivery.flow_id
                AND step.business_id = delivery.business_id AND step.flow_id = delivery.flow_id
                AND step.position = delivery.step
                AND enrolment.business_id = delivery.business_id AND enrolment.flow_id = delivery.flow_id
                AND enrolment.person_id = delivery.person_id
            RETURNING delivery.id, delivery.business_id, delivery.flow_id, flow.name AS flow_name, delivery.person_id,
                enrolment.id AS enrolment_id, enrolment.enrolled_at, delivery.step, step.webhook_url, delivery.attempts,
                delivery.tried_since, delivery.trace_id, delivery.trace_flags, delivery.trace_parent_id,
                ARRAY[flow.secret] || ARRAY(
                    SELECT old.secret FROM flow_old_secret AS old
                    WHERE old.business_id = flow.business_id AND old.flow_id = flow.id AND old.expires_at > now()
                    ORDER BY old.id DESC) AS secrets
            """;

    /** Locks the enrolment first, as the erasure of a person does, so that the two cannot deadlock. */
    private static final String DELIVERED = """
            WITH held AS MATERIALIZED (
                SELECT business_id FROM flow_enrolment
                WHERE business_id = $1 AND flow_id = $2 AND person_id = $3
                FOR UPDATE
            ), done AS (
                DELETE FROM flow_delivery USING held WHERE id = $4 AND attempts = $5
                RETURNING step, trace_id, trace_flags, trace_parent_id
            ), coming AS MATERIALIZED (
                SELECT coming.step, coming.pause, done.trace_id, done.trace_flags, done.trace_parent_id
                FROM done CROSS JOIN LATERAL flow_next_webhook($1, $2, done.step) AS coming
            ), queueing AS (
                INSERT INTO flow_delivery (
                    id, business_id, flow_id, person_id, step, due_at, trace_id, trace_flags, trace_parent_id)
                SELECT $6, $1, $2, $3, step, now() + pause, trace_id, trace_flags, trace_parent_id FROM coming
            )
            UPDATE flow_enrolment SET finished_at = now()
            WHERE business_id = $1 AND flow_id = $2 AND person_id = $3
                AND EXISTS (SELECT FROM done) AND NOT EXISTS (SELECT FROM coming)
            """;

    /** A receiver's 429, 503 or 410 concerns the step, not only this webhook. */
    private static final String FAILED = """
            WITH failed AS (
                UPDATE flow_delivery
                SET fault = $3, failed_at = now(),
                    due_at = CASE WHEN $5::boolean THEN now() ELSE now() + $4::bigint * interval '1 millisecond' END,
                    dead_at = CASE
                        WHEN NOT $5 AND now() + $4 * interval '1 millisecond'
                            > tried_since + $6::bigint * interval '1 millisecond'
                        THEN now() END
                WHERE id = $1 AND attempts = $2
                RETURNING business_id, flow_id, step, dead_at IS NOT NULL AS dead
            ), holding AS (
                UPDATE flow_step AS held
                SET held_fault = $3, held_until = greatest(
                    held.held_until, CASE WHEN $5 THEN 'infinity' ELSE now() + $7::bigint * interval '1 millisecond' END)
                FROM failed
                WHERE ($5 OR $7::bigint IS NOT NULL) AND held.business_id = failed.business_id
                    AND held.flow_id = failed.flow_id AND held.position = failed.step
            )
            SELECT dead FROM failed
            """;

    private static final String FORGET = """
            DELETE FROM flow_delivery
            WHERE ctid = ANY (ARRAY(
                SELECT ctid FROM flow_delivery
                WHERE dead_at < now() - $1::bigint * interval '1 millisecond'
                ORDER BY dead_at LIMIT $2
                FOR UPDATE SKIP LOCKED))
            """;

    private static final String STATE = """
            SELECT
                (SELECT count(*) FROM (SELECT FROM flow_delivery WHERE dead_at IS NULL LIMIT $1) AS counted) AS waiting,
                (SELECT count(*) FROM (SELECT FROM flow_delivery WHERE dead_at IS NOT NULL LIMIT $1) AS counted) AS dead,
                (SELECT count(*) FROM (SELECT FROM flow_step WHERE held_until = 'infinity' LIMIT $1) AS counted) AS held,
                coalesce((
                    SELECT extract(epoch FROM now() - min(oldest.due_at))
                    FROM flow
                    JOIN flow_step AS webhook ON webhook.business_id = flow.business_id AND webhook.flow_id = flow.id
                        AND (webhook.held_until IS NULL OR webhook.held_until <= now())
                    CROSS JOIN LATERAL (
                        SELECT due_at FROM flow_delivery
                        WHERE business_id = flow.business_id AND flow_id = flow.id AND step = webhook.position
                            AND dead_at IS NULL AND due_at <= now()
                        ORDER BY due_at LIMIT 1
                    ) AS oldest
                    WHERE flow.active), 0)::double precision AS oldest_seconds
            """;

    private final Pool pool;

    OutboxStore(Pool pool) {
        this.pool = pool;
    }

    /**
     * The state of the outbox.
     *
     * @param waiting pending webhooks, counted up to the limit of {@link #state}
     * @param dead webhooks that were given up, counted likewise
     * @param heldSteps steps that are held until an operator resumes them, counted likewise
     * @param oldestSeconds how long the oldest due webhook has been waiting
     */
    record State(long waiting, long dead, long heldSteps, double oldestSeconds) {}

    /**
     * Claims due webhooks.
     *
     * @param maximum maximum in total
     * @param maximumPerFlow maximum of one flow, including those in flight on this server
     * @param busyFlows the flows of the webhooks in flight on this server, one entry per webhook
     */
    Future<List<Delivery>> claim(int maximum, int maximumPerFlow, List<String> busyFlows, Duration lease) {
        return pool.preparedQuery(CLAIM)
                .execute(Tuple.of(maximum, maximumPerFlow, busyFlows.toArray(String[]::new), lease.toMillis()))
                .map(rows -> rows.stream().map(OutboxStore::delivery).toList());
    }

    /** The webhook was delivered: queues the flow's next step, or completes the enrolment. */
    Future<Void> delivered(Delivery delivery, String nextId) {
        return pool.preparedQuery(DELIVERED)
                .execute(Tuple.of(
                        delivery.businessId(),
                        delivery.flowId(),
                        delivery.personId(),
                        delivery.id(),
                        delivery.attempts(),
                        nextId))
                .mapEmpty();
    }

    /**
     * The attempt failed: schedules a retry after the pause, not before the receiver allows it, unless that is too
     * late.
     *
     * @return whether the webhook was given up
     */
    Future<Boolean> failed(Delivery delivery, Result result, Duration pause, Duration giveUpAfter) {
        Duration retryAfter = result.retryAfter();
        return pool.preparedQuery(FAILED)
                .execute(Tuple.of(
                        delivery.id(),
                        delivery.attempts(),
                        result.fault(),
                        retryAfter == null
                                ? pause.toMillis()
                                : Comparators.max(pause, retryAfter).toMillis(),
                        result.gone(),
                        giveUpAfter.toMillis(),
                        retryAfter == null ? null : retryAfter.toMillis()))
                .map(rows -> rows.size() > 0 && rows.iterator().next().getBoolean("dead"));
    }

    /** Deletes webhooks that were given up before that time, a bounded number at once. */
    Future<Void> forgetDead(Duration olderThan, int max) {
        return pool.preparedQuery(FORGET)
                .execute(Tuple.of(olderThan.toMillis(), max))
                .mapEmpty();
    }

    /** Counts, up to a limit. */
    Future<State> state(int limit) {
        return pool.preparedQuery(STATE).execute(Tuple.of(limit)).map(rows -> {
            Row row = rows.iterator().next();
            return new State(
                    row.getLong("waiting"), row.getLong("dead"), row.getLong("held"), row.getDouble("oldest_seconds"));
        });
    }

    private static Delivery delivery(Row row) {
        return new Delivery(
                row.getString("id"),
                row.getString("business_id"),
                row.getString("flow_id"),
                row.getString("flow_name"),
                row.getString("person_id"),
                row.getString("enrolment_id"),
                row.getOffsetDateTime("enrolled_at").toInstant(),
                row.getInteger("step"),
                row.getString("webhook_url"),
                row.getInteger("attempts"),
                row.getOffsetDateTime("tried_since").toInstant(),
                Stream.of(row.getArrayOfStrings("secrets"))
                        .map(WebhookSecret::new)
                        .toList(),
                trace(row));
    }

    private static @Nullable TraceParent trace(Row row) {
        String traceId = row.getString("trace_id");
        String parentId = row.getString("trace_parent_id");
        if (traceId == null) {
            return null;
        }
        String flags = row.getString("trace_flags");
        return parentId == null ? TraceParent.of(traceId, flags) : new TraceParent(traceId, parentId, flags);
    }
}
