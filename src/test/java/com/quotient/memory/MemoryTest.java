package com.quotient.memory;

import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.keys.KeyTier;
import com.quotient.testing.RawClient;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemoryTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MEMORY = "/api/v0/memory";
    private static final int MOST_ITEMS = 15;

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final String business = keys.business();
    private final String secret = keys.issue(business, KeyTier.SECRET).key();

    @BeforeAll
    static void start() {
        server = TestServer.start("memory.maxListItems", Integer.toString(MOST_ITEMS));
        keys = new TestKeys(server);
    }

    @Test
    void emptyRootIsAnEmptyList() {
        for (String path : List.of("", "/", "//", "/%2F", "?deep=true", "?deep", "/?op=ls")) {
            HttpResponse<String> response = get(path);
            assertThat(response.statusCode()).as(path).isEqualTo(200);
            assertThat(response.body()).as(path).isEqualTo("{\"items\":[]}");
        }
    }

    @Test
    void documentIsReadAsItWasWrittenAndItsFoldersAreMade() {
        JsonNode written = ok(put("/guides/a%20b/start.md", """
                {"title": " Start ", "content": "# First\\n\\nText", "tags": ["user:b", " brand ", "user:b"], "pinned": true}"""));
        assertThat(members(written)).containsExactly("name", "title", "path", "tags", "pinned", "updatedAt");

        JsonNode read = ok(get("/guides/a%20b/start.md"));
        assertThat(members(read)).containsExactly("name", "title", "path", "content", "tags", "pinned", "updatedAt");
        assertThat(read.path("name").asText()).isEqualTo("start.md");
        assertThat(read.path("title").asText()).isEqualTo("Start");
        assertThat(read.path("path").asText()).isEqualTo("/guides/a b/start.md");
        assertThat(read.path("content").asText()).isEqualTo("# First\n\nText");
        assertThat(read.path("tags").toString()).isEqualTo("[\"user:b\",\"brand\"]");
        assertThat(read.path("pinned").asBoolean()).isTrue();
        assertThat(read.path("updatedAt").asText()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        written.properties()
                .forEach(member -> assertThat(read.get(member.getKey())).isEqualTo(member.getValue()));
        assertThat(paths("")).containsExactly("/guides/");
        assertThat(paths("/guides")).containsExactly("/guides/a b/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/x/y/z",
                "//x//y//z",
                "/%2Fx%2Fy%2Fz",
                "/x%2Fy%2Fz",
                "/x/%79/z",
                "/x/y/z?op=cat",
                "/x/y/z/?op=cat",
                "/x/y/z?deep=false"
            })
    void onePathMayBeWrittenInManyWays(String path) {
        ok(put("/x/y/z", "{}"));

        assertThat(ok(get(path)).path("path").asText()).isEqualTo("/x/y/z");
    }

    @Test
    void pathSentAsBareUtf8IsThePathThatIsEncoded() {
        ok(put("/caf%C3%A9", "{\"content\": \"x\"}"));
        try (RawClient client = RawClient.to(server)) {
            client.send(RawClient.head("GET", MEMORY + "/caf\u00C3\u00A9", "Authorization: Bearer " + secret));
            assertThat(client.read().status()).isEqualTo(200);
        }
        assertThat(ok(get("/caf%C3%A9")).path("name").asText()).isEqualTo("café");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/.", "/a/../b", "/%2e%2e", "/a%00b", "/%FF", "/a/b%2Fc", "/search/x", "//search", "/a%0Ab"})
    void invalidPathIsABadRequestForEveryMethod(String path) {
        for (String method : List.of("GET", "PUT", "POST", "DELETE")) {
            try (RawClient client = RawClient.to(server)) {
                client.send(RawClient.head(
                                method,
                                MEMORY + path,
                                "Authorization: Bearer " + secret,
                                "Content-Type: application/json",
                                "Content-Length: 2")
                        + "{}");
                RawClient.Response response = client.read();
                assertThat(response.status()).as(method).isEqualTo(400);
                assertThat(response.body())
                        .as(method)
                        .contains("\"INVALID_REQUEST\"")
                        .contains("\"path\":\"path\"");
            }
        }
    }

    @Test
    void longestPathIsAcceptedAndALongerOneRefused() {
        ok(put("/" + "a".repeat(1023), "{}"));
        ok(put("/d" + "/b".repeat(99), "{}"));
        // Of letters in no order, which Postgres cannot squeeze into an entry of an index.
        String letters = new Random(1)
                .ints(680, 0x4E00, 0x9FA5)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        ok(put("/" + URLEncoder.encode(letters, StandardCharsets.UTF_8), "{}"));
        ok(delete("/" + URLEncoder.encode(letters, StandardCharsets.UTF_8)));
        ok(post("/" + URLEncoder.encode(letters, StandardCharsets.UTF_8), """
                {"type": "folder", "name": "%s"}""".formatted(letters.substring(0, 100))));
        assertProblem(put("/" + "a".repeat(1024), "{}"), 400, "INVALID_REQUEST");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"email", "blog", "social", "tone", "audience", "brand", "competitors", "products", "user:x"})
    void tagIsAKnownWordOrTheUsersOwn(String tag) {
        assertThat(ok(put("/d", "{\"tags\": [\"" + tag + "\"]}"))
                        .path("tags")
                        .get(0)
                        .asText())
                .isEqualTo(tag);
    }

    @Test
    void membersThatAWriteOmitsStay() {
        ok(put("/d", "{\"title\": \"T\", \"content\": \"C\", \"tags\": [\"blog\"], \"pinned\": true}"));

        ok(put("/d", "{\"title\": null, \"content\": null, \"tags\": null, \"pinned\": null, \"name\": \"x\"}"));
        assertThat(state("/d")).isEqualTo("T|C|[\"blog\"]|true");
        ok(post("/d", "{\"tags\": [\"email\", \"user:é\"]}"));
        assertThat(state("/d")).isEqualTo("T|C|[\"email\",\"user:é\"]|true");
        ok(put("/d", "{\"pinned\": false, \"tags\": []}"));
        assertThat(state("/d")).isEqualTo("T|C|[]|false");
        ok(put("/d", "{\"content\": \"\", \"type\": \"document\"}"));
        assertThat(state("/d")).isEqualTo("T||[]|false");
    }

    @Test
    void titleIsTheFirstHeadingOrTheNameUnlessOneIsGiven() {
        assertThat(ok(put("/note.md", "{}")).path("title").asText()).isEqualTo("note.md");
        assertThat(title("{\"content\": \"text\\n\\n## The *first*\\n# Second\"}"))
                .isEqualTo("The first");
        assertThat(title("{\"content\": \"# Other\"}")).isEqualTo("Other");
        assertThat(title("{\"title\": \"Mine\"}")).isEqualTo("Mine");
        assertThat(title("{\"content\": \"# Third\"}")).isEqualTo("Mine");
        assertThat(title("{\"title\": \" \"}")).isEqualTo("Third");
        assertThat(title("{\"content\": \"no heading\"}")).isEqualTo("note.md");
    }

    @Test
    void largestContentComesBackWhole() throws Exception {
        String content = "# Größe\n\n" + "zeile mit ümlaut\n".repeat(60_000);
        String body = JSON.writeValueAsString(Map.of("content", content.substring(0, 900_000)));

        ok(put("/large", body));

        assertThat(ok(get("/large")).path("content").asText()).isEqualTo(content.substring(0, 900_000));
        assertProblem(put("/large", "{\"content\": \"" + "x".repeat(1 << 20) + "\"}"), 413, "PAYLOAD_TOO_LARGE");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"title\": 1} | title",
                "{\"content\": []} | content",
                "{\"tags\": \"a\"} | tags",
                "{\"tags\": [\"blog\", 1]} | tags[1]",
                "{\"tags\": [\"user:a,b\"]} | tags[0]",
                "{\"tags\": [\" \"]} | tags[0]",
                "{\"tags\": [\"user:a\\u0007\"]} | tags[0]",
                "{\"tags\": [\"brand\", \"word\"]} | tags[1]",
                "{\"tags\": [\"Brand\"]} | tags[0]",
                "{\"tags\": [\"user: \"]} | tags[0]",
                "{\"tags\": [\"other:word\"]} | tags[0]",
                "{\"pinned\": \"yes\"} | pinned",
                "{\"type\": \"file\"} | type",
                "{\"type\": 1} | type",
                "{\"type\": \"folder\", \"name\": \" \"} | name",
                "{\"type\": \"folder\", \"name\": 1} | name",
                "[] | ''",
                "{\"content\": \"\\u0000\"} | content"
            })
    void invalidMemberIsNamed(String body, String member) {
        HttpResponse<String> response = put("/d", body);

        assertProblem(response, 400, "INVALID_REQUEST");
        assertThat(json(response).path("issues").get(0).path("path").asText()).isEqualTo(member);
        assertProblem(get("/d"), 404, "NOT_FOUND");
    }

    @Test
    void limitsOfTagsAndTitlesAreExact() {
        String tag = "user:" + "x".repeat(59);
        ok(put("/d", "{\"title\": \"" + "t".repeat(300) + "\", \"tags\": [\"" + tag + "\"" + tags(49) + "]}"));
        assertProblem(put("/d", "{\"title\": \"" + "t".repeat(301) + "\"}"), 400, "INVALID_REQUEST");
        assertProblem(put("/d", "{\"tags\": [\"" + tag + "x\"]}"), 400, "INVALID_REQUEST");
        assertProblem(put("/d", "{\"tags\": [\"blog\"" + tags(50) + "]}"), 400, "INVALID_REQUEST");
    }

    @Test
    void listHasFoldersFirstThenNames() {
        for (String path : List.of("/b/x", "/B/x", "/a.md", "/c.md", "/Z.md", "/a-/x", "/a/x")) {
            ok(put(path, "{}"));
        }

        JsonNode items = ok(get("")).path("items");

        assertThat(paths("")).containsExactly("/B/", "/a/", "/a-/", "/b/", "/Z.md", "/a.md", "/c.md");
        assertThat(members(items.get(0))).containsExactly("type", "name", "path", "updatedAt");
        assertThat(items.get(0).path("type").asText()).isEqualTo("folder");
        assertThat(items.get(0).path("name").asText()).isEqualTo("B");
        assertThat(items.get(4).path("type").asText()).isEqualTo("document");
        assertThat(items.get(4).path("name").asText()).isEqualTo("Z.md");
    }

    @Test
    void deepListNestsWhatIsInTheFolderAndNothingElse() {
        for (String path : List.of("/a/x", "/a/b/y", "/a/b/c/z", "/a-/n", "/a0/n", "/A/n")) {
            ok(put(path, "{}"));
        }
        ok(post("/a/empty", "{\"type\": \"folder\"}"));

        JsonNode items = ok(get("/a?deep=1")).path("items");

        assertThat(tree(items)).isEqualTo("/a/b/[/a/b/c/[/a/b/c/z] /a/b/y] /a/empty/[] /a/x");
        assertThat(members(items.get(0))).containsExactly("type", "name", "path", "updatedAt", "children");
        assertThat(members(items.get(2))).containsExactly("type", "name", "path", "updatedAt");
        assertThat(tree(ok(get("?deep=true")).path("items")))
                .isEqualTo("/A/[/A/n] /a/[/a/b/[/a/b/c/[/a/b/c/z] /a/b/y] /a/empty/[] /a/x] /a-/[/a-/n] /a0/[/a0/n]");
    }

    @Test
    void deepestTreeIsListed() {
        TestPostgres.execute(server.databaseUrl(), """
                INSERT INTO memory_node (id, business_id, folder, name, type, label)
                SELECT 'mem_' || n, '%s', '/' || repeat('f/', n - 1), 'f', 'folder', 'f' FROM generate_series(1, 100) n
                """.formatted(business));
        try (TestServer roomy = TestServer.on(server.databaseUrl())) {
            HttpResponse<String> response = roomy.get(MEMORY + "?deep=true", secret);
            assertThat(response.statusCode()).isEqualTo(200);
            assertThat(response.body()).contains("/f".repeat(100));
        }
    }

    @Test
    void listBeyondTheLimitIsTruncatedAndSaysSo() {
        for (int i = 0; i < MOST_ITEMS; i++) {
            ok(put("/f/d%02d".formatted(i), "{}"));
        }
        assertThat(members(ok(get("/f")))).containsExactly("items");
        ok(put("/f/d99", "{}"));

        JsonNode flat = ok(get("/f"));
        assertThat(flat.path("items")).hasSize(MOST_ITEMS);
        assertThat(flat.path("truncated").asBoolean()).isTrue();
        JsonNode deep = ok(get("?deep=true"));
        assertThat(deep.path("items").get(0).path("children")).hasSize(MOST_ITEMS - 1);
        assertThat(deep.path("truncated").asBoolean()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "/f, list",
        "/f/, list",
        "/f?op=ls, list",
        "/f/?deep=true, list",
        "/f?op=cat, NOT_A_DOCUMENT",
        "/f/?op=cat, NOT_A_DOCUMENT",
        "?op=cat, NOT_A_DOCUMENT",
        "/f/d, document",
        "/f/d?op=cat, document",
        "/f/d/?op=cat, document",
        "/f/d?op=cat&deep=true, document",
        "/f/d?op=ls, NOT_A_FOLDER",
        "/f/d/, NOT_A_FOLDER",
        "/f/d?deep=true, NOT_A_FOLDER",
        "/f/e, NOT_FOUND",
        "/f/e/, NOT_FOUND",
        "/f/e?op=ls, NOT_FOUND",
        "/f/e?op=cat, NOT_FOUND",
        "/f/d/x, NOT_FOUND",
        "/F, NOT_FOUND",
        "/f?op=rm, INVALID_REQUEST",
        "/f?deep=maybe, INVALID_REQUEST"
    })
    void readingFollowsTheOperationThenTheFormThenWhatIsThere(String path, String expected) {
        ok(put("/f/d", "{\"content\": \"c\"}"));

        HttpResponse<String> response = get(path);

        JsonNode answer = json(response);
        switch (expected) {
            case "list" ->
                assertThat(answer.path("items").get(0).path("path").asText()).isEqualTo("/f/d");
            case "document" -> assertThat(answer.path("content").asText()).isEqualTo("c");
            default -> assertProblem(response, expected.equals("NOT_FOUND") ? 404 : 400, expected);
        }
    }

    @Test
    void folderIsMadeOnceHoweverOften() {
        JsonNode made = ok(post("/a/b/", "{\"type\": \"folder\"}"));
        assertThat(members(made)).containsExactly("name", "path", "createdAt");
        assertThat(made.path("name").asText()).isEqualTo("b");
        assertThat(made.path("path").asText()).isEqualTo("/a/b/");

        assertThat(ok(post("/a/b", "{\"type\": \"folder\"}"))).isEqualTo(made);
        assertThat(paths("/a")).containsExactly("/a/b/");
    }

    @Test
    void folderShowsTheNameThatItIsGiven() {
        ok(post("/a/b", "{\"type\": \"folder\", \"name\": \" Big \"}"));
        JsonNode again = ok(post("/a/b", "{\"type\": \"folder\"}"));

        assertThat(again.path("name").asText()).isEqualTo("Big");
        JsonNode item = ok(get("/a")).path("items").get(0);
        assertThat(item.path("name").asText()).isEqualTo("Big");
        assertThat(item.path("path").asText()).isEqualTo("/a/b/");
    }

    @Test
    void documentAndFolderCannotShareAName() {
        ok(put("/f/d", "{}"));

        assertProblem(put("/f", "{}"), 409, "CONFLICT");
        assertProblem(post("/f/", "{\"content\": \"x\"}"), 409, "CONFLICT");
        assertProblem(post("/f/d", "{\"type\": \"folder\"}"), 409, "CONFLICT");
        assertProblem(put("/f/d/below", "{}"), 409, "CONFLICT");
        assertProblem(post("/f/d/x/y", "{\"type\": \"folder\"}"), 409, "CONFLICT");
        assertThat(tree(ok(get("?deep=true")).path("items"))).isEqualTo("/f/[/f/d]");
    }

    @Test
    void rootIsNeitherWrittenNorMadeNorArchived() {
        for (String root : List.of("", "/", "//", "/%2F")) {
            assertProblem(put(root, "{}"), 400, "INVALID_REQUEST");
            assertProblem(post(root, "{\"type\": \"folder\"}"), 400, "INVALID_REQUEST");
            assertProblem(delete(root), 400, "INVALID_REQUEST");
        }
    }

    @Test
    void archivedDocumentIsGoneAndItsNameIsFree() {
        ok(put("/f/d", "{\"content\": \"old words\", \"tags\": [\"tone\"]}"));

        assertThat(delete("/f/d").body()).isEqualTo("{\"success\":true}");

        assertProblem(get("/f/d"), 404, "NOT_FOUND");
        assertProblem(delete("/f/d"), 404, "NOT_FOUND");
        assertThat(paths("/f")).isEmpty();
        ok(post("/f/d", "{\"type\": \"folder\"}"));
        assertThat(paths("/f")).containsExactly("/f/d/");
        ok(delete("/f/d/"));
        assertThat(ok(put("/f/d", "{}")).path("tags")).isEmpty();
        assertThat(ok(get("/f/d")).path("content").asText()).isEmpty();
    }

    @Test
    void archivedFolderTakesEverythingInItAlongAndNothingElse() {
        for (String path : List.of("/f/d", "/f/g/e", "/f-/d", "/f0/d", "/F/d")) {
            ok(put(path, "{\"content\": \"kept or not\"}"));
        }

        assertThat(delete("/f").body()).isEqualTo("{\"success\":true}");

        assertThat(paths("")).containsExactly("/F/", "/f-/", "/f0/");
        for (String path : List.of("/f", "/f/", "/f/d", "/f/g", "/f/g/e")) {
            assertProblem(get(path), 404, "NOT_FOUND");
        }
        ok(put("/f/new", "{}"));
        assertThat(tree(ok(get("/f?deep=true")).path("items"))).isEqualTo("/f/new");
        assertThat(TestPostgres.query(
                        server.databaseUrl(),
                        "SELECT count(*) FROM memory_chunk WHERE business_id = '" + business + "'"))
                .isEqualTo(List.of(List.of(3L)));
        assertThat(TestPostgres.query(
                        server.databaseUrl(),
                        "SELECT content FROM memory_node WHERE archived_at IS NOT NULL AND name = 'e' AND business_id = '"
                                + business + "'"))
                .isEqualTo(List.of(List.of("kept or not")));
    }

    @Test
    void businessesDoNotSeeEachOther() {
        String other = keys.secret(keys.business(), "ALL");
        ok(put("/f/d", "{\"content\": \"mine\"}"));

        assertProblem(server.get(MEMORY + "/f/d", other), 404, "NOT_FOUND");
        assertProblem(server.get(MEMORY + "/f", other), 404, "NOT_FOUND");
        assertProblem(server.send("DELETE", MEMORY + "/f", other, null), 404, "NOT_FOUND");
        assertThat(server.get(MEMORY + "?deep=true", other).body()).isEqualTo("{\"items\":[]}");
        ok(server.send("PUT", MEMORY + "/f", other, "{\"content\": \"theirs\"}"));
        assertThat(ok(get("/f/d")).path("content").asText()).isEqualTo("mine");
    }

    @Test
    void onlyOneOfADocumentAndAFolderMadeAtOnceIsKept() throws Exception {
        for (int round = 0; round < 15; round++) {
            String path = "/race" + round;
            List<Integer> statuses = atOnce(List.of(
                    () -> put(path, "{\"content\": \"a\"}").statusCode(),
                    () -> post(path, "{\"type\": \"folder\"}").statusCode(),
                    () -> put(path + "/below", "{}").statusCode(),
                    () -> put(path, "{\"content\": \"b\"}").statusCode()));
            JsonNode item = items("?deep=true").stream()
                    .filter(found -> found.path("name").asText().equals(path.substring(1)))
                    .reduce((one, two) -> {
                        throw new AssertionError("Both are there: " + one + two);
                    })
                    .orElseThrow();
            boolean folder = item.path("type").asText().equals("folder");
            assertThat(statuses)
                    .as(item.toString())
                    .isEqualTo(folder ? List.of(409, 200, 200, 409) : List.of(200, 409, 409, 200));
            ok(delete(path));
        }
    }

    @Test
    void foldersThatManyNeedAtOnceAreMadeOnce() throws Exception {
        for (int round = 0; round < 5; round++) {
            String folder = "/deep" + round + "/er/est";
            List<Callable<Integer>> writers = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                String path = folder + "/d%02d".formatted(i);
                writers.add(() -> put(path, "{\"content\": \"x\"}").statusCode());
            }
            assertThat(atOnce(writers)).containsOnly(200);
            assertThat(paths(folder)).hasSize(10);
            ok(delete("/deep" + round));
        }
    }

    @Test
    void nothingIsLeftInAFolderThatIsArchivedWhileOthersWriteIntoIt() throws Exception {
        for (int round = 0; round < 15; round++) {
            ok(put("/f/g/start", "{\"content\": \"x\"}"));
            List<Callable<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String path = "/f/" + (i % 2 == 0 ? "g/" : "h" + i + "/") + "d" + i;
                calls.add(() -> put(path, "{\"content\": \"x\"}").statusCode());
            }
            calls.add(() -> delete("/f").statusCode());
            calls.add(() -> delete("/f/g").statusCode());
            assertThat(atOnce(calls)).allSatisfy(status -> assertThat(status).isIn(200, 404));
            assertThat(orphans()).isEmpty();
            delete("/f");
        }
        assertThat(TestPostgres.query(
                        server.databaseUrl(),
                        "SELECT count(*) FROM memory_chunk WHERE business_id = '" + business + "'"))
                .isEqualTo(List.of(List.of(0L)));
    }

    @Test
    void writersOfOneDocumentLeaveTheChunksOfTheLast() throws Exception {
        List<Callable<Integer>> writers = new ArrayList<>();
        for (int i = 1; i <= 10; i++) {
            String content = "# H\\n\\nversion%d\\n\\n".formatted(i).repeat(i);
            writers.add(() -> put("/d", "{\"content\": \"" + content + "\"}").statusCode());
        }
        assertThat(atOnce(writers)).containsOnly(200);

        String content = ok(get("/d")).path("content").asText();
        assertThat(TestPostgres.query(
                        server.databaseUrl(),
                        "SELECT content FROM memory_chunk WHERE business_id = '" + business + "' ORDER BY position"))
                .isEqualTo(Chunk.cut(content).chunks().stream()
                        .map(chunk -> List.of(chunk.content()))
                        .toList());
    }

    /** What is live in a folder that is not. */
    private List<?> orphans() {
        return TestPostgres.query(server.databaseUrl(), """
                SELECT node.folder || node.name FROM memory_node node
                WHERE node.business_id = '%s' AND node.archived_at IS NULL AND node.folder <> '/'
                    AND NOT EXISTS (
                        SELECT FROM memory_node parent
                        WHERE parent.business_id = node.business_id AND parent.archived_at IS NULL
                            AND parent.type = 'folder' AND parent.folder || parent.name || '/' = node.folder)
                """.formatted(business));
    }

    private static List<Integer> atOnce(List<Callable<Integer>> calls) throws Exception {
        CyclicBarrier start = new CyclicBarrier(calls.size());
        ExecutorService threads = Executors.newFixedThreadPool(calls.size());
        try {
            List<Future<Integer>> running = calls.stream()
                    .map(call -> threads.submit(() -> {
                        start.await(10, TimeUnit.SECONDS);
                        return call.call();
                    }))
                    .toList();
            List<Integer> results = new ArrayList<>();
            for (Future<Integer> result : running) {
                results.add(result.get(30, TimeUnit.SECONDS));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private HttpResponse<String> get(String path) {
        return server.get(MEMORY + path, secret);
    }

    private HttpResponse<String> put(String path, String body) {
        return server.send("PUT", MEMORY + path, secret, body);
    }

    private HttpResponse<String> post(String path, String body) {
        return server.post(MEMORY + path, secret, body);
    }

    private HttpResponse<String> delete(String path) {
        return server.send("DELETE", MEMORY + path, secret, null);
    }

    private String title(String body) {
        return ok(put("/note.md", body)).path("title").asText();
    }

    private String state(String path) {
        JsonNode document = ok(get(path));
        return document.path("title").asText() + "|" + document.path("content").asText() + "|" + document.path("tags")
                + "|" + document.path("pinned");
    }

    private List<JsonNode> items(String path) {
        List<JsonNode> items = new ArrayList<>();
        ok(get(path)).path("items").forEach(items::add);
        return items;
    }

    private List<String> paths(String folder) {
        return items(folder).stream().map(item -> item.path("path").asText()).toList();
    }

    private static String tree(JsonNode items) {
        List<String> shown = new ArrayList<>();
        items.forEach(item -> shown.add(
                item.path("path").asText() + (item.has("children") ? "[" + tree(item.path("children")) + "]" : "")));
        return String.join(" ", shown);
    }

    private static String tags(int count) {
        return IntStream.range(0, count).mapToObj(i -> ",\"user:t" + i + "\"").reduce("", String::concat);
    }

    private static List<String> members(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static JsonNode ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        return json(response);
    }

    private static void assertProblem(HttpResponse<String> response, int status, String code) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(json(response).path("code").asText()).isEqualTo(code);
        assertThat(new TreeSet<>(members(json(response)))).contains("detail", "type", "title", "status");
    }
}
