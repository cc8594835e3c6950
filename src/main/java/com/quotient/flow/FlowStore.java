package com.quotient.flow;

import com.quotient.db.PgErrors;
import com.quotient.db.SharedPool;
import com.quotient.trace.TraceParent;
import io.vertx.core.Future;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Enrols people in flows. Thread-safe. */
final class FlowStore {
    /** One statement, so that one of several concurrent triggers enrols and the others find the enrolment. */
    private static final String ENROL = """
            WITH asked AS (
                SELECT flow.id AS flow_id, person.id AS person_id, flow.active, flow.trigger_type,
                    flow.segment_list_id IS NULL OR EXISTS (
                        SELECT FROM audience_list_member member
                        WHERE member.business_id = flow.business_id AND member.list_id = flow.segment_list_id
                            AND member.person_id = person.id) AS inside,
                    EXISTS (
                        SELECT FROM flow_enrolment enrolment
                        WHERE enrolment.business_id = flow.business_id AND enrolment.flow_id = flow.id
                            AND enrolment.person_id = person.id) AS enrolled
                FROM flow LEFT JOIN person ON person.business_id = flow.business_id AND person.id = $3
                WHERE flow.business_id = $1 AND flow.id = $2
            ), enrolling AS (
                INSERT INTO flow_enrolment (business_id, flow_id, person_id, id)
                SELECT $1, flow_id, person_id, $5 FROM asked
                WHERE active AND trigger_type = $4 AND person_id IS NOT NULL AND inside
                ON CONFLICT (business_id, flow_id, person_id) DO NOTHING
                RETURNING flow_id, person_id
            ), queueing AS (
                INSERT INTO flow_delivery (
                    id, business_id, flow_id, person_id, step, due_at, trace_id, trace_flags, trace_parent_id)
                SELECT $6, $1, flow_id, person_id, first.step, now() + first.pause, $7, $8, $9
                FROM enrolling CROSS JOIN LATERAL flow_next_webhook($1, flow_id, 0) AS first
            )
            SELECT active AND trigger_type = $4 AS triggerable, person_id IS NOT NULL AS known, inside OR enrolled AS inside
            FROM asked
            """;

    private final SharedPool pool;

    FlowStore(SharedPool pool) {
        this.pool = pool;
    }

    /** The outcome of a trigger. */
    enum Enrolment {
        ENROLLED,
        OUTSIDE_SEGMENT,
        NOT_TRIGGERABLE,
        UNKNOWN_FLOW,
        UNKNOWN_PERSON
    }

    /**
     * Enrols a person who was never enrolled before.
     *
     * @param trigger the trigger type; the flow must have it
     * @param enrolmentId for a new enrolment
     * @param messageId for its first webhook
     * @param trace the trace that its webhooks continue
     */
    Future<Enrolment> enrol(
            String businessId,
            String flowId,
            String personId,
            Trigger trigger,
            String enrolmentId,
            String messageId,
            @Nullable TraceParent trace) {
        return pool.execute(
                        businessId,
                        ENROL,
                        Tuple.from(Arrays.asList(
                                businessId,
                                flowId,
                                personId,
                                trigger.name(),
                                enrolmentId,
                                messageId,
                                trace == null ? null : trace.traceId(),
                                trace == null ? null : trace.flags(),
                                trace == null ? null : trace.parentId())))
                .map(rows -> {
                    if (rows.size() == 0) {
                        return Enrolment.UNKNOWN_FLOW;
                    }
                    var row = rows.iterator().next();
                    if (!row.getBoolean("known")) {
                        return Enrolment.UNKNOWN_PERSON;
                    }
                    if (!row.getBoolean("triggerable")) {
                        return Enrolment.NOT_TRIGGERABLE;
                    }
                    return row.getBoolean("inside") ? Enrolment.ENROLLED : Enrolment.OUTSIDE_SEGMENT;
                })
                .recover(failure -> PgErrors.isMissingReference(failure)
                        // The person was erased while the statement ran.
                        ? Future.succeededFuture(Enrolment.UNKNOWN_PERSON)
                        : Future.failedFuture(failure));
    }
}
