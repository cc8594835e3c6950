package com.quotient.audience;

import com.quotient.db.Database;
import com.quotient.db.SharedPool;
import com.quotient.db.Statement;
import com.quotient.http.Page;
import com.quotient.id.Ids;
import com.quotient.time.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes and reads lists and memberships. Thread-safe. */
final class ListStore {
    private static final String UPSERT = """
            INSERT INTO audience_list AS known (business_id, id, slug, name, description)
            VALUES ($1, $2, $3, coalesce($4, $3), $5)
            ON CONFLICT (business_id, slug) DO UPDATE SET
                name = coalesce($4, known.name),
                description = CASE WHEN $6 THEN excluded.description ELSE known.description END,
                updated_at = now()
            RETURNING id, slug, name""";

    private static final String SELECT = """
            SELECT id, slug, name, description, created_at, updated_at,
                (SELECT count(*) FROM audience_list_member AS member
                    WHERE member.business_id = list.business_id AND member.list_id = list.id) AS people_count
            FROM audience_list AS list""";

    /** Only the lists on a page have their people counted. */
    static final SearchedTable<StoredList> TABLE = new SearchedTable<>(
            "audience_list", "list", "coalesce(octet_length(sized.description), 0)", SELECT, ListStore::list);

    private static final String ID = "SELECT id FROM audience_list WHERE business_id = $1 AND slug = $2";

    private static final String DELETE = "DELETE FROM audience_list WHERE business_id = $1 AND slug = $2";

    static final String MEMBERS = "SELECT person.id, coalesce(shown_email, email) AS email, first_name, last_name";

    static final String COUNT_MEMBERS = "SELECT count(*)";

    private static final String JOIN_PERSON =
            " JOIN person ON person.business_id = member.business_id AND person.id = member.person_id";

    /**
     * The list and the people already known are locked against deletion. A person that another request creates at the
     * same time gets an update without effect, so that the statement returns the row.
     */
    private static final String ADD = """
            WITH list AS (
                SELECT id FROM audience_list WHERE business_id = $1 AND slug = $2 FOR KEY SHARE
            ), given AS (
                SELECT DISTINCT ON (email) id, email, domain, first_name, last_name, shown_email
                FROM unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $9::text[]) WITH ORDINALITY
                    AS given (id, email, domain, first_name, last_name, shown_email, row)
                ORDER BY email, row
            ), known AS (
                SELECT id, email FROM person
                WHERE business_id = $1 AND (id = ANY ($8::text[]) OR email = ANY ($4::text[]))
                ORDER BY email FOR KEY SHARE
            ), made AS (
                INSERT INTO person AS other (business_id, id, email, domain, first_name, last_name, shown_email)
                SELECT $1, given.id, given.email, given.domain, given.first_name, given.last_name, given.shown_email
                FROM list CROSS JOIN given
                WHERE given.email NOT IN (SELECT email FROM known)
                ORDER BY given.email COLLATE "C"
                ON CONFLICT (business_id, email) DO UPDATE SET updated_at = other.updated_at
                RETURNING id
            ), added AS (
                INSERT INTO audience_list_member (business_id, list_id, person_id)
                SELECT $1, list.id, person.id
                FROM list CROSS JOIN (SELECT id FROM known UNION SELECT id FROM made) AS person
                ORDER BY person.id
                ON CONFLICT DO NOTHING
                RETURNING person_id
            )
            SELECT id, (SELECT count(*) FROM added) AS changed FROM list""";

    /**
     * Memberships are locked in order, so that two removals of the same people cannot deadlock. The list is locked
     * first, so that its deletion waits or wins.
     */
    private static final String REMOVE = """
            WITH list AS (
                SELECT id FROM audience_list WHERE business_id = $1 AND slug = $2 FOR KEY SHARE
            ), found AS (
                SELECT person_id FROM audience_list_member
                WHERE business_id = $1 AND list_id = (SELECT id FROM list) AND person_id IN (
                    SELECT id FROM person
                    WHERE business_id = $1 AND (id = ANY ($3::text[]) OR email = ANY ($4::text[])))
                ORDER BY person_id FOR UPDATE
            ), removed AS (
                DELETE FROM audience_list_member
                WHERE business_id = $1 AND list_id = (SELECT id FROM list)
                    AND person_id IN (SELECT person_id FROM found)
                RETURNING person_id
            )
            SELECT id, (SELECT count(*) FROM removed) AS changed FROM list""";

    private final Database database;
    private final SharedPool pool;

    ListStore(Database database) {
        this.database = database;
        this.pool = database.features();
    }

    /** A list after its upsert, as the wire shows it. */
    record Upserted(String listId, String slug, String name) {}

    /** A list as the wire shows it. */
    record StoredList(
            String id,
            String slug,
            String name,
            @Nullable String description,
            long peopleCount,
            String createdAt,
            String updatedAt) {}

    /** A person on a list as the wire shows it. */
    record ListedPerson(
            String personId,
            String emailAddress,
            @Nullable String firstName,
            @Nullable String lastName) {}

    /** Some of the people on a list, and how many there are. */
    record Found(List<ListedPerson> items, long total) {}

    /** The number of memberships added or removed. */
    record Changed(String listId, int count) {}

    /** Creates or changes a list. */
    Future<Upserted> upsert(String businessId, ListDraft draft, long now) {
        return pool.execute(
                        businessId,
                        UPSERT,
                        Tuple.of(
                                businessId,
                                Ids.next("lst_", now),
                                draft.slug(),
                                draft.name(),
                                draft.description(),
                                draft.describes()))
                .map(rows -> {
                    Row row = rows.iterator().next();
                    return new Upserted(row.getString("id"), row.getString("slug"), row.getString("name"));
                });
    }

    /** The number of lists, or of those found by a search. */
    Future<Long> count(String businessId, @Nullable SearchTerm search) {
        return TABLE.count(database, businessId, search);
    }

    /** The next lists after an id, or from an offset, in order of creation. */
    Future<List<StoredList>> lists(
            String businessId, @Nullable SearchTerm search, @Nullable String lastId, long offset, int limit) {
        return TABLE.page(database, businessId, search, lastId, offset, limit);
    }

    /** The list, or null. */
    Future<@Nullable StoredList> find(String businessId, String slug) {
        return TABLE.find(database, businessId, "slug", slug);
    }

    /** The id of the list, or null. Counts nobody. */
    Future<@Nullable String> id(String businessId, String slug) {
        return pool.execute(businessId, ID, Tuple.of(businessId, slug))
                .map(rows -> rows.size() == 0 ? null : rows.iterator().next().getString("id"));
    }

    /** Deletes a list and returns whether it existed. Its people stay. */
    Future<Boolean> delete(String businessId, String slug) {
        return pool.execute(businessId, DELETE, Tuple.of(businessId, slug)).map(deleted -> deleted.rowCount() > 0);
    }

    /** One page of the people on a list, in order of joining. */
    Future<Found> people(String businessId, String listId, @Nullable SearchTerm search, Page page) {
        return members(new Statement(COUNT_MEMBERS), businessId, listId, search)
                .count(database.reads(search != null), businessId)
                .compose(total -> page.offset() >= total
                        ? Future.succeededFuture(new Found(List.of(), total))
                        : membersPage(MEMBERS, businessId, listId, search, page)
                                .execute(database.reads(search != null), businessId)
                                .map(rows -> new Found(
                                        rows.stream().map(ListStore::listed).toList(), total)));
    }

    /** Adds people to a list and creates those with new addresses; null when there is no such list. */
    Future<@Nullable Changed> add(String businessId, String slug, ListEntries people, long now) {
        return change(
                businessId,
                ADD,
                Tuple.of(businessId, slug)
                        .addArrayOfString(PeopleUpsertStore.ids(people.byEmail().size(), now))
                        .addArrayOfString(people.texts(entry -> entry.email().value()))
                        .addArrayOfString(people.texts(entry -> entry.email().domain()))
                        .addArrayOfString(people.texts(ListEntries.ByEmail::firstName))
                        .addArrayOfString(people.texts(ListEntries.ByEmail::lastName))
                        .addArrayOfString(people.ids().toArray(String[]::new))
                        .addArrayOfString(people.texts(entry -> entry.email().shownIfOther())));
    }

    /** Removes people from a list; null when there is no such list. */
    Future<@Nullable Changed> remove(String businessId, String slug, ListEntries people) {
        return change(
                businessId,
                REMOVE,
                Tuple.of(businessId, slug)
                        .addArrayOfString(people.ids().toArray(String[]::new))
                        .addArrayOfString(people.texts(entry -> entry.email().value())));
    }

    /**
     * Appends the condition of one page of members to {@code start}. Skipped rows cost one index entry each and no row
     * access.
     */
    static Statement membersPage(
            String start, String businessId, String listId, @Nullable SearchTerm search, Page page) {
        Statement statement =
                new Statement(start).add(" FROM (SELECT member.business_id, member.person_id, member.added_at");
        return members(statement, businessId, listId, search)
                .add(" ORDER BY member.added_at, member.person_id LIMIT ", page.limit())
                .add(" OFFSET ", page.offset())
                .add(") AS member")
                .add(JOIN_PERSON)
                .add(" ORDER BY member.added_at, member.person_id");
    }

    /** Adds the join with the list's members. People are joined only for a search. */
    static Statement members(Statement statement, String businessId, String listId, @Nullable SearchTerm search) {
        statement
                .add(" FROM audience_list_member AS member")
                .add(search == null ? "" : JOIN_PERSON)
                .add(" WHERE member.business_id = ", businessId)
                .add(" AND member.list_id = ", listId);
        return SearchTerm.narrow(statement, search);
    }

    private Future<@Nullable Changed> change(String businessId, String sql, Tuple parameters) {
        return pool.execute(businessId, sql, parameters).map(rows -> {
            if (rows.size() == 0) {
                return null;
            }
            Row row = rows.iterator().next();
            return new Changed(
                    row.getString("id"),
                    Objects.requireNonNull(row.getLong("changed")).intValue());
        });
    }

    private static ListedPerson listed(Row row) {
        return new ListedPerson(
                row.getString("id"), row.getString("email"), row.getString("first_name"), row.getString("last_name"));
    }

    private static StoredList list(Row row) {
        return new StoredList(
                row.getString("id"),
                row.getString("slug"),
                row.getString("name"),
                row.getString("description"),
                row.getLong("people_count"),
                Times.format(row.getOffsetDateTime("created_at").toInstant()),
                Times.format(row.getOffsetDateTime("updated_at").toInstant()));
    }
}
