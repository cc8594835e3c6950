package com.quotient.blog;

import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Lists of posts that are streamed, here from some kilobytes on. */
class LongListTest {
    private static final String LIST = "/api/v0/blog/list";
    private static final int POSTS = 30;

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final String business = keys.business();
    private final String secret = keys.issue(business, KeyTier.SECRET).key();
    private final String open = keys.publicKey(business);

    @BeforeAll
    static void start() {
        server = TestServer.start("blog.maxCachedAnswerBytes", "5000", "blog.listPieceBytes", "9000");
        keys = new TestKeys(server);
    }

    @Test
    void aStreamedListIsTheSameAsOneThatIsNot() {
        fill();
        List<JsonNode> expected = new ArrayList<>();
        for (int i = POSTS; i >= 1; i--) {
            expected.add(json(server.get("/api/v0/blog/post-" + i, open)).path("blog"));
        }

        JsonNode all = json(server.get(LIST, open));

        assertThat(all.path("blogs")).containsExactlyElementsOf(expected);
        assertThat(all.path("pageData").toString())
                .isEqualTo("{\"page\":1,\"limit\":50,\"total\":30,\"isNextPageAvailable\":false}");
        JsonNode part = json(server.get(LIST + "?page=2&limit=7", open));
        assertThat(part.path("blogs")).containsExactlyElementsOf(expected.subList(7, 14));
        assertThat(part.path("pageData").toString())
                .isEqualTo("{\"page\":2,\"limit\":7,\"total\":30,\"isNextPageAvailable\":true}");
        assertThat(json(server.get(LIST, secret)).path("blogs")).hasSize(POSTS);
    }

    @Test
    void answerThatTheCallerHasIsNotReadAgain() {
        fill();
        String first = tag(server.get(LIST, open));
        double misses = server.metric("quotient_blog_cache_misses_total");

        HttpResponse<String> again = server.get(LIST, open, "If-None-Match", first);

        assertThat(again.statusCode()).isEqualTo(304);
        assertThat(again.body()).isEmpty();
        assertThat(server.metric("quotient_blog_cache_misses_total")).isEqualTo(misses);
        server.send("PATCH", "/api/v0/blog/post-3", secret, "{\"title\":\"z\"}");
        HttpResponse<String> changed = server.get(LIST, open, "If-None-Match", first);
        assertThat(changed.statusCode()).isEqualTo(200);
        assertThat(tag(changed)).isNotEqualTo(first);
        assertThat(changed.body()).contains("\"title\":\"z\"");
    }

    @Test
    void thePlanOfAListIsCachedAndItsPostsAreNot() {
        fill();
        server.get(LIST, open);
        // The server is not notified, so it continues with its plan.
        TestPostgres.execute(
                server.databaseUrl(),
                "UPDATE blog_post SET status = 'DRAFT' WHERE business_id = '" + business + "' AND slug = 'post-5'");

        JsonNode again = json(server.get(LIST, open));

        assertThat(again.path("blogs")).hasSize(POSTS - 1);
        assertThat(again.path("blogs").toString()).doesNotContain("post-5\"");
    }

    @Test
    void aHeadOfAListReadsNoPosts() {
        fill();

        HttpResponse<String> head = server.send("HEAD", LIST, open, null);

        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("ETag")).isPresent();
    }

    private void fill() {
        TestPostgres.execute(server.databaseUrl(), """
                INSERT INTO blog_post (business_id, id, slug, title, status, publish_date, content, html, plain_text, word_count)
                SELECT '%s', 'blg_' || n, 'post-' || n, 'Title ' || n, 'PUBLISHED', now() - interval '1 day' + n * interval '1 second',
                    json_build_object('type', 'doc', 'content', json_build_array(json_build_object('type', 'paragraph',
                        'content', json_build_array(json_build_object('type', 'text', 'text', repeat('ä', 100 * n)))))),
                    '', '', 1
                FROM generate_series(1, %d) n
                """.formatted(business, POSTS));
    }

    private static String tag(HttpResponse<String> response) {
        return response.headers().firstValue("ETag").orElseThrow();
    }
}
