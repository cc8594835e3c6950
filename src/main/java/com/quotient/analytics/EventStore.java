package com.quotient.analytics;

import com.quotient.json.JsonText;
import io.vertx.core.Future;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes groups of events, each in one statement and transaction. Thread-safe. */
final class EventStore {

    /**
     * Registers messages first, in the order of their ids, so that two groups with the same messages wait for each
     * other and do not deadlock. The update changes nothing: it makes the statement return the event that already holds
     * a message id, even one committed after the statement began. An event is stored if it holds its message id. If an
     * earlier attempt stored it but the answer was lost, it conflicts with itself.
     */
    private static final String INSERT = """
            WITH given AS (
                SELECT id COLLATE "C" AS id, business_id COLLATE "C" AS business_id, event_type, occurred_at,
                    received_at, raw_timestamp, message_id COLLATE "C" AS message_id, device_id, session_id, person_id,
                    anonymous_id, key_id, origin, client_address, context, properties
                FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::text[],
                        $7::text[], $8::text[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[],
                        $14::text[], $15::text[], $16::text[])
                    AS event (id, business_id, event_type, occurred_at, received_at, raw_timestamp, message_id,
                        device_id, session_id, person_id, anonymous_id, key_id, origin, client_address, context,
                        properties)
            ), message AS (
                INSERT INTO event_message AS known (business_id, message_id, event_id, received_at)
                SELECT DISTINCT ON (business_id, message_id) business_id, message_id, id, received_at
                FROM given
                WHERE message_id IS NOT NULL
                ORDER BY business_id, message_id
                ON CONFLICT (business_id, message_id) DO UPDATE SET event_id = known.event_id
                RETURNING business_id, message_id, event_id
            ), stored AS (
                INSERT INTO event (id, business_id, event_type, occurred_at, received_at, raw_timestamp, message_id,
                    device_id, session_id, person_id, anonymous_id, key_id, origin, client_address, context, properties)
                SELECT given.id, given.business_id, event_type, occurred_at, received_at, raw_timestamp,
                    given.message_id, device_id, session_id, person.id, anonymous_id, key_id, origin, client_address,
                    context::jsonb, given.properties::jsonb
                FROM given
                LEFT JOIN message
                    ON message.business_id = given.business_id AND message.message_id = given.message_id
                LEFT JOIN person ON person.business_id = given.business_id AND person.id = given.person_id
                WHERE given.message_id IS NULL OR message.event_id = given.id
                ON CONFLICT DO NOTHING
            )
            SELECT given.id, message.event_id
            FROM given
            JOIN message ON message.business_id = given.business_id AND message.message_id = given.message_id
            WHERE message.event_id <> given.id""";

    private final Pool pool;

    EventStore(Pool pool) {
        this.pool = pool;
    }

    /**
     * Stores events, except those whose message id is stored already. Idempotent. A {@code personId} that is not a
     * person of the business is dropped.
     *
     * @return for each duplicate, its id and the id of its original; all other events are committed. After a failure
     *     without an SQLSTATE it is unknown whether they are
     */
    Future<Map<String, String>> insert(List<NewEvent> events) {
        return pool.preparedQuery(INSERT).execute(parameters(events)).map(rows -> {
            Map<String, String> originals = new HashMap<>();
            for (Row row : rows) {
                originals.put(row.getString(0), row.getString(1));
            }
            return originals;
        });
    }

    private static Tuple parameters(List<NewEvent> events) {
        return Tuple.from(List.of(
                texts(events, NewEvent::id),
                texts(events, event -> event.source().businessId()),
                texts(events, event -> event.event().eventType()),
                times(events, NewEvent::occurredAt),
                times(events, event -> event.source().receivedAt()),
                texts(events, event -> event.event().rawTimestamp()),
                texts(events, event -> event.event().messageId()),
                texts(events, event -> event.event().deviceId()),
                texts(events, event -> event.event().sessionId()),
                texts(events, event -> event.event().personId()),
                texts(events, event -> event.event().anonymousId()),
                texts(events, event -> event.source().keyId()),
                texts(events, event -> event.source().origin()),
                texts(events, event -> event.source().clientAddress()),
                texts(events, EventStore::context),
                texts(events, event -> event.event().properties())));
    }

    /** The database keeps the last member of a name: the event's own value takes precedence over the header. */
    private static String context(NewEvent event) {
        String own = event.event().context();
        String userAgent = event.source().userAgent();
        if (userAgent == null) {
            return own;
        }
        JsonText both = new JsonText().startObject().name("userAgent").string(userAgent);
        if (own.length() > 2) {
            both.raw(own.substring(1, own.length() - 1));
        }
        return both.endObject().toString();
    }

    private static String[] texts(List<NewEvent> events, Function<NewEvent, @Nullable String> column) {
        String[] texts = new String[events.size()];
        Arrays.setAll(texts, i -> column.apply(events.get(i)));
        return texts;
    }

    private static OffsetDateTime[] times(List<NewEvent> events, Function<NewEvent, Instant> column) {
        OffsetDateTime[] times = new OffsetDateTime[events.size()];
        Arrays.setAll(times, i -> column.apply(events.get(i)).atOffset(ZoneOffset.UTC));
        return times;
    }
}
