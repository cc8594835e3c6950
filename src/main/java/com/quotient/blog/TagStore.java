package com.quotient.blog;

import com.quotient.db.SharedPool;
import com.quotient.problem.Problem;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/** Writes and reads tags. Writes run in a transaction of {@link ChangeStore}. Thread-safe. */
final class TagStore {
    /** Maximum tags of a business, because they are listed without pages. */
    static final int MAX_TAGS = 1000;

    private static final String SELECT =
            "SELECT id, name, description FROM blog_tag WHERE business_id = $1 ORDER BY lower(name), id LIMIT $2";

    /** Serializes the creation of tags, so that the count is exact. */
    private static final String LOCK = "SELECT id FROM business WHERE id = $1 FOR NO KEY UPDATE";

    private static final String INSERT = """
            INSERT INTO blog_tag (business_id, id, name, description)
            SELECT $1, $2, $3, $4 WHERE (SELECT count(*) FROM blog_tag WHERE business_id = $1) < $5
            RETURNING id, name, description
            """;
    private static final String UPDATE = """
            UPDATE blog_tag SET name = coalesce($3, name), description = CASE WHEN $4 THEN $5 ELSE description END
            WHERE business_id = $1 AND id = $2
            RETURNING id, name, description
            """;
    private static final String DELETE = "DELETE FROM blog_tag WHERE business_id = $1 AND id = $2";

    private final SharedPool pool;

    TagStore(SharedPool pool) {
        this.pool = pool;
    }

    /** All tags of a business by name. */
    Future<List<Tag>> all(String businessId) {
        return pool.execute(businessId, SELECT, Tuple.of(businessId, MAX_TAGS))
                .map(rows -> rows.stream().map(TagStore::tag).toList());
    }

    /** Fails with 400 when there are too many. */
    Future<Tag> create(SqlClient transaction, String businessId, String id, TagChange change) {
        return transaction
                .preparedQuery(LOCK)
                .execute(Tuple.of(businessId))
                .compose(locked -> transaction
                        .preparedQuery(INSERT)
                        .execute(Tuple.of(
                                businessId,
                                id,
                                change.name(),
                                change.description().value(),
                                MAX_TAGS)))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw Problem.invalid(
                                        "name",
                                        "cannot be added: a business can have " + MAX_TAGS + " tags. Delete one.")
                                .exception();
                    }
                    return tag(rows.iterator().next());
                });
    }

    /** Fails with 404 when there is no such tag. */
    Future<Tag> update(SqlClient transaction, String businessId, String id, TagChange change) {
        return transaction
                .preparedQuery(UPDATE)
                .execute(Tuple.of(
                        businessId,
                        id,
                        change.name(),
                        change.description().isGiven(),
                        change.description().value()))
                .map(rows -> tag(ChangeStore.one(rows, "tag")));
    }

    /** Fails with 404 when there is no such tag. Posts stay, without this tag. */
    Future<Void> delete(SqlClient transaction, String businessId, String id) {
        return ChangeStore.delete(transaction, DELETE, businessId, id, "tag");
    }

    private static Tag tag(Row row) {
        return new Tag(row.getString("id"), row.getString("name"), row.getString("description"));
    }
}
