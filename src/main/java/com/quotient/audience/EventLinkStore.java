package com.quotient.audience;

import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;

/** Links events to people, and unlinks them from erased people. Thread-safe. */
final class EventLinkStore {

    /**
     * Handles the next thousand events of the entry that has waited longest, in time order, whoever owns them. This
     * bounds a step even when thousands of them belong to somebody else. The entry then goes to the end of the queue.
     * Only one server handles an entry at a time.
     */
    static final String STEP = """
            WITH link AS (
                SELECT business_id, person_id, kind, value, until, done_at, done_id FROM event_link
                WHERE due_at <= now() ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
            ), piece AS (
                SELECT event.occurred_at, event.id FROM link CROSS JOIN LATERAL (
                    SELECT occurred_at, id FROM event
                    WHERE link.kind = 'DEVICE' AND event.business_id = link.business_id AND event.device_id = link.value
                        AND occurred_at >= link.done_at AND occurred_at <= link.until
                        AND (occurred_at, id) > (link.done_at, link.done_id)
                    ORDER BY occurred_at, id LIMIT 1000) AS event
                UNION ALL
                SELECT event.occurred_at, event.id FROM link CROSS JOIN LATERAL (
                    SELECT occurred_at, id FROM event
                    WHERE link.kind = 'SESSION' AND event.business_id = link.business_id AND event.session_id = link.value
                        AND occurred_at >= link.done_at AND occurred_at <= link.until
                        AND (occurred_at, id) > (link.done_at, link.done_id)
                    ORDER BY occurred_at, id LIMIT 1000) AS event
                UNION ALL
                SELECT event.occurred_at, event.id FROM link CROSS JOIN LATERAL (
                    SELECT occurred_at, id FROM event
                    WHERE link.kind = 'ERASED' AND event.business_id = link.business_id AND event.person_id = link.person_id
                        AND occurred_at >= link.done_at AND occurred_at <= link.until
                        AND (occurred_at, id) > (link.done_at, link.done_id)
                    ORDER BY occurred_at, id LIMIT 1000) AS event
            ), changed AS (
                UPDATE event SET person_id = CASE WHEN link.kind <> 'ERASED' THEN link.person_id END
                FROM link, piece
                WHERE event.business_id = link.business_id AND event.occurred_at = piece.occurred_at
                    AND event.id = piece.id AND (event.person_id IS NULL) = (link.kind <> 'ERASED')
            ), last AS (
                SELECT occurred_at, id FROM piece ORDER BY occurred_at, id OFFSET 999
            ), ended AS (
                DELETE FROM event_link USING link
                WHERE event_link.business_id = link.business_id AND event_link.person_id = link.person_id
                    AND event_link.kind = link.kind AND event_link.value = link.value AND NOT EXISTS (SELECT FROM last)
            ), moved AS (
                UPDATE event_link SET done_at = last.occurred_at, done_id = last.id, due_at = now() FROM link, last
                WHERE event_link.business_id = link.business_id AND event_link.person_id = link.person_id
                    AND event_link.kind = link.kind AND event_link.value = link.value
            )
            SELECT FROM link""";

    private final Pool pool;

    EventLinkStore(Pool pool) {
        this.pool = pool;
    }

    /** Does one step of the pending work and returns whether there was any. */
    Future<Boolean> step() {
        return pool.query(STEP).execute().map(rows -> rows.size() > 0);
    }
}
