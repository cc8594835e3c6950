package com.quotient.blog;

import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Entity tags of posts, and changes that are for one version only (RFC 9110 section 13.1.1). */
class PostVersionTest {
    private static final String BLOG = "/api/v0/blog";

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final String business = keys.business();
    private final String secret = keys.issue(business, KeyTier.SECRET).key();
    private final String open = keys.publicKey(business);
    private final String slug = UUID.randomUUID().toString();
    private final String path = BLOG + "/" + slug;

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"nope\"", "nope", "", "\"a\", \"b\"", "W/\"nope\""})
    void aChangeOfAnotherVersionIsRefusedAndNothingIsChanged(String ifMatch) {
        post();

        for (String method : List.of("PATCH", "DELETE")) {
            HttpResponse<String> refused = server.send(
                    method, path, secret, method.equals("PATCH") ? "{\"title\":\"z\"}" : null, "If-Match", ifMatch);
            assertThat(refused.statusCode()).as(refused.body()).isEqualTo(412);
            assertThat(json(refused).path("code").asText()).isEqualTo("PRECONDITION_FAILED");
        }
        assertThat(json(server.get(path, secret)).path("blog").path("title").asText())
                .isEqualTo("a");
    }

    @Test
    void theTagOfAnyAnswerThatShowsThePostLetsItBeChanged() {
        post();

        for (String key : List.of(secret, open)) {
            for (String form : List.of("", "?rawHtml", "?rawHtml=false")) {
                HttpResponse<String> changed = patch(tag(server.get(path + form, key)));
                assertThat(changed.statusCode()).as(changed.body()).isEqualTo(200);
                HttpResponse<String> again = patch(tag(changed));
                assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
                assertThat(tag(server.get(path, secret))).isEqualTo(tag(again));
            }
        }
        assertThat(patch("\"x\", " + tag(server.get(path, secret))).statusCode())
                .isEqualTo(200);
        assertThat(patch("*").statusCode()).isEqualTo(200);
        assertThat(server.send("DELETE", path, secret, null, "If-Match", tag(server.get(path, open)))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void aNewPostHasTheTagOfItsFirstReading() {
        assertThat(tag(post())).isEqualTo(tag(server.get(path, secret)));
    }

    /** RFC 9110 section 13.1.1: a weak tag says nothing about the bytes. */
    @Test
    void aWeakTagLetsNothingBeChanged() {
        assertThat(patch("W/" + tag(post())).statusCode()).isEqualTo(412);
    }

    @Test
    void absentPostsAreNotFoundWhateverIfMatchSays() {
        for (String ifMatch : List.of("*", "\"nope\"")) {
            assertThat(server.send("PATCH", path, secret, "{}", "If-Match", ifMatch)
                            .statusCode())
                    .isEqualTo(404);
            assertThat(server.send("DELETE", path, secret, null, "If-Match", ifMatch)
                            .statusCode())
                    .isEqualTo(404);
        }
    }

    @Test
    void onlyOneOfConcurrentChangesOfAVersionIsMade() {
        String tag = tag(post());

        List<CompletableFuture<Integer>> answers = IntStream.range(0, 6)
                .mapToObj(i -> CompletableFuture.supplyAsync(() -> patch(tag).statusCode()))
                .toList();

        assertThat(answers.stream().map(CompletableFuture::join).sorted().toList())
                .containsExactly(200, 412, 412, 412, 412, 412);
    }

    @Test
    void aChangedAuthorOrTagIsAnotherVersionOfThePostsThatShowIt() {
        String author = json(server.post(BLOG + "/authors", secret, "{\"name\":\"Ada\"}"))
                .path("author")
                .path("id")
                .asText();
        String tagId = json(server.post(BLOG + "/tags", secret, "{\"name\":\"News\"}"))
                .path("tag")
                .path("id")
                .asText();
        String first = tag(post("\"authorIds\":[\"" + author + "\"],\"tagIds\":[\"" + tagId + "\"],"));

        server.send("PATCH", BLOG + "/authors/" + author, secret, "{\"email\":\"a@b.example\"}");
        String second = tag(server.get(path, secret));
        server.send("PATCH", BLOG + "/tags/" + tagId, secret, "{\"description\":\"d\"}");
        String third = tag(server.get(path, secret));

        assertThat(List.of(first, second, third)).doesNotHaveDuplicates();
        assertThat(patch(second).statusCode()).isEqualTo(412);
        assertThat(patch(third).statusCode()).isEqualTo(200);
    }

    /** A client that holds both keys must not take the answer of one for that of the other. */
    @Test
    void answersWithAndWithoutAddressesHaveDifferentTags() {
        post();

        assertThat(tag(server.get(path, secret))).isNotEqualTo(tag(server.get(path, open)));
    }

    @Test
    void aServerOfTheVersionBeforeChangesTagsToo() {
        String tag = tag(post());
        String list = tag(server.get(BLOG + "/list", secret));

        TestPostgres.execute(server.databaseUrl(), "UPDATE blog_post SET title = 'z' WHERE slug = '" + slug + "'");
        assertThat(patch(tag).statusCode()).isEqualTo(412);
        TestPostgres.execute(
                server.databaseUrl(),
                "UPDATE blog_change SET version = version + 1 WHERE business_id = '" + business + "'");
        // A different query, because this server was not notified.
        assertThat(tag(server.get(BLOG + "/list?page=1", secret))).isNotEqualTo(list);
    }

    @Test
    void readsMayBeKeptIfTheyAreAskedForEachTimeAndNothingElse() {
        post();

        for (String read : List.of(path, BLOG + "/list", BLOG + "/tags", BLOG + "/authors")) {
            HttpResponse<String> answer = server.get(read, open);
            assertThat(answer.headers().firstValue("Cache-Control")).hasValue("private, no-cache");
            assertThat(server.get(read, open, "If-None-Match", tag(answer))
                            .headers()
                            .firstValue("Cache-Control"))
                    .hasValue("private, no-cache");
        }
        assertThat(patch("*").headers().firstValue("Cache-Control")).hasValue("no-store");
        assertThat(server.get(BLOG + "/none", open).headers().firstValue("Cache-Control"))
                .hasValue("no-store");
    }

    private HttpResponse<String> post() {
        return post("");
    }

    private HttpResponse<String> post(String members) {
        HttpResponse<String> made = server.post(
                BLOG,
                secret,
                "{" + members + "\"title\":\"a\",\"slug\":\"" + slug
                        + "\",\"markdown\":\"b\",\"status\":\"PUBLISHED\"}");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        return made;
    }

    private HttpResponse<String> patch(String ifMatch) {
        return server.send("PATCH", path, secret, "{\"title\":\"" + UUID.randomUUID() + "\"}", "If-Match", ifMatch);
    }

    private static String tag(HttpResponse<String> response) {
        return response.headers().firstValue("ETag").orElseThrow();
    }
}
