package com.quotient.audience;

import com.quotient.audience.PersonDraft.Member;
import com.quotient.audience.Upserted.Refused;
import com.quotient.audience.Upserted.Stored;
import com.quotient.db.SharedPool;
import com.quotient.id.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The upsert of people: one statement for each set of members that are given. */
final class PeopleUpsertStore {
    /** Parameters that every statement has; those of lists, properties and senders follow. */
    private static final int COMMON_PARAMETERS = 16;

    private static final String GIVEN = """
            WITH given AS (
                SELECT id COLLATE "C" AS id, email COLLATE "C" AS email, domain, status, first_name, last_name,
                    job_title, lead_score, shown_email, row
                FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                        $9::int[], $10::text[]) WITH ORDINALITY
                    AS given (id, email, domain, status, first_name, last_name, job_title, lead_score, shown_email, row)
            )""";

    private static final String WANTED = """
            , list AS (
                SELECT id, slug FROM audience_list WHERE business_id = $1 AND slug = ANY ($%2$d::text[])
                ORDER BY id FOR KEY SHARE
            ), wanted AS (
                SELECT wanted.row, wanted.slug, list.id
                FROM unnest($%1$d::bigint[], $%2$d::text[]) AS wanted (row, slug)
                LEFT JOIN list ON list.slug = wanted.slug
            )""";

    private static final String VALUES = """
            , value AS (
                SELECT sent.row, sent.name, property.id, property.type,
                    CASE WHEN sent.value = 'null' THEN 'null' ELSE sent.value::jsonb -> property.type END AS value
                FROM unnest($%1$d::bigint[], $%2$d::text[], $%3$d::text[]) AS sent (row, name, value)
                LEFT JOIN audience_property AS property ON property.business_id = $1
                    AND property.target = 'PERSON' AND property.name = sent.name
            )""";

    /** {@code %s}: the faults. */
    private static final String REFUSED = """
            , refused AS (
                SELECT row, array_agg(name) FILTER (WHERE kind = 'property') AS properties,
                    array_agg(name) FILTER (WHERE kind = 'list') AS lists,
                    jsonb_object_agg(name, kind) FILTER (WHERE kind NOT IN ('property', 'list')) AS misfits
                FROM (%s) AS fault
                GROUP BY row
            )""";

    private static final String LIST_FAULTS = "SELECT row, 'list' AS kind, slug AS name FROM wanted WHERE id IS NULL";

    private static final String PROPERTY_FAULTS = """
            SELECT row, 'property' AS kind, name FROM value WHERE id IS NULL
            UNION ALL SELECT row, type, name FROM value WHERE id IS NOT NULL AND value IS NULL""";

    /**
     * {@code %1$s}: the properties, {@code %2$s}: what they are joined from, {@code %3$s}: who is left out,
     * {@code %4$s}: how properties change, {@code %5$s}: how large they may become.
     */
    private static final String STORED = """
            , stored AS (
                INSERT INTO person AS known (business_id, id, email, domain, status, first_name, last_name, job_title,
                    lead_score, shown_email, properties)
                SELECT $1, given.id, email, domain, coalesce(status, 'NOT_SUBSCRIBED'), first_name, last_name, job_title,
                    coalesce(lead_score, 0), shown_email, %1$s
                FROM given%2$s%3$s
                ORDER BY email
                ON CONFLICT (business_id, email) DO UPDATE SET
                    status = CASE WHEN $11 AND NOT ($16 AND known.status IN ('BOUNCED', 'SPAM'))
                        THEN excluded.status ELSE known.status END,
                    first_name = CASE WHEN $12 THEN excluded.first_name ELSE known.first_name END,
                    last_name = CASE WHEN $13 THEN excluded.last_name ELSE known.last_name END,
                    job_title = CASE WHEN $14 THEN excluded.job_title ELSE known.job_title END,
                    lead_score = CASE WHEN $15 THEN excluded.lead_score ELSE known.lead_score END,%4$s
                    updated_at = now()%5$s
                RETURNING id, email
            )""";

    private static final String ENTERED = """

                LEFT JOIN (
                    SELECT row, jsonb_object_agg(id, value) AS properties FROM value WHERE id IS NOT NULL GROUP BY row
                ) AS entered ON entered.row = given.row""";

    private static final String MERGED =
            "\n        properties = jsonb_strip_nulls(known.properties || excluded.properties),";

    private static final String SMALL_ENOUGH = """

                WHERE excluded.properties = '{}'
                    OR octet_length((known.properties || excluded.properties)::text) <= %d""".formatted(PropertyValues.MAX_BYTES);

    private static final String MEMBERS = """
            , member AS (
                INSERT INTO audience_list_member (business_id, list_id, person_id)
                SELECT $1, wanted.id, stored.id
                FROM wanted
                JOIN given ON given.row = wanted.row
                JOIN stored ON stored.email = given.email
                ORDER BY wanted.id, stored.id
                ON CONFLICT DO NOTHING
            )""";

    private static final String LINKED = """
            , linked AS (
                INSERT INTO event_link (business_id, person_id, kind, value)
                SELECT $1, stored.id, sender.kind, sender.value
                FROM unnest($%1$d::bigint[], $%2$d::text[], $%3$d::text[]) AS sender (row, kind, value)
                JOIN given ON given.row = sender.row
                JOIN stored ON stored.email = given.email
                ON CONFLICT (business_id, person_id, kind, value) DO UPDATE SET until = excluded.until
            )""";

    private static final String SELECT = """

            SELECT given.row, stored.id, stored.id = given.id AS created%s
            FROM given
            LEFT JOIN stored ON stored.email = given.email""";

    private static final String WITH_REFUSED = """

            LEFT JOIN refused ON refused.row = given.row""";

    private static final Map<Parts, String> STATEMENTS =
            Parts.all().collect(Collectors.toUnmodifiableMap(Function.identity(), Parts::statement));

    private PeopleUpsertStore() {}

    /**
     * Writes people whose email addresses all differ.
     *
     * @param publicKey whether a public key asks, which does not lift {@code BOUNCED} and {@code SPAM}
     * @param now the time of new ids, in milliseconds since the epoch
     * @return the outcome of each, in the given order
     */
    static Future<List<Upserted>> run(
            SharedPool pool, String businessId, List<PersonDraft> drafts, boolean publicKey, long now) {
        Map<Set<Member>, List<Integer>> shapes = new LinkedHashMap<>();
        for (int i = 0; i < drafts.size(); i++) {
            shapes.computeIfAbsent(drafts.get(i).given(), given -> new ArrayList<>())
                    .add(i);
        }
        String[] ids = ids(drafts.size(), now);
        Upserted[] outcomes = new Upserted[drafts.size()];
        Future<Void> done = Future.succeededFuture();
        for (Map.Entry<Set<Member>, List<Integer>> shape : shapes.entrySet()) {
            List<Integer> places = shape.getValue();
            Upsert upsert = Upsert.of(
                    businessId,
                    shape.getKey(),
                    places.stream().map(place -> ids[place]).toArray(String[]::new),
                    places.stream().map(drafts::get).toList(),
                    publicKey);
            done = done.compose(before -> pool.execute(businessId, upsert.statement(), upsert.parameters()))
                    .map(rows -> {
                        for (Row row : rows) {
                            outcomes[places.get(row.getLong("row").intValue() - 1)] = upserted(row);
                        }
                        return null;
                    });
        }
        return done.map(all -> List.of(outcomes));
    }

    /** What any person of a statement has; the statement has no part for the rest. */
    private record Parts(boolean lists, boolean properties, boolean senders) {
        private static final List<Boolean> EITHER = List.of(false, true);

        static Stream<Parts> all() {
            return EITHER.stream().flatMap(lists -> EITHER.stream()
                    .flatMap(properties -> EITHER.stream().map(senders -> new Parts(lists, properties, senders))));
        }

        String statement() {
            return PeopleUpsertStore.statement(lists, properties, senders);
        }
    }

    /**
     * Upserts people with the same set of members and distinct email addresses. People with an unknown property or
     * list, or a value of the wrong type, are reported and left out. The lists are locked against deletion. The people
     * are written in order of their addresses, so that two statements with the same people cannot deadlock. A property
     * to clear is a JSON null: an update of properties removes it, a new person keeps it, and no reader shows it.
     *
     * <p>The statement has only the parts for what is given, since Postgres prepares every part anew for each execution.
     */
    private static String statement(boolean lists, boolean properties, boolean senders) {
        int next = COMMON_PARAMETERS + 1;
        StringBuilder statement = new StringBuilder(GIVEN);
        List<String> faults = new ArrayList<>();
        if (lists) {
            statement.append(WANTED.formatted(next, next + 1));
            next += 2;
            faults.add(LIST_FAULTS);
        }
        if (properties) {
            statement.append(VALUES.formatted(next, next + 1, next + 2));
            next += 3;
            faults.add(PROPERTY_FAULTS);
        }
        boolean mayRefuse = !faults.isEmpty();
        if (mayRefuse) {
            statement.append(REFUSED.formatted(String.join(" UNION ALL ", faults)));
        }
        statement.append(STORED.formatted(
                properties ? "coalesce(entered.properties, '{}')" : "'{}'",
                properties ? ENTERED : "",
                mayRefuse ? " WHERE given.row NOT IN (SELECT row FROM refused)" : "",
                properties ? MERGED : "",
                properties ? SMALL_ENOUGH : ""));
        if (lists) {
            statement.append(MEMBERS);
        }
        if (senders) {
            statement.append(LINKED.formatted(next, next + 1, next + 2));
        }
        return statement
                .append(SELECT.formatted(mayRefuse ? ", refused.properties, refused.lists, refused.misfits" : ""))
                .append(mayRefuse ? WITH_REFUSED : "")
                .toString();
    }

    /** One statement with the values of its people, who have the same set of members. */
    private record Upsert(String statement, Tuple parameters) {
        static Upsert of(
                String businessId, Set<Member> given, String[] ids, List<PersonDraft> drafts, boolean publicKey) {
            Pairs lists = new Pairs();
            Pairs properties = new Pairs();
            Pairs senders = new Pairs();
            for (int i = 0; i < drafts.size(); i++) {
                PersonDraft draft = drafts.get(i);
                long row = i + 1L;
                draft.lists().forEach(slug -> lists.add(row, slug, ""));
                draft.properties().byName().forEach((name, byType) -> properties.add(row, name, byType));
                senders.addIfGiven(row, "DEVICE", draft.deviceId());
                senders.addIfGiven(row, "SESSION", draft.sessionId());
            }
            List<@Nullable Object> values = new ArrayList<>(Arrays.asList(
                    businessId,
                    ids,
                    texts(drafts, draft -> draft.email().value()),
                    texts(drafts, draft -> draft.email().domain()),
                    texts(
                            drafts,
                            draft -> draft.status() == null
                                    ? null
                                    : draft.status().name()),
                    texts(drafts, PersonDraft::firstName),
                    texts(drafts, PersonDraft::lastName),
                    texts(drafts, PersonDraft::jobTitle),
                    drafts.stream().map(PersonDraft::leadScore).toArray(Integer[]::new),
                    texts(drafts, draft -> draft.email().shownIfOther()),
                    given.contains(Member.STATUS),
                    given.contains(Member.FIRST_NAME),
                    given.contains(Member.LAST_NAME),
                    given.contains(Member.JOB_TITLE),
                    given.contains(Member.LEAD_SCORE),
                    publicKey));
            // In the order of the parts of the statement.
            if (lists.areGiven()) {
                values.addAll(List.of(lists.rows(), lists.firsts()));
            }
            if (properties.areGiven()) {
                values.addAll(List.of(properties.rows(), properties.firsts(), properties.seconds()));
            }
            if (senders.areGiven()) {
                values.addAll(List.of(senders.rows(), senders.firsts(), senders.seconds()));
            }
            Parts parts = new Parts(lists.areGiven(), properties.areGiven(), senders.areGiven());
            return new Upsert(Objects.requireNonNull(STATEMENTS.get(parts)), Tuple.tuple(values));
        }
    }

    /** Values of which a person can have several, with the index of the person's row. */
    private static final class Pairs {
        private final List<Long> rows = new ArrayList<>();
        private final List<String> firsts = new ArrayList<>();
        private final List<String> seconds = new ArrayList<>();

        void add(long row, String first, String second) {
            rows.add(row);
            firsts.add(first);
            seconds.add(second);
        }

        void addIfGiven(long row, String first, @Nullable String second) {
            if (second != null && !second.isEmpty()) {
                add(row, first, second);
            }
        }

        Long[] rows() {
            return rows.toArray(Long[]::new);
        }

        String[] firsts() {
            return firsts.toArray(String[]::new);
        }

        String[] seconds() {
            return seconds.toArray(String[]::new);
        }

        boolean areGiven() {
            return !rows.isEmpty();
        }
    }

    /** New ids in ascending order, so that people of one request keep their order. */
    static String[] ids(int count, long now) {
        return Stream.generate(() -> Ids.next("per_", now))
                .limit(count)
                .sorted()
                .toArray(String[]::new);
    }

    private static String[] texts(List<PersonDraft> drafts, Function<PersonDraft, @Nullable String> column) {
        return drafts.stream().map(column).toArray(String[]::new);
    }

    private static Upserted upserted(Row row) {
        String id = row.getString("id");
        // Without properties and lists nobody is refused, and these columns are not there.
        return id == null
                ? Refused.of(
                        row.getArrayOfStrings("properties"),
                        row.getArrayOfStrings("lists"),
                        row.getJsonObject("misfits"))
                : new Stored(id, row.getBoolean("created"));
    }
}
