package com.quotient.blog;

import com.quotient.db.Database;
import com.quotient.db.SharedPool;
import com.quotient.db.Statement;
import com.quotient.http.Page;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads lists of posts: first the ids and sizes on a page, then the posts, as many at a time as the reader wants.
 * Thread-safe.
 */
final class PostListStore {
    private static final String ORDER = " ORDER BY p.publish_date DESC NULLS LAST, p.id DESC";

    /** The publication of a scheduled post shows only in its date. */
    private static final String LAST_PUBLICATION = """
            (SELECT max(s.publish_date) FROM blog_post s
             WHERE s.status = 'SCHEDULED' AND s.publish_date <= now() AND s.business_id =\s""";

    private final Database database;

    PostListStore(Database database) {
        this.database = database;
    }

    /** One page, the latest date first, drafts without a date last. */
    Future<Fresh<PostPage>> page(PostFilter filter, Page page) {
        String business = filter.businessId();
        SharedPool pool = database.reads(filter.words() != null);
        // The version is read before the posts: a post newer than the entity tag is only read again, but an older one
        // would stay.
        Statement count = new Statement("SELECT count(*) AS total, ")
                .add(PostRows.NEXT_PUBLICATION, business)
                .add(") AS valid_millis, ")
                .add(LAST_PUBLICATION, business)
                .add(")::text AS published, (SELECT c.stamp::text FROM blog_change c WHERE c.business_id = ", business)
                .add(") AS stamp FROM blog_post p");
        return where(count, filter)
                .execute(pool, business)
                .map(rows -> rows.iterator().next())
                .compose(counted -> {
                    long total = counted.getLong("total");
                    Future<List<PostPage.Entry>> entries = page.offset() >= total
                            ? Future.succeededFuture(List.of())
                            : where(new Statement("SELECT p.id, p.content_bytes FROM blog_post p"), filter)
                                    .add(ORDER)
                                    .add(" LIMIT ", page.limit())
                                    .add(" OFFSET ", page.offset())
                                    .execute(pool, business)
                                    .map(PostListStore::entries);
                    return entries.map(posts -> PostRows.fresh(new PostPage(posts, total, version(counted)), counted));
                });
    }

    /** The posts with these ids, in their order; posts deleted or changed so that they no longer match are left out. */
    Future<List<Blog>> read(PostFilter filter, List<String> ids, boolean emails, SharedPool pool) {
        return where(new Statement("SELECT " + PostRows.columns(emails) + " FROM blog_post p"), filter)
                .add(" AND p.id = ANY(", ids.toArray(String[]::new))
                .add("::text[])")
                .execute(pool, filter.businessId())
                .map(rows -> {
                    Map<String, Blog> found = rows.stream()
                            .map(row -> PostRows.blog(row, false))
                            .collect(Collectors.toMap(Blog::id, Function.identity()));
                    return ids.stream().map(found::get).filter(Objects::nonNull).toList();
                });
    }

    private static List<PostPage.Entry> entries(RowSet<Row> rows) {
        return rows.stream()
                .map(row -> new PostPage.Entry(row.getString("id"), row.getInteger("content_bytes")))
                .toList();
    }

    private static String version(Row row) {
        return row.getString("stamp") + ' ' + row.getString("published");
    }

    private static Statement where(Statement statement, PostFilter filter) {
        statement
                .add(" WHERE p.business_id = ", filter.businessId())
                .add(" AND (")
                .add(filter.statuses().stream().map(PostRows::condition).collect(Collectors.joining(" OR ")))
                .add(")");
        linked(statement, filter.businessId(), "blog_post_author", "author_id", filter.authorIds());
        linked(statement, filter.businessId(), "blog_post_tag", "tag_id", filter.tagIds());
        if (filter.words() != null) {
            statement
                    .add(" AND p.search @@ to_tsquery('simple', search_fold(", filter.words())
                    .add("))");
        }
        return statement;
    }

    private static void linked(Statement statement, String business, String table, String column, List<String> ids) {
        if (!ids.isEmpty()) {
            statement
                    .add(" AND p.id IN (SELECT l.post_id FROM " + table + " l WHERE l.business_id = ", business)
                    .add(" AND l." + column + " = ANY(", ids.toArray(String[]::new))
                    .add("::text[]))");
        }
    }
}
