package com.quotient.blog;

import com.quotient.db.Database;
import com.quotient.db.SharedPool;
import com.quotient.db.Statement;
import com.quotient.http.Page;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Writes and reads authors. Writes run in a transaction of {@link ChangeStore}. Thread-safe. */
final class AuthorStore {
    private static final String INSERT = """
            INSERT INTO blog_author (business_id, id, name, email, avatar_url) VALUES ($1, $2, $3, $4, $5)
            RETURNING id, name, email, avatar_url
            """;
    private static final String UPDATE = """
            UPDATE blog_author SET name = coalesce($3, name), email = CASE WHEN $4 THEN $5 ELSE email END,
                avatar_url = CASE WHEN $6 THEN $7 ELSE avatar_url END
            WHERE business_id = $1 AND id = $2
            RETURNING id, name, email, avatar_url
            """;
    private static final String DELETE = "DELETE FROM blog_author WHERE business_id = $1 AND id = $2";

    private final Database database;

    AuthorStore(Database database) {
        this.database = database;
    }

    /** A page of authors, and the total. */
    record Found(List<Author> authors, long total) {}

    /** One page by name. A caller who may not see addresses cannot search them either. */
    Future<Found> page(String businessId, @Nullable String search, Page page, boolean emails) {
        SharedPool pool = database.reads(search != null);
        return where(new Statement("SELECT count(*) FROM blog_author"), businessId, search, emails)
                .count(pool, businessId)
                .compose(total -> page.offset() >= total
                        ? Future.succeededFuture(new Found(List.of(), total))
                        : where(
                                        new Statement("SELECT id, name, email, avatar_url FROM blog_author"),
                                        businessId,
                                        search,
                                        emails)
                                .add(" ORDER BY lower(name), id LIMIT ", page.limit())
                                .add(" OFFSET ", page.offset())
                                .execute(pool, businessId)
                                .map(rows -> new Found(
                                        rows.stream()
                                                .map(row -> author(row, emails))
                                                .toList(),
                                        total)));
    }

    Future<Author> create(SqlClient transaction, String businessId, String id, AuthorChange change) {
        return transaction
                .preparedQuery(INSERT)
                .execute(Tuple.of(
                        businessId,
                        id,
                        change.name(),
                        change.email().value(),
                        change.avatarUrl().value()))
                .map(rows -> author(rows.iterator().next(), true));
    }

    /** Fails with 404 when there is no such author. */
    Future<Author> update(SqlClient transaction, String businessId, String id, AuthorChange change) {
        return transaction
                .preparedQuery(UPDATE)
                .execute(Tuple.of(
                        businessId,
                        id,
                        change.name(),
                        change.email().isGiven(),
                        change.email().value(),
                        change.avatarUrl().isGiven(),
                        change.avatarUrl().value()))
                .map(rows -> author(ChangeStore.one(rows, "author"), true));
    }

    /** Fails with 404 when there is no such author. Posts stay, without this author. */
    Future<Void> delete(SqlClient transaction, String businessId, String id) {
        return ChangeStore.delete(transaction, DELETE, businessId, id, "author");
    }

    private static Statement where(Statement statement, String businessId, @Nullable String search, boolean emails) {
        statement.add(" WHERE business_id = ", businessId);
        if (search != null) {
            statement
                    .add(" AND (strpos(search_fold(name), search_fold(", search)
                    .add(")) > 0");
            if (emails) {
                statement
                        .add(" OR strpos(search_fold(email), search_fold(", search)
                        .add(")) > 0");
            }
            statement.add(")");
        }
        return statement;
    }

    private static Author author(Row row, boolean emails) {
        String email = emails ? row.getString("email") : null;
        return new Author(row.getString("id"), row.getString("name"), email, email, row.getString("avatar_url"));
    }
}
