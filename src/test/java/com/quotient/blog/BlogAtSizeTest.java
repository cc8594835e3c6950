package com.quotient.blog;

import static com.quotient.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Reads the blogs of many businesses, one of them large, and asks Postgres afterwards which tables it went through. */
@Tag("slow")
class BlogAtSizeTest {
    private static final int LARGE = 5000;
    private static final int SMALL = 100;
    private static final int SMALL_BUSINESSES = 250;

    /** Postgres plans a statement for its parameters five times before it may settle on one plan for all. */
    private static final int ROUNDS = 8;

    private static final List<String> READS = List.of(
            "/blog/list",
            "/blog/list?page=3&limit=20",
            "/blog/list?authorIds=aut_3&limit=10",
            "/blog/list?tagIds=tag_3,tag_5",
            "/blog/list?authorIds=aut_3&tagIds=tag_3",
            "/blog/list?search=word7",
            "/blog/list?search=common7&limit=5",
            "/blog/list?statuses=DRAFT",
            "/blog/list?statuses=SCHEDULED",
            "/blog/list?statuses=DRAFT,SCHEDULED,PUBLISHED&page=2",
            "/blog/post-7?rawHtml",
            "/blog/authors",
            "/blog/authors?search=author%207&page=1",
            "/blog/tags");

    @Test
    void noReadScansAWholeTable() {
        String url = TestServer.migratedDatabase();
        // Nothing is kept, so that every read asks Postgres.
        TestServer server = TestServer.on(url, "blog.cacheBytes", "0%");
        List<List<Object>> before;
        try (server) {
            TestKeys keys = new TestKeys(server);
            String large = keys.business();
            String small = keys.business();
            fill(url, large, small);
            before = scans(url);
            for (String business : List.of(large, small)) {
                String key = keys.issue(business, KeyTier.SECRET).key();
                for (int round = 0; round < ROUNDS; round++) {
                    for (String read : READS) {
                        HttpResponse<String> response = server.get("/api/v0" + read, key);
                        assertThat(response.statusCode())
                                .as(read + response.body())
                                .isEqualTo(200);
                    }
                }
            }
        }
        // A connection reports what it did when it is closed, at the latest.
        assertThat(before).hasSize(5);
        eventually(Duration.ofSeconds(60), () -> assertThat(indexScans(url)).isGreaterThan(2L * ROUNDS * READS.size()));
        assertThat(scans(url)).isEqualTo(before);
    }

    private static long indexScans(String url) {
        return (long) TestPostgres.query(
                        url, "SELECT sum(idx_scan)::bigint FROM pg_stat_user_tables WHERE relname = 'blog_post'")
                .get(0)
                .get(0);
    }

    private static List<List<Object>> scans(String url) {
        return TestPostgres.query(
                url,
                "SELECT relname::text, seq_scan FROM pg_stat_user_tables"
                        + " WHERE relname LIKE 'blog_author' OR relname LIKE 'blog_tag' OR relname LIKE 'blog_post%' ORDER BY 1");
    }

    private static void fill(String url, String large, String small) {
        TestPostgres.execute(url, """
                INSERT INTO business (id, name) SELECT 'biz_' || n, 'b' FROM generate_series(1, %1$d) n;
                CREATE TABLE sizes AS SELECT 'biz_' || n AS id, %2$d AS posts FROM generate_series(1, %1$d) n
                    UNION ALL SELECT '%3$s', %2$d UNION ALL SELECT '%4$s', %5$d;
                INSERT INTO blog_author (business_id, id, name)
                    SELECT id, 'aut_' || n, 'Author ' || n FROM sizes, generate_series(1, posts / 5) n;
                INSERT INTO blog_tag (business_id, id, name)
                    SELECT id, 'tag_' || n, 'Tag ' || n FROM sizes, generate_series(1, posts / 5) n;
                INSERT INTO blog_post (business_id, id, slug, title, status, publish_date, content, html, plain_text, word_count)
                    SELECT id, 'blg_' || n, 'post-' || n, 'Title',
                        CASE n %% 10 WHEN 0 THEN 'DRAFT' WHEN 1 THEN 'SCHEDULED' ELSE 'PUBLISHED' END,
                        now() + (CASE n %% 10 WHEN 1 THEN n ELSE -n END) * interval '1 minute',
                        '{"type":"doc","content":[]}', '', 'word' || n || ' common' || n %% 50, 2
                    FROM sizes, generate_series(1, posts) n;
                INSERT INTO blog_post_author (business_id, post_id, author_id, position)
                    SELECT id, 'blg_' || n, 'aut_' || (n - 1) / 5 + 1, 1 FROM sizes, generate_series(1, posts) n;
                INSERT INTO blog_post_tag (business_id, post_id, tag_id, position)
                    SELECT id, 'blg_' || n, 'tag_' || (n - 1) / 5 + 1, 1 FROM sizes, generate_series(1, posts) n;
                """.formatted(SMALL_BUSINESSES, SMALL, small, large, LARGE));
        for (String table : List.of("blog_author", "blog_tag", "blog_post", "blog_post_author", "blog_post_tag")) {
            TestPostgres.execute(url, "VACUUM (ANALYZE) " + table);
        }
    }
}
