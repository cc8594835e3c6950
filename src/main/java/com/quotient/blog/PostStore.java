package com.quotient.blog;

import com.quotient.db.Database;
import com.quotient.db.SharedPool;
import com.quotient.db.Statement;
import com.quotient.http.Page;
import com.quotient.problem.Problem;
import com.quotient.problem.Problem.Issue;
import com.quotient.time.Times;
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
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Posts in Postgres, whose clock decides what is published. Any thread may use it; what changes something takes the
 * transaction of {@link ChangeStore}.
 */
final class PostStore {
    private static final String COLUMNS = """
            p.id, p.title, p.slug, p.content::text AS content, p.dominant_image_url, p.publish_date, p.meta_description,
                p.word_count,
                CASE WHEN p.status = 'SCHEDULED' AND p.publish_date <= now() THEN 'PUBLISHED' ELSE p.status END AS status,
                (SELECT coalesce(json_agg(json_build_object('id', t.id, 'name', t.name, 'description', t.description)
                                          ORDER BY l.position), '[]')::text
                 FROM blog_post_tag l JOIN blog_tag t ON t.business_id = l.business_id AND t.id = l.tag_id
                 WHERE l.business_id = p.business_id AND l.post_id = p.id) AS tags,
                (SELECT coalesce(json_agg(json_build_object('id', a.id, 'name', a.name, 'emailAddress', %1$s,
                                                            'email', %1$s, 'avatarUrl', a.avatar_url)
                                          ORDER BY l.position), '[]')::text
                 FROM blog_post_author l JOIN blog_author a ON a.business_id = l.business_id AND a.id = l.author_id
                 WHERE l.business_id = p.business_id AND l.post_id = p.id) AS authors""";
    private static final String WITH_EMAILS = COLUMNS.formatted("a.email");
    private static final String WITHOUT_EMAILS = COLUMNS.formatted("NULL::text");

    /** The milliseconds until the next post of a business is published by itself, or null. */
    private static final String NEXT_PUBLICATION = """
            (SELECT floor(extract(epoch FROM min(s.publish_date) - now()) * 1000)::bigint FROM blog_post s
             WHERE s.status = 'SCHEDULED' AND s.publish_date > now() AND s.business_id =\s""";

    private static final String IS_PUBLISHED = "p.status <> 'DRAFT' AND p.publish_date <= now()";
    private static final String IS_SCHEDULED = "p.status <> 'DRAFT' AND p.publish_date > now()";
    private static final String IS_DRAFT = "p.status = 'DRAFT'";
    private static final String ORDER = " ORDER BY p.publish_date DESC NULLS LAST, p.id DESC";

    private static final String LOCK = """
            SELECT id, slug, title, status, publish_date, meta_description, dominant_image_url, now() AS now
            FROM blog_post WHERE business_id = $1 AND slug = $2 FOR UPDATE
            """;
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
    private static final String DELETE = "DELETE FROM blog_post WHERE business_id = $1 AND slug = $2";

    private final Database database;

    PostStore(Database database) {
        this.database = database;
    }

    /** Some of the posts found, and how many there are. */
    record Found(List<Blog> blogs, long total) {}

    /** One page, the latest date first and drafts without a date last. */
    Future<Fresh<Found>> page(PostFilter filter, Page page, boolean emails) {
        Statement count = new Statement("SELECT count(*) AS total, ")
                .add(NEXT_PUBLICATION, filter.businessId())
                .add(") AS valid_millis FROM blog_post p");
        SharedPool pool = database.reads(filter.words() != null);
        return where(count, filter)
                .execute(pool, filter.businessId())
                .map(PostStore::only)
                .compose(counted -> {
                    long total = counted.getLong("total");
                    if (page.offset() >= total) {
                        return Future.succeededFuture(fresh(new Found(List.of(), total), counted));
                    }
                    // The rows before the page are not worth putting together.
                    Statement select = where(
                                    new Statement("WITH page AS MATERIALIZED (SELECT p.id FROM blog_post p"), filter)
                            .add(ORDER)
                            .add(" LIMIT ", page.limit())
                            .add(" OFFSET ", page.offset())
                            .add(") SELECT ")
                            .add(emails ? WITH_EMAILS : WITHOUT_EMAILS)
                            .add(
                                    " FROM page JOIN blog_post p ON p.id = page.id AND p.business_id = ",
                                    filter.businessId())
                            .add(ORDER);
                    return select.execute(pool, filter.businessId())
                            .map(rows -> fresh(
                                    new Found(
                                            rows.stream()
                                                    .map(row -> blog(row, false))
                                                    .toList(),
                                            total),
                                    counted));
                });
    }

    /** The post with a slug; fails with 404 when there is none, or none that is published when only such may be seen. */
    Future<Fresh<Blog>> find(String businessId, String slug, boolean publishedOnly, boolean emails, boolean html) {
        return new Statement("SELECT ")
                .add(html ? "p.html, " : "")
                .add(NEXT_PUBLICATION, businessId)
                .add(") AS valid_millis, ")
                .add(emails ? WITH_EMAILS : WITHOUT_EMAILS)
                .add(" FROM blog_post p WHERE p.business_id = ", businessId)
                .add(" AND p.slug = ", slug)
                .add(publishedOnly ? " AND " + IS_PUBLISHED : "")
                .execute(database.features(), businessId)
                .map(rows -> fresh(blog(first(rows, "post"), html), first(rows, "post")));
    }

    Future<Blog> create(SqlClient transaction, String businessId, String id, PostChange change, Content content) {
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

    /** Fails with 404 when there is no post with that slug. */
    Future<Blog> update(
            SqlClient transaction, String businessId, String slug, PostChange change, @Nullable Content content) {
        return transaction
                .preparedQuery(LOCK)
                .execute(Tuple.of(businessId, slug))
                .map(rows -> first(rows, "post"))
                .compose(current -> {
                    String id = current.getString("id");
                    Publication publication = new Publication(
                                    PostStatus.valueOf(current.getString("status")),
                                    timeOrNull(current, "publish_date"))
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

    /** Fails with 404 when there is no post with that slug. */
    Future<Void> delete(SqlClient transaction, String businessId, String slug) {
        return transaction
                .preparedQuery(DELETE)
                .execute(Tuple.of(businessId, slug))
                .map(rows -> ChangeStore.some(rows, "post"))
                .mapEmpty();
    }

    private static Future<Blog> get(SqlClient transaction, String businessId, String id) {
        return new Statement("SELECT ")
                .add(WITH_EMAILS)
                .add(" FROM blog_post p WHERE p.business_id = ", businessId)
                .add(" AND p.id = ", id)
                .execute(transaction)
                .map(rows -> blog(only(rows), false));
    }

    /** Fails with a 400 that names every author and tag that does not exist; those that do cannot go away any more. */
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

    private static Statement where(Statement statement, PostFilter filter) {
        statement
                .add(" WHERE p.business_id = ", filter.businessId())
                .add(" AND (")
                .add(filter.statuses().stream().map(PostStore::condition).collect(Collectors.joining(" OR ")))
                .add(")");
        if (!filter.authorIds().isEmpty()) {
            statement
                    .add(
                            " AND p.id IN (SELECT l.post_id FROM blog_post_author l WHERE l.business_id = ",
                            filter.businessId())
                    .add(" AND l.author_id = ANY(", array(filter.authorIds()))
                    .add("::text[]))");
        }
        if (!filter.tagIds().isEmpty()) {
            statement
                    .add(
                            " AND p.id IN (SELECT l.post_id FROM blog_post_tag l WHERE l.business_id = ",
                            filter.businessId())
                    .add(" AND l.tag_id = ANY(", array(filter.tagIds()))
                    .add("::text[]))");
        }
        if (filter.words() != null) {
            statement
                    .add(" AND p.search @@ to_tsquery('simple', ", filter.words())
                    .add(")");
        }
        return statement;
    }

    private static String condition(PostStatus status) {
        return "("
                + switch (status) {
                    case PUBLISHED -> IS_PUBLISHED;
                    case SCHEDULED -> IS_SCHEDULED;
                    case DRAFT -> IS_DRAFT;
                }
                + ")";
    }

    private static <T> Fresh<T> fresh(T value, Row row) {
        Long millis = row.getLong("valid_millis");
        return new Fresh<>(value, millis == null ? Long.MAX_VALUE : millis);
    }

    private static Blog blog(Row row, boolean html) {
        Instant date = timeOrNull(row, "publish_date");
        return new Blog(
                row.getString("id"),
                row.getString("title"),
                row.getString("slug"),
                row.getString("content"),
                row.getString("dominant_image_url"),
                date == null ? null : Times.format(date),
                html ? row.getString("html") : null,
                row.getString("authors"),
                row.getString("meta_description"),
                row.getString("tags"),
                row.getInteger("word_count"),
                PostStatus.valueOf(row.getString("status")));
    }

    private static Row only(RowSet<Row> rows) {
        return rows.iterator().next();
    }

    private static Row first(RowSet<Row> rows, String what) {
        return ChangeStore.some(rows, what).iterator().next();
    }

    private static Instant time(Row row, String column) {
        return row.getOffsetDateTime(column).toInstant();
    }

    private static @Nullable Instant timeOrNull(Row row, String column) {
        return row.getOffsetDateTime(column) == null ? null : time(row, column);
    }

    private static @Nullable OffsetDateTime offset(@Nullable Instant time) {
        return time == null ? null : time.atOffset(ZoneOffset.UTC);
    }

    private static String[] array(List<String> texts) {
        return texts.toArray(String[]::new);
    }
}
