package com.quotient.audience;

import com.quotient.db.Database;
import com.quotient.db.SharedPool;
import com.quotient.db.Statement;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes and reads people. Thread-safe. */
final class PeopleStore {
    static final String SELECT = """
            SELECT person.id, coalesce(shown_email, email) AS email, status, first_name, last_name, job_title, lead_score,
                (SELECT company.id FROM company
                    WHERE company.business_id = person.business_id AND company.domain = person.domain) AS company_id,
                ARRAY(SELECT slug FROM audience_list_member AS member
                    JOIN audience_list AS list ON list.business_id = member.business_id AND list.id = member.list_id
                    WHERE member.business_id = person.business_id AND member.person_id = person.id
                    ORDER BY slug) AS lists,
                (SELECT coalesce(jsonb_object_agg(property.name, value.value), '{}')::text
                    FROM jsonb_each(person.properties) AS value
                    JOIN audience_property AS property ON property.business_id = person.business_id
                        AND property.id = value.key::bigint
                    WHERE value.value <> 'null') AS properties,
                created_at, updated_at
            FROM person""";

    private static final String COUNT = "SELECT count(*) FROM person";

    private static final String COUNT_LISTED = "SELECT count(*) FROM audience_list_member";

    private static final String DELETE = "DELETE FROM person WHERE business_id = $1 AND id = $2";

    /**
     * Cancels the links that the person's requests have queued. The first events are unlinked here and the others soon
     * after the commit. Events that are being stored for the person right now follow when no running statement can
     * still see the person.
     */
    static final String UNLINK = """
            WITH forgotten AS (
                DELETE FROM event_link WHERE business_id = $1 AND person_id = $2
            ), left_to_do AS (
                INSERT INTO event_link (business_id, person_id, kind, value, due_at, until)
                VALUES ($1, $2, 'ERASED', 'now', now(), 'infinity'),
                    ($1, $2, 'ERASED', 'later', now() + interval '1 minute', 'infinity')
            ), piece AS (
                SELECT occurred_at, id FROM event WHERE business_id = $1 AND person_id = $2
                ORDER BY occurred_at DESC, id DESC LIMIT 1000
            )
            UPDATE event SET person_id = NULL
            FROM piece
            WHERE business_id = $1 AND event.occurred_at = piece.occurred_at AND event.id = piece.id""";

    private final Database database;
    private final SharedPool pool;

    PeopleStore(Database database) {
        this.database = database;
        this.pool = database.features();
    }

    /** Creates or changes one person. A public key does not lift {@code BOUNCED} and {@code SPAM}. */
    Future<Upserted> upsert(String businessId, PersonDraft draft, boolean publicKey, long now) {
        return PeopleUpsertStore.run(pool, businessId, List.of(draft), publicKey, now)
                .map(upserted -> upserted.get(0));
    }

    /**
     * Creates or changes people whose email addresses all differ; one statement for each set of members that are given.
     *
     * @return the outcome of each, in the given order
     */
    Future<List<Upserted>> upsertAll(String businessId, List<PersonDraft> drafts, boolean publicKey, long now) {
        return PeopleUpsertStore.run(database.bulk(), businessId, drafts, publicKey, now);
    }

    /** The number of people that match a filter. */
    Future<Long> count(PeopleFilter filter) {
        return count("", filter).count(database.reads(filter.search() != null), filter.businessId());
    }

    /** The next people after an id, or from an offset, in order of ids. */
    Future<List<StoredPerson>> people(PeopleFilter filter, @Nullable String lastId, long offset, int limit) {
        return page(SELECT, lastId, filter, null, limit, offset)
                .execute(database.reads(filter.search() != null), filter.businessId())
                .map(PeopleStore::people);
    }

    /** The next people after an id, or from the first, in order of ids, without those created after an instant. */
    Future<List<StoredPerson>> after(@Nullable String lastId, PeopleFilter filter, Instant until, int limit) {
        return page(SELECT, lastId, filter, until, limit, 0)
                .execute(database.bulk(), filter.businessId())
                .map(PeopleStore::people);
    }

    /** The person, or null. */
    Future<@Nullable StoredPerson> find(String businessId, String id) {
        return new Statement(SELECT)
                .add(" WHERE business_id = ", businessId)
                .add(" AND person.id = ", id)
                .execute(pool, businessId)
                .map(rows -> rows.size() == 0 ? null : person(rows.iterator().next()));
    }

    /** Erases a person for good and unlinks their events; returns whether the person existed. */
    Future<Boolean> erase(String businessId, String id) {
        Tuple person = Tuple.of(businessId, id);
        return pool.withTransaction(businessId, connection -> connection
                .preparedQuery(DELETE)
                .execute(person)
                // A separate statement, so that it sees the rows of transactions that held the person until now.
                .compose(deleted -> deleted.rowCount() == 0
                        ? Future.succeededFuture(false)
                        : unlink(connection, person).map(true)));
    }

    private static Future<?> unlink(SqlConnection connection, Tuple person) {
        return connection.preparedQuery(UNLINK).execute(person);
    }

    /** Appends the count of a filter's people to a prefix. A list's members are counted without reading people. */
    static Statement count(String prefix, PeopleFilter filter) {
        boolean onlyListed =
                filter.list() != null && filter.search() == null && filter.status() == null && filter.company() == null;
        return onlyListed
                ? ofList(new Statement(prefix + COUNT_LISTED).add(" WHERE business_id = ", filter.businessId()), filter)
                : select(prefix + COUNT, filter);
    }

    private static Statement ofList(Statement statement, PeopleFilter filter) {
        return statement
                .add(" AND list_id = (SELECT id FROM audience_list WHERE business_id = ", filter.businessId())
                .add(" AND slug = ", filter.list())
                .add(")");
    }

    /** Appends the conditions of a filter to {@code start}. */
    static Statement select(String start, PeopleFilter filter) {
        return narrow(new Statement(start), filter);
    }

    private static Statement narrow(Statement statement, PeopleFilter filter) {
        statement.add(" WHERE person.business_id = ", filter.businessId());
        SearchTerm.narrow(statement, filter.search());
        if (filter.status() != null) {
            statement.add(" AND status = ", filter.status().name());
        }
        if (filter.list() != null) {
            statement.add(
                    " AND person.id IN (SELECT person_id FROM audience_list_member WHERE business_id = ",
                    filter.businessId());
            ofList(statement, filter).add(")");
        }
        if (filter.company() != null) {
            statement
                    .add(
                            " AND person.domain = (SELECT company.domain FROM company WHERE company.business_id = ",
                            filter.businessId())
                    .add(" AND company.id = ", filter.company())
                    .add(")");
        }
        return statement;
    }

    /** Appends the conditions of one piece: after an id, created before an instant. */
    static Statement page(
            String start,
            @Nullable String lastId,
            PeopleFilter filter,
            @Nullable Instant until,
            int limit,
            long offset) {
        return Pages.of(
                start,
                "person",
                "person",
                "sized.properties_bytes",
                filter.businessId(),
                statement -> narrow(statement, filter)
                        .addIfGiven(" AND person.id > ", lastId)
                        .addIfGiven(" AND created_at <= ", until),
                limit,
                offset);
    }

    private static List<StoredPerson> people(RowSet<Row> rows) {
        return rows.stream().map(PeopleStore::person).toList();
    }

    private static StoredPerson person(Row row) {
        return new StoredPerson(
                row.getString("id"),
                row.getString("email"),
                SubscriptionStatus.valueOf(row.getString("status")),
                row.getString("first_name"),
                row.getString("last_name"),
                row.getString("job_title"),
                row.getInteger("lead_score"),
                row.getString("company_id"),
                List.of(row.getArrayOfStrings("lists")),
                row.getString("properties"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("updated_at").toInstant());
    }
}
