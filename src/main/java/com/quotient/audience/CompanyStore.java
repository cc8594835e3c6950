package com.quotient.audience;

import com.quotient.audience.CompanyDraft.Member;
import com.quotient.audience.Upserted.Refused;
import com.quotient.audience.Upserted.Stored;
import com.quotient.db.Database;
import com.quotient.db.SharedPool;
import com.quotient.id.Ids;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes and reads companies. Thread-safe. */
final class CompanyStore {

    /**
     * From {@code $6} on: for each member, whether it was given, and its value. Properties work as in
     * {@link PeopleStore}.
     */
    private static final String UPSERT = """
            WITH value AS (
                SELECT sent.name, property.id, property.type,
                    CASE WHEN sent.value = 'null' THEN 'null' ELSE sent.value::jsonb -> property.type END AS value
                FROM unnest($4::text[], $5::text[]) AS sent (name, value)
                LEFT JOIN audience_property AS property ON property.business_id = $1
                    AND property.target = 'COMPANY' AND property.name = sent.name
            ), stored AS (
                INSERT INTO company AS known (business_id, id, domain, properties, %s)
                SELECT $1, $2, $3, coalesce((SELECT jsonb_object_agg(id, value) FROM value), '{}'), %s
                WHERE NOT EXISTS (SELECT FROM value WHERE id IS NULL OR value IS NULL)
                ON CONFLICT (business_id, domain) DO UPDATE SET
                    properties = jsonb_strip_nulls(known.properties || excluded.properties),
                    %s,
                    updated_at = now()
                WHERE excluded.properties = '{}'
                    OR octet_length((known.properties || excluded.properties)::text) <= %s
                RETURNING id
            )
            SELECT (SELECT id FROM stored),
                ARRAY(SELECT name FROM value WHERE id IS NULL) AS unknown,
                (SELECT jsonb_object_agg(name, type) FROM value WHERE id IS NOT NULL AND value IS NULL) AS misfits""".formatted(
            members(member -> member.column),
            members(member -> member == Member.INDUSTRIES ? "coalesce(" + value(member) + ", '{}')" : value(member)),
            members(member -> member.column + " = CASE WHEN " + isGiven(member) + " THEN excluded." + member.column
                    + " ELSE known." + member.column + " END"),
            PropertyValues.MAX_BYTES);

    private static final String SELECT = """
            SELECT company.id, domain, name, description, industries, revenue, revenue_currency, total_employees,
                address1, address2, city, region_code, country, zip, linkedin,
                (SELECT coalesce(jsonb_object_agg(property.name, value.value), '{}')::text
                    FROM jsonb_each(company.properties) AS value
                    JOIN audience_property AS property ON property.business_id = company.business_id
                        AND property.id = value.key::bigint
                    WHERE value.value <> 'null') AS properties,
                created_at, updated_at
            FROM company""";

    static final SearchedTable<StoredCompany> TABLE = new SearchedTable<>(
            "company",
            "company",
            "(sized.properties_bytes + coalesce(octet_length(sized.description), 0))",
            SELECT,
            CompanyStore::company);

    private static final String DELETE = "DELETE FROM company WHERE business_id = $1 AND id = $2";

    private final Database database;
    private final SharedPool pool;

    CompanyStore(Database database) {
        this.database = database;
        this.pool = database.features();
    }

    /** Creates or changes a company. */
    Future<Upserted> upsert(String businessId, CompanyDraft draft, long now) {
        List<@Nullable Object> parameters = new ArrayList<>();
        parameters.add(businessId);
        parameters.add(Ids.next("com_", now));
        parameters.add(draft.domain());
        parameters.add(draft.properties().byName().keySet().toArray(String[]::new));
        parameters.add(draft.properties().byName().values().toArray(String[]::new));
        for (Member member : Member.values()) {
            parameters.add(draft.given().containsKey(member));
            parameters.add(draft.given().get(member));
        }
        return pool.execute(businessId, UPSERT, Tuple.from(parameters)).map(rows -> {
            Row row = rows.iterator().next();
            String id = row.getString("id");
            return id == null
                    ? Refused.of(row.getArrayOfStrings("unknown"), null, row.getJsonObject("misfits"))
                    : new Stored(id, id.equals(parameters.get(1)));
        });
    }

    /** The number of companies, or of those found by a search. */
    Future<Long> count(String businessId, @Nullable SearchTerm search) {
        return TABLE.count(database, businessId, search);
    }

    /** The next companies after an id, or from an offset, in order of creation. */
    Future<List<StoredCompany>> companies(
            String businessId, @Nullable SearchTerm search, @Nullable String lastId, long offset, int limit) {
        return TABLE.page(database, businessId, search, lastId, offset, limit);
    }

    /** The company, or null. */
    Future<@Nullable StoredCompany> find(String businessId, String id) {
        return TABLE.find(database, businessId, "id", id);
    }

    /** Deletes a company and returns whether it existed. Its people stay. */
    Future<Boolean> delete(String businessId, String id) {
        return pool.execute(businessId, DELETE, Tuple.of(businessId, id)).map(deleted -> deleted.rowCount() > 0);
    }

    private static String members(Function<Member, String> sql) {
        return Stream.of(Member.values()).map(sql).collect(Collectors.joining(", "));
    }

    private static String isGiven(Member member) {
        return "$" + (6 + 2 * member.ordinal()) + "::boolean";
    }

    private static String value(Member member) {
        return "$" + (7 + 2 * member.ordinal()) + "::" + member.columnType;
    }

    private static StoredCompany company(Row row) {
        return new StoredCompany(
                row.getString("id"),
                row.getString("domain"),
                row.getString("name"),
                row.getString("description"),
                List.of(row.getArrayOfStrings("industries")),
                row.getBigDecimal("revenue"),
                row.getString("revenue_currency"),
                row.getLong("total_employees"),
                row.getString("address1"),
                row.getString("address2"),
                row.getString("city"),
                row.getString("region_code"),
                row.getString("country"),
                row.getString("zip"),
                row.getString("linkedin"),
                row.getString("properties"),
                row.getOffsetDateTime("created_at").toInstant(),
                row.getOffsetDateTime("updated_at").toInstant());
    }
}
