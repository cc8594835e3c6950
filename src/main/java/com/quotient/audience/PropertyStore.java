package com.quotient.audience;

import com.quotient.db.SharedPool;
import com.quotient.db.Statement;
import com.quotient.http.Page;
import com.quotient.time.Times;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes and reads the definitions of custom properties. Thread-safe. */
final class PropertyStore {

    /**
     * Maximum definitions of one target in a business. Concurrent requests may exceed it by one each; the limit only
     * keeps reads bounded.
     */
    static final int MAX_DEFINITIONS = 1000;

    /** The update has no effect; it makes the statement return the existing row. */
    private static final String DEFINE = """
            INSERT INTO audience_property AS known (business_id, target, name, type)
            SELECT $1, $2, $3, $4
            WHERE (SELECT count(*) FROM audience_property WHERE business_id = $1 AND target = $2) < $5
                OR EXISTS (SELECT FROM audience_property WHERE business_id = $1 AND target = $2 AND name = $3)
            ON CONFLICT (business_id, target, name) DO UPDATE SET type = known.type
            RETURNING target, name, type, created_at""";

    private static final String SELECT = "SELECT target, name, type, created_at FROM audience_property";

    private static final String COUNT = "SELECT count(*) FROM audience_property";

    private static final String DELETE =
            "DELETE FROM audience_property WHERE business_id = $1 AND target = $2 AND name = $3";

    private final SharedPool pool;

    PropertyStore(SharedPool pool) {
        this.pool = pool;
    }

    /** A definition as the wire shows it. */
    record StoredProperty(String name, PropertyTarget target, PropertyType type, String createdAt) {}

    /** A page of definitions, and the total. */
    record Found(List<StoredProperty> properties, long total) {}

    /**
     * Defines a property unless one with that name exists.
     *
     * @return the stored definition, perhaps with another type; null when there are too many
     */
    Future<@Nullable StoredProperty> define(String businessId, PropertyTarget target, String name, PropertyType type) {
        return pool.execute(businessId, DEFINE, Tuple.of(businessId, target.name(), name, type.name(), MAX_DEFINITIONS))
                .map(rows -> rows.size() == 0 ? null : property(rows.iterator().next()));
    }

    /** One page of the definitions, in order of creation. */
    Future<Found> page(String businessId, @Nullable PropertyTarget target, Page page) {
        return select(COUNT, businessId, target)
                .count(pool, businessId)
                .compose(total -> page.offset() >= total
                        ? Future.succeededFuture(new Found(List.of(), total))
                        : select(SELECT, businessId, target)
                                .add(" ORDER BY id LIMIT ", page.limit())
                                .add(" OFFSET ", page.offset())
                                .execute(pool, businessId)
                                .map(rows -> new Found(
                                        rows.stream()
                                                .map(PropertyStore::property)
                                                .toList(),
                                        total)));
    }

    /** The names of the properties of people, in order of creation. */
    Future<List<String>> namesOfPeople(String businessId) {
        return select(SELECT, businessId, PropertyTarget.PERSON)
                .add(" ORDER BY id")
                .execute(pool, businessId)
                .map(rows -> rows.stream().map(row -> row.getString("name")).toList());
    }

    /** Deletes a definition and returns whether it existed. Its stored values are no longer shown. */
    Future<Boolean> delete(String businessId, String target, String name) {
        return pool.execute(businessId, DELETE, Tuple.of(businessId, target, name))
                .map(deleted -> deleted.rowCount() > 0);
    }

    private static Statement select(String start, String businessId, @Nullable PropertyTarget target) {
        return new Statement(start)
                .add(" WHERE business_id = ", businessId)
                .addIfGiven(" AND target = ", target == null ? null : target.name());
    }

    private static StoredProperty property(Row row) {
        return new StoredProperty(
                row.getString("name"),
                PropertyTarget.valueOf(row.getString("target")),
                PropertyType.valueOf(row.getString("type")),
                Times.format(row.getOffsetDateTime("created_at").toInstant()));
    }
}
