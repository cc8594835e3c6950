package com.quotient.blog;

import com.quotient.time.Times;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The columns of a post {@code p} in answers, and the mapping of a row to a {@link Blog}. */
final class PostRows {
    static final String IS_PUBLISHED = "p.status <> 'DRAFT' AND p.publish_date <= now()";
    static final String IS_SCHEDULED = "p.status <> 'DRAFT' AND p.publish_date > now()";
    static final String IS_DRAFT = "p.status = 'DRAFT'";

    private static final String STATUS =
            "CASE WHEN p.status = 'SCHEDULED' AND p.publish_date <= now() THEN 'PUBLISHED' ELSE p.status END";
    private static final String TAGS = """
            (SELECT coalesce(json_agg(json_build_object('id', t.id, 'name', t.name, 'description', t.description)
                                      ORDER BY l.position), '[]')::text
             FROM blog_post_tag l JOIN blog_tag t ON t.business_id = l.business_id AND t.id = l.tag_id
             WHERE l.business_id = p.business_id AND l.post_id = p.id)""";
    private static final String AUTHORS = """
            (SELECT coalesce(json_agg(json_build_object('id', a.id, 'name', a.name, 'emailAddress', %1$s,
                                                        'email', %1$s, 'avatarUrl', a.avatar_url)
                                      ORDER BY l.position), '[]')::text
             FROM blog_post_author l JOIN blog_author a ON a.business_id = l.business_id AND a.id = l.author_id
             WHERE l.business_id = p.business_id AND l.post_id = p.id)""";
    private static final String AUTHORS_WITH_EMAILS = AUTHORS.formatted("a.email");
    private static final String AUTHORS_WITHOUT_EMAILS = AUTHORS.formatted("NULL::text");
    private static final String COLUMNS = """
            p.id, p.title, p.slug, p.content::text AS content, p.dominant_image_url, p.publish_date, p.meta_description,
                p.word_count, %s AS status, %s AS tags, %s AS authors""";
    private static final String WITH_EMAILS = COLUMNS.formatted(STATUS, TAGS, AUTHORS_WITH_EMAILS);
    private static final String WITHOUT_EMAILS = COLUMNS.formatted(STATUS, TAGS, AUTHORS_WITHOUT_EMAILS);

    /** Changes whenever any answer about the post changes, for any caller. */
    static final String VERSION =
            "(concat_ws(E'\\n', p.stamp, " + STATUS + ", " + TAGS + ", " + AUTHORS_WITH_EMAILS + "))";

    /** The milliseconds until the next scheduled post of a business is published, or null; the business follows it. */
    static final String NEXT_PUBLICATION = """
            (SELECT floor(extract(epoch FROM min(s.publish_date) - now()) * 1000)::bigint FROM blog_post s
             WHERE s.status = 'SCHEDULED' AND s.publish_date > now() AND s.business_id =\s""";

    private PostRows() {}

    static String columns(boolean emails) {
        return emails ? WITH_EMAILS : WITHOUT_EMAILS;
    }

    static String condition(PostStatus status) {
        return "("
                + switch (status) {
                    case PUBLISHED -> IS_PUBLISHED;
                    case SCHEDULED -> IS_SCHEDULED;
                    case DRAFT -> IS_DRAFT;
                }
                + ")";
    }

    /** {@code html} tells whether the row has the HTML. */
    static Blog blog(Row row, boolean html) {
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

    /** With its validity, from a row that has {@link #NEXT_PUBLICATION} as {@code valid_millis}. */
    static <T> Fresh<T> fresh(T value, Row row) {
        Long millis = row.getLong("valid_millis");
        return new Fresh<>(value, millis == null ? Long.MAX_VALUE : millis);
    }

    static @Nullable Instant timeOrNull(Row row, String column) {
        return row.getOffsetDateTime(column) == null
                ? null
                : row.getOffsetDateTime(column).toInstant();
    }
}
