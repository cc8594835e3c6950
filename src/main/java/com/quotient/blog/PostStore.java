package com.quotient.blog;

import com.quotient.db.Database;
import com.quotient.db.Statement;
import com.quotient.problem.Problem;
import com.quotient.problem.Problem.Issue;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Writes and reads posts. The database's clock decides what is published. Writes run in a transaction of
 * {@link ChangeStore}. Thread-safe.
 */
final class PostStore {
    private static final String LOCK = """
            SELECT p.id, p.slug, p.title, p.status, p.publish_date, p.meta_description, p.dominant_image_url, now() AS now,
                %s AS version
            FROM blog_post p WHERE p.business_id = $1 AND p.slug = $2 FOR UPDATE OF p
            """.formatted(PostRows.VERSION);
    private static final String INSERT = """
            INSERT INTO blog_post (business_id, id, slug, title, status, publish_date, meta_description,
                dominant_image_url, content, html, plain_text, word_count)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::text::json, $10, $11, $12)
            """;
    private static final String UPDATE = """
            UPDATE blog_post SET slug = $3, title = $4, status = $5, publish_date = $6, meta_description = $7,
                dominant_image_url = $8, content = coalesce($9::text::json, content), html = coalesce($10, html),
                plain_text = coalesce($11, plain_text), word_count = coalesce($12, word_count), updated_at = now()
            WHERE business_id = $1 AND id = $2
            """;
    private static final String DELETE = "DELETE FROM blog_post WHERE business_id = $1 AND id = $2";

    private final Database database;

    PostStore(Database database) {
        this.database = database;
    }

    /**
     * The current state of a post.
     *
     * @param version changes whenever any answer about the post changes, for any caller
     */
    record Versioned(Blog blog, String version) {}

    /**
     * The post with a slug; fails with 404 when there is none, or when it is unpublished and the caller sees only
     * published posts.
     */
    Future<Fresh<Versioned>> find(String businessId, String slug, boolean publishedOnly, boolean emails, boolean html) {
        return new Statement("SELECT ")
                .add(html ? "p.html, " : "")
                .add(PostRows.NEXT_PUBLICATION, businessId)
                .add(") AS valid_millis, ")
                .add(PostRows.VERSION)
                .add(" AS version, ")
                .add(PostRows.columns(emails))
                .add(" FROM blog_post p WHERE p.business_id = ", businessId)
                .add(" AND p.slug = ", slug)
                .add(publishedOnly ? " AND " + PostRows.IS_PUBLISHED : "")
                .execute(database.features(), businessId)
                .map(rows -> ChangeStore.one(rows, "post"))
                .map(row -> PostRows.fresh(versioned(row, html), row));
    }

    Future<Versioned> create(SqlClient transaction, String businessId, String id, PostChange change) {
        Content content = Objects.requireNonNull(change.content());
        return transaction
                .query("SELECT now() AS now")
                .execute()
                .map(PostStore::only)
                .compose(row -> {
                    Publication publication =
                            Publication.NEW.changed(change.status(), change.publishDate(), time(row, "now"));
                    return checkLinks(transaction, businessId, change).compose(done -> transaction
                            .preparedQuery(INSERT)
                            .execute(Tuple.of(
                                    businessId,
                                    id,
                                    change.slug(),
                                    change.title(),
                                    publication.status().name(),
                                    offset(publication.date()),
                                    change.metaDescription().value(),
                                    change.dominantImageUrl().value(),
                                    content.json(),
                                    content.html(),
                                    content.text(),
                                    content.words())));
                })
                .compose(done -> link(transaction, businessId, id, change))
                .compose(done -> get(transaction, businessId, id));
    }

    /**
     * Fails with 404 when there is no post with that slug.
     *
     * @param precondition receives the current version, and throws to refuse the change
     */
    Future<Versioned> update(
            SqlClient transaction, String businessId, String slug, PostChange change, Consumer<String> precondition) {
        Content content = change.content();
        return lock(transaction, businessId, slug, precondition).compose(current -> {
            String id = current.getString("id");
            Publication publication = new Publication(
                            PostStatus.valueOf(current.getString("status")),
                            PostRows.timeOrNull(current, "publish_date"))
                    .changed(change.status(), change.publishDate(), time(current, "now"));
            return checkLinks(transaction, businessId, change)
                    .compose(done -> transaction
                            .preparedQuery(UPDATE)
                            .execute(Tuple.of(
                                    businessId,
                                    id,
                                    Objects.requireNonNullElse(change.slug(), current.getString("slug")),
                                    Objects.requireNonNullElse(change.title(), current.getString("title")),
                                    publication.status().name(),
                                    offset(publication.date()),
                                    change.metaDescription().or(current.getString("meta_description")),
                                    change.dominantImageUrl().or(current.getString("dominant_image_url")),
                                    content == null ? null : content.json(),
                                    content == null ? null : content.html(),
                                    content == null ? null : content.text(),
                                    content == null ? null : content.words())))
                    .compose(done -> link(transaction, businessId, id, change))
                    .compose(done -> get(transaction, businessId, id));
        });
    }

    /** As {@link #update}. */
    Future<Void> delete(SqlClient transaction, String businessId, String slug, Consumer<String> precondition) {
        return lock(transaction, businessId, slug, precondition)
                .compose(current ->
                        transaction.preparedQuery(DELETE).execute(Tuple.of(businessId, current.getString("id"))))
                .mapEmpty();
    }

    /** The current post, locked until the transaction ends. */
    private static Future<Row> lock(
            SqlClient transaction, String businessId, String slug, Consumer<String> precondition) {
        return transaction
                .preparedQuery(LOCK)
                .execute(Tuple.of(businessId, slug))
                .map(rows -> {
                    Row row = ChangeStore.one(rows, "post");
                    precondition.accept(row.getString("version"));
                    return row;
                });
    }

    private static Future<Versioned> get(SqlClient transaction, String businessId, String id) {
        return new Statement("SELECT ")
                .add(PostRows.VERSION)
                .add(" AS version, ")
                .add(PostRows.columns(true))
                .add(" FROM blog_post p WHERE p.business_id = ", businessId)
                .add(" AND p.id = ", id)
                .execute(transaction)
                .map(rows -> versioned(only(rows), false));
    }

    /** Fails with a 400 that names every unknown author and tag; locks the existing ones against deletion. */
    private static Future<Void> checkLinks(SqlClient transaction, String businessId, PostChange change) {
        List<Issue> issues = new ArrayList<>();
        return missing(transaction, "blog_author", businessId, "authorIds", change.authorIds())
                .onSuccess(issues::addAll)
                .compose(done -> missing(transaction, "blog_tag", businessId, "tagIds", change.tagIds()))
                .onSuccess(issues::addAll)
                .compose(done -> issues.isEmpty()
                        ? Future.succeededFuture()
                        : Future.failedFuture(Problem.invalid(issues).exception()));
    }

    private static Future<List<Issue>> missing(
            SqlClient transaction, String table, String businessId, String member, @Nullable List<String> ids) {
        if (ids == null || ids.isEmpty()) {
            return Future.succeededFuture(List.of());
        }
        return new Statement("SELECT id FROM " + table)
                .add(" WHERE business_id = ", businessId)
                .add(" AND id = ANY(", array(ids))
                .add("::text[]) ORDER BY id FOR KEY SHARE")
                .execute(transaction)
                .map(rows -> {
                    Set<String> there = rows.stream()
                            .map(row -> row.getString("id"))
                            .collect(Collectors.toCollection(HashSet::new));
                    List<Issue> issues = new ArrayList<>();
                    for (int i = 0; i < ids.size(); i++) {
                        if (!there.contains(ids.get(i))) {
                            issues.add(new Issue(
                                    member + "[" + i + "]",
                                    "names nothing that exists: there is no \"" + ids.get(i) + "\"."));
                        }
                    }
                    return issues;
                });
    }

    private static Future<Void> link(SqlClient transaction, String businessId, String postId, PostChange change) {
        return link(transaction, "blog_post_author", "author_id", businessId, postId, change.authorIds())
                .compose(done -> link(transaction, "blog_post_tag", "tag_id", businessId, postId, change.tagIds()));
    }

    private static Future<Void> link(
            SqlClient transaction,
            String table,
            String column,
            String businessId,
            String postId,
            @Nullable List<String> ids) {
        if (ids == null) {
            return Future.succeededFuture();
        }
        return transaction
                .preparedQuery("DELETE FROM " + table + " WHERE business_id = $1 AND post_id = $2")
                .execute(Tuple.of(businessId, postId))
                .compose(done -> transaction
                        .preparedQuery("INSERT INTO " + table + " (business_id, post_id, " + column + ", position)"
                                + " SELECT $1, $2, id, place FROM unnest($3::text[]) WITH ORDINALITY AS given (id, place)"
                                + " ON CONFLICT DO NOTHING")
                        .execute(Tuple.of(businessId, postId, array(ids))))
                .mapEmpty();
    }

    private static Versioned versioned(Row row, boolean html) {
        return new Versioned(PostRows.blog(row, html), row.getString("version"));
    }

    private static Row only(RowSet<Row> rows) {
        return rows.iterator().next();
    }

    private static Instant time(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static @Nullable OffsetDateTime offset(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    private static String[] array(List<String> texts) {
        return texts.toArray(String[]::new);
    }
}
