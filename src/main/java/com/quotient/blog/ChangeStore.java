package com.quotient.blog;

import com.quotient.db.PgErrors;
import com.quotient.db.SharedPool;
import com.quotient.problem.Problem;
import com.quotient.problem.ProblemType;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes changes of blogs so that every server learns of them, and reads these changes. Each change gets a version in
 * its own transaction; versions commit in order. Thread-safe.
 */
final class ChangeStore {
    private static final String UNIQUE_VIOLATION = "23505";

    private static final String NOTE = """
            WITH next AS (UPDATE blog_version SET version = version + 1 RETURNING version),
                 noted AS (
                     INSERT INTO blog_change (business_id, version) SELECT $1, version FROM next
                     ON CONFLICT (business_id) DO UPDATE SET version = excluded.version)
            SELECT pg_notify('quotient_blog', version::text) FROM next
            """;

    /** One statement is one snapshot: no change can fall between the version and the businesses. */
    private static final String ABOVE = """
            SELECT v.version, c.business_id FROM blog_version v LEFT JOIN blog_change c ON c.version > $1
            """;

    private final SharedPool pool;
    private final BlogCache cache;

    ChangeStore(SharedPool pool, BlogCache cache) {
        this.pool = pool;
        this.cache = cache;
    }

    /** The latest version, and the businesses whose blog changed after a given version. */
    record Changes(long version, List<String> businessIds) {}

    /**
     * Changes the blog of a business in one transaction. Once the future completes, no read of this process returns the
     * old state.
     *
     * @param duplicate the detail of the 409 when a name is taken
     */
    <T> Future<T> change(String businessId, String duplicate, Function<SqlClient, Future<T>> work) {
        return pool.withTransaction(businessId, transaction -> work.apply(transaction)
                        // Last, because changes of blogs wait for each other from here to the commit.
                        .compose(result -> transaction
                                .preparedQuery(NOTE)
                                .execute(Tuple.of(businessId))
                                .map(noted -> result)))
                .recover(failure -> Future.failedFuture(
                        UNIQUE_VIOLATION.equals(PgErrors.sqlState(failure))
                                ? Problem.of(ProblemType.CONFLICT, duplicate).exception()
                                : failure))
                // Also after a failure: a lost connection leaves open whether the transaction committed.
                .andThen(done -> pool.afterwards(() -> cache.changed(businessId)));
    }

    /** The changes above a version; for null only the latest version. */
    static Future<Changes> above(SqlClient connection, @Nullable Long version) {
        return connection.preparedQuery(ABOVE).execute(Tuple.of(version)).map(rows -> {
            long latest = 0;
            List<String> businessIds = new ArrayList<>();
            for (Row row : rows) {
                latest = row.getLong("version");
                String businessId = row.getString("business_id");
                if (businessId != null) {
                    businessIds.add(businessId);
                }
            }
            return new Changes(latest, businessIds);
        });
    }

    /** The row that was found or changed; fails with 404 when there is none. */
    static Row one(RowSet<Row> rows, String what) {
        return some(rows, what).iterator().next();
    }

    /** Runs a statement that deletes what has this id; fails with 404 when there is no such thing. */
    static Future<Void> delete(SqlClient transaction, String statement, String businessId, String id, String what) {
        return transaction
                .preparedQuery(statement)
                .execute(Tuple.of(businessId, id))
                .map(rows -> some(rows, what))
                .mapEmpty();
    }

    private static RowSet<Row> some(RowSet<Row> rows, String what) {
        if (rows.rowCount() == 0) {
            throw Problem.of(ProblemType.NOT_FOUND, "There is no such " + what + ".")
                    .exception();
        }
        return rows;
    }
}
