package com.quotient.blog;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BlogTest {
    private static final String BLOG = "/api/v0/blog";
    private static final String LIST = BLOG + "/list";
    private static final String AUTHORS = BLOG + "/authors";
    private static final String TAGS = BLOG + "/tags";
    private static final Duration SOON = Duration.ofSeconds(60);

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final String business = keys.business();
    private final String secret = keys.issue(business, KeyTier.SECRET).key();
    private final String open = keys.publicKey(business);

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
    }

    @Test
    void postIsReadBackAsTheContractHasIt() {
        String author = author("Ada", "ada@example.com");
        String tag = tag("News");
        JsonNode made = created("""
                {"title":"Grüße an alle!","markdown":"# Hi\\n\\nTwo *words*","authorIds":["%s"],"tagIds":["%s"],
                "metaDescription":"m","dominantImageUrl":"https://a.example/i.png","status":"PUBLISHED",
                "publishDate":"2026-01-15T11:30:00+01:00"}""".formatted(author, tag));

        assertThat(made.toString())
                .isEqualTo("{\"id\":\"" + made.path("id").asText() + "\",\"title\":\"Grüße an alle!\","
                        + "\"slug\":\"grusse-an-alle\",\"content\":{\"type\":\"doc\",\"content\":["
                        + "{\"type\":\"heading\",\"attrs\":{\"level\":1},\"content\":[{\"type\":\"text\",\"text\":\"Hi\"}]},"
                        + "{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\",\"text\":\"Two \"},"
                        + "{\"type\":\"text\",\"text\":\"words\",\"marks\":[{\"type\":\"italic\"}]}]}]},"
                        + "\"dominantImageUrl\":\"https://a.example/i.png\",\"publishDate\":\"2026-01-15T10:30:00.000Z\","
                        + "\"authors\":[{\"id\":\"" + author
                        + "\",\"name\":\"Ada\",\"emailAddress\":\"ada@example.com\","
                        + "\"email\":\"ada@example.com\",\"avatarUrl\":null}],\"metaDescription\":\"m\","
                        + "\"tags\":[{\"id\":\"" + tag + "\",\"name\":\"News\",\"description\":null}],"
                        + "\"wordCount\":3,\"status\":\"PUBLISHED\"}");
        assertThat(made.path("id").asText()).startsWith("blg_");
        assertThat(post("grusse-an-alle", secret)).isEqualTo(made);
        assertThat(json(server.get(LIST, secret)).path("blogs").get(0)).isEqualTo(made);
        JsonNode seen = post("grusse-an-alle", open);
        assertThat(seen.path("authors").get(0).toString())
                .isEqualTo("{\"id\":\"" + author + "\",\"name\":\"Ada\",\"emailAddress\":null,\"email\":null,"
                        + "\"avatarUrl\":null}");
        assertThat(json(server.get(LIST, open)).path("blogs").get(0)).isEqualTo(seen);
    }

    @Test
    void htmlIsPresentOnlyWhenAskedFor() {
        String slug = published("a <script>x</script> & *y*");
        String html = "<p>a &lt;script&gt;x&lt;/script&gt; &amp; <em>y</em></p>";

        assertThat(post(slug, open).has("rawHtml")).isFalse();
        assertThat(post(slug + "?rawHtml=false", open).has("rawHtml")).isFalse();
        assertThat(post(slug + "?rawHtml=true", open).path("rawHtml").asText()).isEqualTo(html);
        assertThat(post(slug + "?rawHtml", secret).path("rawHtml").asText()).isEqualTo(html);
        assertThat(issues(server.get(BLOG + "/" + slug + "?rawHtml=maybe", open)))
                .containsExactly("rawHtml");
        assertThat(server.get(LIST, open).body()).doesNotContain("rawHtml");
    }

    @Test
    void contentThatIsReadCanBeWrittenAgain() {
        JsonNode first = post(published("a **b**\n\n- c"), secret);
        JsonNode second = created("{\"title\":\"copy\",\"content\":" + first.path("content") + "}");

        assertThat(second.path("content")).isEqualTo(first.path("content"));
        assertThat(second.path("wordCount").asInt()).isEqualTo(3);
    }

    @Test
    void membersThatTheServerDecidesCannotBeSent() {
        JsonNode made = created("{\"title\":\"a\",\"markdown\":\"b\",\"id\":\"blg_x\",\"businessId\":\""
                + keys.business() + "\",\"wordCount\":99,\"rawHtml\":\"<script>\",\"x\":1}");

        assertThat(made.path("id").asText()).isNotEqualTo("blg_x");
        assertThat(made.path("wordCount").asInt()).isEqualTo(1);
        assertThat(post("a?rawHtml=1", secret).path("rawHtml").asText()).isEqualTo("<p>b</p>");
    }

    @Test
    void aPublicKeySeesPublishedPostsAndASecretKeyWhatItAsksFor() {
        String draft = slug(created("{\"title\":\"d\",\"markdown\":\"\"}"));
        String scheduled = slug(
                created(
                        "{\"title\":\"s\",\"markdown\":\"\",\"status\":\"SCHEDULED\",\"publishDate\":\"2126-01-01T00:00:00Z\"}"));
        String published = published("");

        assertThat(slugs("", open)).containsExactly(published);
        assertThat(slugs("?statuses=DRAFT,SCHEDULED", open)).containsExactly(published);
        assertThat(slugs("?statuses=nonsense", open)).containsExactly(published);
        assertThat(slugs("", secret)).containsExactly(published);
        assertThat(slugs("?statuses=ACTIVE", secret)).containsExactly(published);
        assertThat(slugs("?statuses=PUBLISHED", secret)).containsExactly(published);
        assertThat(slugs("?statuses[]=DRAFT&statuses[]=SCHEDULED", secret)).containsExactly(scheduled, draft);
        assertThat(slugs("?statuses=DRAFT,SCHEDULED,PUBLISHED", secret)).containsExactly(scheduled, published, draft);
        assertThat(issues(server.get(LIST + "?statuses=draft", secret))).containsExactly("statuses");
        for (String hidden : List.of(draft, scheduled)) {
            assertNotFound(server.get(BLOG + "/" + hidden, open));
            assertThat(post(hidden, secret).path("slug").asText()).isEqualTo(hidden);
        }
    }

    @Test
    void aScheduledPostAppearsWhenItIsDueEvenInCachedAnswers() {
        published("old");
        Instant due = Instant.now().plusMillis(1500);
        String slug = slug(created(
                "{\"title\":\"due\",\"markdown\":\"\",\"status\":\"SCHEDULED\",\"publishDate\":\"" + due + "\"}"));
        assertThat(post(slug, secret).path("status").asText()).isEqualTo("SCHEDULED");
        assertThat(slugs("", open)).hasSize(1).doesNotContain(slug);
        assertThat(server.get(BLOG + "/" + slug, open).statusCode()).isEqualTo(404);

        List<String> seen = eventually(SOON, () -> slugs("", open), slugs -> slugs.size() == 2);

        assertThat(Instant.now()).isAfter(due);
        assertThat(seen).first().isEqualTo(slug);
        assertThat(post(slug, open).path("status").asText()).isEqualTo("PUBLISHED");
        assertThat(post(slug, secret).path("status").asText()).isEqualTo("PUBLISHED");
        assertThat(slugs("?statuses=SCHEDULED", secret)).isEmpty();
    }

    @Test
    void theDateDecidesBetweenScheduledAndPublished() {
        assertStatus("{\"status\":\"PUBLISHED\",\"publishDate\":\"2126-01-01T00:00:00Z\"}", "SCHEDULED");
        assertStatus("{\"status\":\"SCHEDULED\",\"publishDate\":\"2020-01-01T00:00:00Z\"}", "PUBLISHED");
        assertStatus("{\"publishDate\":\"2020-01-01T00:00:00Z\"}", "DRAFT");
        assertStatus("{\"status\":null}", "DRAFT");
        JsonNode now = assertStatus("{\"status\":\"ACTIVE\"}", "PUBLISHED");
        assertThat(Instant.parse(now.path("publishDate").asText()))
                .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(60));
        JsonNode later =
                assertStatus("{\"status\":\"SCHEDULED\",\"publishDate\":\"2126-01-01T00:00:00Z\"}", "SCHEDULED");
        assertThat(patched(slug(later), "{\"status\":\"PUBLISHED\"}")
                        .path("status")
                        .asText())
                .isEqualTo("PUBLISHED");
    }

    private JsonNode assertStatus(String members, String status) {
        JsonNode made =
                created("{\"title\":\"t\",\"slug\":\"" + random() + "\",\"markdown\":\"\"," + members.substring(1));
        assertThat(made.path("status").asText()).isEqualTo(status);
        return made;
    }

    @Test
    void everyFilterFindsOnlyWhatMatches() {
        String ada = author("Ada", null);
        String bob = author("Bob", null);
        String news = tag("news");
        String one = published("apples and Pears", "\"authorIds\":[\"" + ada + "\"],\"tagIds\":[\"" + news + "\"],");
        String two = published("plums", "\"authorIds\":[\"" + bob + "\",\"" + ada + "\",\"" + bob + "\"],");
        String three = published("pears' o\\\\clock");

        assertThat(slugs("?authorIds=" + ada, open)).containsExactly(two, one);
        assertThat(slugs("?authorIds=" + bob + "&authorIds=nobody", open)).containsExactly(two);
        assertThat(slugs("?authorIds[]=" + ada + "&tagIds[0]=" + news, open)).containsExactly(one);
        assertThat(slugs("?tagIds=" + news, open)).containsExactly(one);
        assertThat(slugs("?tagIds=none", open)).isEmpty();
        assertThat(slugs("?search=PEAR", open)).containsExactly(three, one);
        assertThat(slugs("?search=apple%20pears", open)).containsExactly(one);
        assertThat(slugs("?search=" + one, open)).containsExactly(one);
        assertThat(slugs("?search=pears%27", open)).containsExactly(three, one);
        String composed = published("un résumé");
        String decomposed = published("un re\u0301sume\u0301");
        for (String spelling : List.of("r%C3%A9sum%C3%A9", "re%CC%81sume%CC%81", "resume", "resum%C3%A9")) {
            assertThat(slugs("?search=" + spelling, open)).containsExactly(decomposed, composed);
        }
        String plain = published("\u00d8re \u0141\u00f3d\u017a");
        for (String spelling : List.of("ore%20lodz", "%C3%98re", "%C5%81%C3%B3d%C5%BA")) {
            assertThat(slugs("?search=" + spelling, open)).containsExactly(plain);
        }
        assertThat(slugs("?search=plums%20%CC%81", open)).containsExactly(two);
        for (String odd : List.of(
                "%CC%81",
                "a%CC%81%20%CC%81", "%27%3A*", "%5C", "%21%7C%26", "%28", "a%3AB%20%26%20%21b", "%3C-%3E", "%25")) {
            assertThat(server.get(LIST + "?search=" + odd, open).statusCode())
                    .as(odd)
                    .isEqualTo(200);
        }
        assertThat(names(post(two, open).path("authors"), "name")).containsExactly("Bob", "Ada");
        assertThat(issues(server.get(LIST + "?search=" + "a".repeat(201), open)))
                .containsExactly("search");
        assertThat(issues(server.get(LIST + "?authorIds=" + "a,".repeat(101), open)))
                .containsExactly("authorIds");
        assertThat(issues(server.get(LIST + "?tagIds=" + "a,".repeat(101), open)))
                .containsExactly("tagIds");
    }

    @Test
    void pagesMissNothingWhilePostsAreAddedAlsoAmongEqualDates() {
        Set<String> all = new LinkedHashSet<>();
        for (int i = 0; i < 12; i++) {
            all.add(publishedAt("2026-01-0" + (i / 6 + 1) + "T00:00:00Z"));
        }
        List<String> first = slugs("?limit=5", open);
        publishedAt("2026-01-02T00:00:00Z");
        List<String> second = slugs("?limit=5&page=2", open);
        publishedAt("2020-01-01T00:00:00Z");
        List<String> third = slugs("?limit=5&page=3", open);

        List<String> read = new ArrayList<>(first);
        read.addAll(second);
        read.addAll(third);
        assertThat(read).containsAll(all);
        // What is added above moves the rest down by one: the last of a page is read again, and nothing else.
        assertThat(second.get(0)).isEqualTo(first.get(4));
        assertThat(read).hasSize(all.size() + 2);
        assertThat(new LinkedHashSet<>(read)).hasSize(all.size() + 1);
        assertThat(json(server.get(LIST + "?limit=5&page=3", open))
                        .path("pageData")
                        .toString())
                .isEqualTo("{\"page\":3,\"limit\":5,\"total\":14,\"isNextPageAvailable\":false}");
        assertThat(json(server.get(LIST + "?limit=5&page=9", open)).toString())
                .isEqualTo(
                        "{\"blogs\":[],\"pageData\":{\"page\":9,\"limit\":5,\"total\":14,\"isNextPageAvailable\":false}}");
        assertThat(json(server.get(LIST + "?limit=1000", open))
                        .path("pageData")
                        .path("limit")
                        .asInt())
                .isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(strings = {LIST, AUTHORS})
    void invalidPagesAreNamed(String path) {
        for (String value : List.of("0", "-1", "x", "1.5")) {
            assertThat(issues(server.get(path + "?page=" + value, open))).containsExactly("page");
            assertThat(issues(server.get(path + "?limit=" + value, open))).containsExactly("limit");
        }
        assertThat(issues(server.get(path + "?search=%00", open))).containsExactly("search");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"markdown":"a"}                                         | title
            {"title":" ","markdown":"a"}                             | title
            {"title":1,"markdown":"a"}                               | title
            {"title":"!!!","markdown":"a"}                           | slug
            {"title":"Tags","markdown":"a"}                          | slug
            {"title":"a"}                                            | markdown
            {"title":"a","markdown":null}                            | markdown
            {}                                                       | title,markdown
            """)
    void aNewPostThatLacksSomethingIsRefusedByName(String body, String paths) {
        assertThat(issues(server.post(BLOG, secret, body))).containsExactly(paths.split(","));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "title":null                                             | title
            "title":""                                               | title
            "slug":null                                              | slug
            "slug":"Not A Slug"                                      | slug
            "slug":"a--b"                                            | slug
            "slug":"list"                                            | slug
            "slug":"authors"                                         | slug
            "slug":"tags"                                            | slug
            "slug":"list-authors"                                    | slug
            "slug":"list-tags"                                       | slug
            "markdown":1                                             | markdown
            "markdown":"a","content":{"type":"doc"}                  | content
            "content":{"type":"paragraph"}                           | content.type
            "content":{"type":"doc","content":[{"type":"video"}]}    | content.content[0].type
            "content":[]                                             | content
            "authorIds":"a"                                          | authorIds
            "authorIds":[1]                                          | authorIds[0]
            "authorIds":["aut_none"]                                 | authorIds[0]
            "tagIds":["tag_none","tag_none"]                         | tagIds[0],tagIds[1]
            "authorIds":["a"],"tagIds":["b"]                         | authorIds[0],tagIds[0]
            "tagIds":{}                                              | tagIds
            "metaDescription":1                                      | metaDescription
            "dominantImageUrl":"javascript:alert(1)"                 | dominantImageUrl
            "dominantImageUrl":"data:image/png,x"                    | dominantImageUrl
            "status":"LIVE"                                          | status
            "status":"SCHEDULED"                                     | publishDate
            "publishDate":"tomorrow"                                 | publishDate
            "title":1,"slug":"!","status":1,"publishDate":1          | slug,title,status,publishDate
            """)
    void faultsOfAPostAreNamedWhenItIsMadeAndWhenItIsChanged(String members, String paths) {
        String slug = slug(created("{\"title\":\"a\",\"markdown\":\"b\"}"));
        JsonNode before = post(slug, secret);

        assertThat(issues(server.send("PATCH", BLOG + "/" + slug, secret, "{" + members + "}")))
                .containsExactlyInAnyOrder(paths.split(","));
        if (!members.contains("null")) {
            String rest = (members.contains("\"title\"") ? "" : "\"title\":\"t\",")
                    + (members.contains("\"slug\"") ? "" : "\"slug\":\"" + random() + "\",")
                    + (members.contains("\"markdown\"") || members.contains("\"content\"")
                            ? ""
                            : "\"markdown\":\"m\",");
            assertThat(issues(server.post(BLOG, secret, "{" + rest + members + "}")))
                    .containsExactlyInAnyOrder(paths.split(","));
        }
        assertThat(post(slug, secret)).isEqualTo(before);
        assertThat(slugs("?statuses=DRAFT", secret)).containsExactly(slug);
    }

    @Test
    void bodiesOtherThanObjectsAreRefused() {
        String slug = slug(created("{\"title\":\"a\",\"markdown\":\"b\"}"));
        for (String body : List.of("", "[]", "{", "\"a\"", "{\"title\":\"\\u0000\",\"markdown\":\"\"}")) {
            for (String path : List.of(BLOG, AUTHORS, TAGS)) {
                assertThat(server.post(path, secret, body).statusCode())
                        .as(path + body)
                        .isEqualTo(400);
            }
            assertThat(server.send("PATCH", BLOG + "/" + slug, secret, body).statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
    }

    @Test
    void aChangeLeavesAbsentMembersUnchanged() {
        String author = author("Ada", null);
        String tag = tag("news");
        JsonNode before = created("""
                {"title":"a","markdown":"b c","authorIds":["%s"],"tagIds":["%s"],"metaDescription":"m",
                "dominantImageUrl":"/i.png","status":"PUBLISHED"}""".formatted(author, tag));

        assertThat(patched("a", "{}")).isEqualTo(before);
        JsonNode renamed = patched("a", "{\"title\":\"z\",\"slug\":\"new-name\"}");
        assertThat(renamed.path("title").asText()).isEqualTo("z");
        assertThat(renamed.path("publishDate")).isEqualTo(before.path("publishDate"));
        assertThat(renamed.path("content")).isEqualTo(before.path("content"));
        assertThat(names(renamed.path("tags"), "id")).containsExactly(tag);
        assertNotFound(server.get(BLOG + "/a", secret));
        JsonNode cleared = patched(
                "new-name",
                "{\"metaDescription\":null,\"dominantImageUrl\":null,\"authorIds\":null,\"tagIds\":[],\"markdown\":\"x\"}");
        assertThat(cleared.path("metaDescription").isNull()).isTrue();
        assertThat(cleared.path("dominantImageUrl").isNull()).isTrue();
        assertThat(cleared.path("authors")).isEmpty();
        assertThat(cleared.path("tags")).isEmpty();
        assertThat(cleared.path("wordCount").asInt()).isEqualTo(1);
        assertThat(post("new-name?rawHtml=1", open).path("rawHtml").asText()).isEqualTo("<p>x</p>");
        assertThat(slugs("?search=x", open)).containsExactly("new-name");
        assertThat(patched("new-name", "{\"status\":\"DRAFT\"}").path("status").asText())
                .isEqualTo("DRAFT");
        assertNotFound(server.get(BLOG + "/new-name", open));
    }

    @Test
    void aSlugBelongsToOnePost() {
        String body = "{\"title\":\"a\",\"markdown\":\"b\"}";
        List<CompletableFuture<Integer>> answers = IntStream.range(0, 8)
                .mapToObj(i -> CompletableFuture.supplyAsync(
                        () -> server.post(BLOG, secret, body).statusCode()))
                .toList();

        assertThat(answers.stream().map(CompletableFuture::join).sorted().toList())
                .containsExactly(200, 409, 409, 409, 409, 409, 409, 409);
        created("{\"title\":\"b\",\"markdown\":\"b\"}");
        HttpResponse<String> taken = server.send("PATCH", BLOG + "/b", secret, "{\"slug\":\"a\"}");
        assertThat(taken.statusCode()).isEqualTo(409);
        assertThat(json(taken).path("code").asText()).isEqualTo("CONFLICT");
        assertThat(post("b", secret).path("slug").asText()).isEqualTo("b");
    }

    @Test
    void aDeletedPostIsGone() {
        String slug = published("a", "\"authorIds\":[\"" + author("Ada", null) + "\"],");
        assertThat(slugs("", open)).containsExactly(slug);

        assertThat(server.send("DELETE", BLOG + "/" + slug, secret, null).body())
                .isEqualTo("{\"success\":true}");

        assertThat(slugs("", open)).isEmpty();
        assertNotFound(server.get(BLOG + "/" + slug, open));
        assertNotFound(server.send("DELETE", BLOG + "/" + slug, secret, null));
        assertNotFound(server.send("PATCH", BLOG + "/" + slug, secret, "{}"));
    }

    @Test
    void authorsAreListedByNameAndSearched() {
        author("bob", "bob@x.example");
        String ada = author("Ada", "ada@y.example");
        author("Cy", null);
        String zoe = author("Zo\u00eb M\u00fcller", null);
        for (String spelling : List.of("zoe%20muller", "ZO%C3%8B", "mu%CC%88ller")) {
            assertThat(names(
                            json(server.get(AUTHORS + "?search=" + spelling, open))
                                    .path("authors"),
                            "id"))
                    .containsExactly(zoe);
        }
        assertThat(server.send("DELETE", AUTHORS + "/" + zoe, secret, null).statusCode())
                .isEqualTo(200);
        for (String path : List.of(AUTHORS, AUTHORS + "/list", BLOG + "/list-authors")) {
            JsonNode page = json(server.get(path + "?limit=2", secret));
            assertThat(names(page.path("authors"), "name")).containsExactly("Ada", "bob");
            assertThat(page.path("pageData").toString())
                    .isEqualTo("{\"page\":1,\"limit\":2,\"total\":3,\"isNextPageAvailable\":true}");
            assertThat(page.path("authors").get(0).toString())
                    .isEqualTo("{\"id\":\"" + ada + "\",\"name\":\"Ada\",\"email\":\"ada@y.example\","
                            + "\"emailAddress\":\"ada@y.example\",\"avatarUrl\":null}");
            assertThat(names(json(server.get(path + "?limit=2&page=2", secret)).path("authors"), "name"))
                    .containsExactly("Cy");
        }
        assertThat(names(json(server.get(AUTHORS + "?search=Y.EXAMPLE", secret)).path("authors"), "name"))
                .containsExactly("Ada");
        assertThat(names(json(server.get(AUTHORS + "?search=%25", secret)).path("authors"), "name"))
                .isEmpty();
        JsonNode open = json(server.get(AUTHORS + "?search=a", this.open));
        assertThat(open.path("authors").toString())
                .isEqualTo("[{\"id\":\"" + ada + "\",\"name\":\"Ada\",\"email\":null,\"emailAddress\":null,"
                        + "\"avatarUrl\":null}]");
        assertThat(json(server.get(AUTHORS + "?search=example", this.open)).path("authors"))
                .isEmpty();
    }

    @Test
    void authorsAreChangedAndDeletedAndPostsFollow() {
        String id = author("Ada", "a@b.example");
        String slug = published("a", "\"authorIds\":[\"" + id + "\"],");
        assertThat(post(slug, open).path("authors")).hasSize(1);

        JsonNode changed = json(server.send(
                        "PATCH", AUTHORS + "/" + id, secret, "{\"name\":\"Eve\",\"avatarUrl\":\"/e.png\"}"))
                .path("author");
        assertThat(changed.path("email").asText()).isEqualTo("a@b.example");
        assertThat(changed.path("avatarUrl").asText()).isEqualTo("/e.png");
        assertThat(names(post(slug, open).path("authors"), "name")).containsExactly("Eve");
        assertThat(json(server.send("PATCH", AUTHORS + "/" + id, secret, "{\"emailAddress\":null}"))
                        .path("author")
                        .path("email")
                        .isNull())
                .isTrue();
        assertThat(server.send("DELETE", AUTHORS + "/" + id, secret, null).body())
                .isEqualTo("{\"success\":true}");
        assertThat(post(slug, open).path("authors")).isEmpty();
        assertNotFound(server.send("DELETE", AUTHORS + "/" + id, secret, null));
        assertNotFound(server.send("PATCH", AUTHORS + "/" + id, secret, "{\"name\":\"x\"}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"name":null}                            | name
            {"name":" "}                             | name
            {"name":"a","email":"nobody"}            | email
            {"name":"a","emailAddress":"a b@c"}      | emailAddress
            {"name":"a","avatarUrl":"javascript:a()"}| avatarUrl
            {"name":1,"email":1,"avatarUrl":1}       | name,email,avatarUrl
            """)
    void faultsOfAnAuthorAreNamed(String body, String paths) {
        String id = author("Ada", null);

        assertThat(issues(server.post(AUTHORS, secret, body))).containsExactly(paths.split(","));
        assertThat(issues(server.send("PATCH", AUTHORS + "/" + id, secret, body)))
                .containsExactly(paths.split(","));
    }

    @Test
    void tagsAreListedByNameWithoutPages() {
        String news = tag("news");
        JsonNode described = json(server.post(TAGS, secret, "{\"name\":\"About\",\"description\":\"d\"}"));
        for (String path : List.of(TAGS, TAGS + "/list", BLOG + "/list-tags")) {
            assertThat(server.get(path, open).body())
                    .isEqualTo("{\"tags\":[" + described.path("tag") + ",{\"id\":\"" + news
                            + "\",\"name\":\"news\",\"description\":null}]}");
        }
    }

    @Test
    void tagsAreChangedAndDeletedAndPostsFollow() {
        String id = tag("news");
        String slug = published("a", "\"tagIds\":[\"" + id + "\"],");
        assertThat(post(slug, open).path("tags")).hasSize(1);

        JsonNode changed = json(server.send("PATCH", TAGS + "/" + id, secret, "{\"description\":\"d\"}"))
                .path("tag");
        assertThat(changed.toString()).isEqualTo("{\"id\":\"" + id + "\",\"name\":\"news\",\"description\":\"d\"}");
        assertThat(post(slug, open).path("tags").get(0)).isEqualTo(changed);
        tag("other");
        HttpResponse<String> taken = server.send("PATCH", TAGS + "/" + id, secret, "{\"name\":\"Other\"}");
        assertThat(json(taken).path("code").asText()).isEqualTo("CONFLICT");
        assertThat(server.post(TAGS, secret, "{\"name\":\"NEWS\"}").statusCode())
                .isEqualTo(409);
        assertThat(server.send("DELETE", TAGS + "/" + id, secret, null).body()).isEqualTo("{\"success\":true}");
        assertThat(post(slug, open).path("tags")).isEmpty();
        assertNotFound(server.send("DELETE", TAGS + "/" + id, secret, null));
        assertNotFound(server.send("PATCH", TAGS + "/" + id, secret, "{\"name\":\"x\"}"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"name":null}                | name
            {"name":""}                  | name
            {"name":"a","description":1} | description
            {"name":1,"description":1}   | name,description
            """)
    void faultsOfATagAreNamed(String body, String paths) {
        String id = tag("news");

        assertThat(issues(server.post(TAGS, secret, body))).containsExactly(paths.split(","));
        assertThat(issues(server.send("PATCH", TAGS + "/" + id, secret, body))).containsExactly(paths.split(","));
    }

    @Test
    void anotherBusinessSeesAndChangesNothing() {
        String author = author("Ada", null);
        String tag = tag("news");
        String slug = published("a", "\"authorIds\":[\"" + author + "\"],\"tagIds\":[\"" + tag + "\"],");
        String foreign = keys.business();
        String other = keys.issue(foreign, KeyTier.SECRET).key();

        for (String key : List.of(other, keys.publicKey(foreign))) {
            assertNotFound(server.get(BLOG + "/" + slug, key));
            assertThat(slugs("", key)).isEmpty();
            assertThat(slugs("?authorIds=" + author, key)).isEmpty();
            assertThat(slugs("?tagIds=" + tag, key)).isEmpty();
            assertThat(json(server.get(AUTHORS, key)).path("authors")).isEmpty();
            assertThat(server.get(TAGS, key).body()).isEqualTo("{\"tags\":[]}");
        }
        for (String path : List.of(BLOG + "/" + slug, AUTHORS + "/" + author, TAGS + "/" + tag)) {
            assertNotFound(server.send("PATCH", path, other, "{\"title\":\"x\",\"name\":\"x\"}"));
            assertNotFound(server.send("DELETE", path, other, null));
        }
        assertThat(issues(server.post(
                        BLOG,
                        other,
                        "{\"title\":\"a\",\"markdown\":\"b\",\"authorIds\":[\"" + author + "\"],\"tagIds\":[\"" + tag
                                + "\"]}")))
                .containsExactly("authorIds[0]", "tagIds[0]");
        // Names are each business's own.
        assertThat(server.post(BLOG, other, "{\"title\":\"a\",\"slug\":\"" + slug + "\",\"markdown\":\"b\"}")
                        .statusCode())
                .isEqualTo(200);
        assertThat(server.post(TAGS, other, "{\"name\":\"news\"}").statusCode()).isEqualTo(200);
        assertThat(post(slug, secret).path("authors")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {LIST, AUTHORS, TAGS, "slug"})
    void answerThatTheCallerHasIsNotSentAgain(String read) {
        String slug = published("a", "\"authorIds\":[\"" + author("Ada", "a@b.example") + "\"],");
        String path = read.equals("slug") ? BLOG + "/" + slug : read;
        for (String key : List.of(secret, open)) {
            HttpResponse<String> first = server.get(path, key);
            String etag = first.headers().firstValue("ETag").orElseThrow();
            assertThat(etag).matches("\"[0-9a-f]{32}\"");
            for (String given : List.of(etag, "W/" + etag, "\"x\", " + etag, "*")) {
                HttpResponse<String> again = server.get(path, key, "If-None-Match", given);
                assertThat(again.statusCode()).as(given).isEqualTo(304);
                assertThat(again.body()).isEmpty();
                assertThat(again.headers().firstValue("ETag")).hasValue(etag);
            }
            assertThat(server.get(path, key, "If-None-Match", "\"x\"").body()).isEqualTo(first.body());
            patched(slug, "{\"title\":\"" + random() + "\"}");
            author(random(), null);
            tag(random());
            HttpResponse<String> changed = server.get(path, key, "If-None-Match", etag);
            assertThat(changed.statusCode()).isEqualTo(200);
            assertThat(changed.headers().firstValue("ETag")).isPresent().isNotEqualTo(etag);
        }
    }

    @Test
    void repeatedReadsAreAnsweredFromMemory() {
        String slug = published("a");
        List<String> paths = List.of(LIST, AUTHORS, TAGS, BLOG + "/" + slug);
        // Once more when the notification of the post comes between.
        eventually(SOON, () -> {
            paths.forEach(path -> server.get(path, open));
            double misses = server.metric("quotient_blog_cache_misses_total");

            paths.forEach(
                    path -> assertThat(server.get(path, open).statusCode()).isEqualTo(200));

            assertThat(server.metric("quotient_blog_cache_misses_total")).isEqualTo(misses);
        });
        assertThat(server.metric("quotient_blog_cache_bytes")).isPositive();
    }

    private JsonNode created(String body) {
        HttpResponse<String> response = server.post(BLOG, secret, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(names(json(response))).containsExactly("blog");
        return json(response).path("blog");
    }

    private String published(String markdown) {
        return published(markdown, "");
    }

    private String published(String markdown, String members) {
        return slug(created("{" + members + "\"title\":\"" + random() + "\",\"status\":\"PUBLISHED\",\"markdown\":\""
                + markdown.replace("\n", "\\n") + "\"}"));
    }

    private String publishedAt(String date) {
        return slug(created("{\"title\":\"" + random()
                + "\",\"markdown\":\"\",\"status\":\"PUBLISHED\",\"publishDate\":\"" + date + "\"}"));
    }

    private JsonNode patched(String slug, String body) {
        HttpResponse<String> response = server.send("PATCH", BLOG + "/" + slug, secret, body);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response).path("blog");
    }

    private String author(String name, String email) {
        String address = email == null ? "" : ",\"email\":\"" + email + "\"";
        JsonNode made = json(server.post(AUTHORS, secret, "{\"name\":\"" + name + "\"" + address + "}"));
        return made.path("author").path("id").asText();
    }

    private String tag(String name) {
        return json(server.post(TAGS, secret, "{\"name\":\"" + name + "\"}"))
                .path("tag")
                .path("id")
                .asText();
    }

    private static JsonNode post(String path, String key) {
        HttpResponse<String> response = server.get(BLOG + "/" + path, key);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response).path("blog");
    }

    private static List<String> slugs(String query, String key) {
        HttpResponse<String> response =
                server.get(LIST + query.replace("[", "%5B").replace("]", "%5D"), key);
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return names(json(response).path("blogs"), "slug");
    }

    private static String slug(JsonNode post) {
        return post.path("slug").asText();
    }

    private static List<String> names(JsonNode items, String member) {
        List<String> names = new ArrayList<>();
        items.forEach(item -> names.add(item.path(member).asText()));
        return names;
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<String> issues(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).path("code").asText()).isEqualTo("INVALID_REQUEST");
        return names(json(response).path("issues"), "path");
    }

    private static void assertNotFound(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(404);
        assertThat(json(response).path("code").asText()).isEqualTo("NOT_FOUND");
    }

    private static String random() {
        return UUID.randomUUID().toString();
    }
}
