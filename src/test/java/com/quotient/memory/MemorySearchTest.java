package com.quotient.memory;

import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemorySearchTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MEMORY = "/api/v0/memory";
    private static final String SEARCH = MEMORY + "/search";

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final String secret = keys.issue(keys.business(), KeyTier.SECRET).key();

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
    }

    @Test
    void resultIsASectionWithItsHeadings() {
        write("/shop/returns.md", """
                # Returns

                Send it back.

                ## Refunds

                Money comes back within fourteen days.
                """);

        HttpResponse<String> response = server.post(SEARCH, secret, "{\"query\": \"fourteen days\"}");

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode answer = json(response);
        assertThat(members(answer)).containsExactly("results");
        assertThat(answer.path("results")).hasSize(1);
        JsonNode result = answer.path("results").get(0);
        assertThat(members(result)).containsExactly("similarity", "memoryPath", "headingPath", "content");
        assertThat(result.path("similarity").asDouble()).isBetween(0.5, 1.0);
        assertThat(result.path("memoryPath").asText()).isEqualTo("/shop/returns.md");
        assertThat(result.path("headingPath").toString()).isEqualTo("[\"Returns\",\"Refunds\"]");
        assertThat(result.path("content").asText()).isEqualTo("## Refunds\n\nMoney comes back within fourteen days.");
        assertThat(server.get(SEARCH + "?query=fourteen%20days", secret).body()).isEqualTo(response.body());
    }

    @Test
    void bestComesFirst() {
        write("/once", "A word on caching among many other words about everything else there is.");
        write("/often", "Caching: a cache caches. Cached caches are caches of a cache.");
        write("/heading", "# Caching\n\nHow it is done.");
        write("/other", "Nothing of the kind.");

        JsonNode results = search("caching");

        assertThat(paths(results)).containsExactly("/heading", "/often", "/once");
        assertThat(similarities(results)).isSortedAccordingTo((one, two) -> Double.compare(two, one));
        assertThat(similarities(results))
                .allSatisfy(similarity -> assertThat(similarity).isBetween(0.5, 1.0));
    }

    @ParameterizedTest
    @CsvSource({
        "connection pool, /pool",
        "Connecting Pools, /pool",
        "\"size of the pool\", /pool",
        "straße, /german",
        "STRASSE OR straße, /german",
        "東京, /tokyo",
        "title handbook, /titled",
        "the who, /who",
        "pool -elephant, /pool",
        "v2.1, /version"
    })
    void queryFindsWhatItSays(String query, String path) {
        write("/pool", "# Databases\n\nThe size of the pool of connections.");
        write("/elephant", "An elephant swims in a pool. No connection.");
        write("/german", "Die Straße ist lang.");
        write("/tokyo", "旅行 東京 大阪");
        write("/version", "Since v2.1 there is more.");
        write("/who", "A band: The Who.");
        ok(put("/titled", "{\"title\": \"Handbook title\", \"content\": \"Words.\"}"));

        assertThat(paths(search(query)).get(0)).isEqualTo(path);
    }

    @Test
    void excludedWordsAreNotFound() {
        write("/a", "apples and pears");
        write("/b", "apples and plums");

        assertThat(paths(search("apples -pears"))).containsExactly("/b");
        assertThat(paths(search("apples -and"))).isNotNull();
        assertThat(paths(search("cherries -pears"))).isEmpty();
    }

    @Test
    void phraseMustOccurAsWritten() {
        write("/together", "a green house");
        write("/apart", "a house that is green");

        assertThat(paths(search("\"green house\""))).containsExactly("/together");
        assertThat(paths(search("green house"))).containsExactly("/together", "/apart");
    }

    @ParameterizedTest
    @ValueSource(strings = {"conection", "connectoin", "psotgres", "postgers", "poolng", "deplyoment"})
    void wordWithATypingErrorFindsWhatWasMeant(String typed) {
        write("/meant", "# Postgres\n\nConnection pooling for every deployment.");
        write("/other", "Gardening: roses, tulips and lilies.");

        JsonNode results = search(typed);

        assertThat(paths(results)).containsExactly("/meant");
        assertThat(similarities(results))
                .allSatisfy(similarity -> assertThat(similarity).isBetween(0.1, 0.5));
    }

    @Test
    void sectionsWithMoreOfTheWordsComeFirstWhenNoneHasAll() {
        write("/two", "reset the password");
        write("/one", "reset the router");
        write("/typo", "administrator of something");
        write("/none", "unrelated");

        JsonNode results = search("how do I reset my password as an administartor");

        assertThat(paths(results)).containsExactly("/two", "/one", "/typo");
        assertThat(similarities(results))
                .allSatisfy(similarity -> assertThat(similarity).isBetween(0.05, 0.5));
    }

    @Test
    void severalTagsMeanAnyOf() {
        ok(put("/a", "{\"content\": \"common word\", \"tags\": [\"brand\", \"user:big\"]}"));
        ok(put("/b", "{\"content\": \"common word\", \"tags\": [\"user:blue sky\"]}"));
        ok(put("/c", "{\"content\": \"common word\"}"));

        assertThat(found("common", "brand")).containsExactlyInAnyOrder("/a");
        assertThat(found("common", "brand", "user:blue sky")).containsExactlyInAnyOrder("/a", "/b");
        assertThat(found("commno", "brand", "user:blue sky")).containsExactlyInAnyOrder("/a", "/b");
        assertThat(found("common", "user:Big")).isEmpty();
        assertThat(found("common")).containsExactlyInAnyOrder("/a", "/b", "/c");
        for (String tags : List.of(
                "tags=brand,user:blue%20sky",
                "tags=brand&tags=user:blue%20sky", "tags[]=brand&tags[1]=user:blue%20sky")) {
            assertThat(paths(json(server.get(
                                    SEARCH + "?query=common&"
                                            + tags.replace("[", "%5B").replace("]", "%5D"),
                                    secret))
                            .path("results")))
                    .as(tags)
                    .containsExactlyInAnyOrder("/a", "/b");
        }
    }

    @Test
    void searchFollowsEveryChange() {
        write("/d", "first words");
        write("/d", "second words");
        assertThat(paths(search("first"))).isEmpty();
        assertThat(paths(search("second"))).containsExactly("/d");

        ok(put("/d", "{\"title\": \"Zebra\"}"));
        assertThat(paths(search("zebra second"))).containsExactly("/d");
        write("/d", "third words");
        assertThat(paths(search("zebra third"))).containsExactly("/d");
        ok(put("/d", "{\"title\": \"\"}"));
        assertThat(paths(search("zebra"))).isEmpty();

        ok(server.send("DELETE", MEMORY + "/d", secret, null));
        assertThat(paths(search("third"))).isEmpty();
    }

    @Test
    void atMostTwentyResultsInAStableOrder() {
        write(
                "/many",
                IntStream.range(0, 50)
                        .mapToObj(i -> "# Part " + i + "\n\nthe same gizmo\n\n")
                        .reduce("", String::concat));

        JsonNode results = search("gizmo");

        assertThat(results).hasSize(20);
        assertThat(search("gizmo")).isEqualTo(results);
        assertThat(search("gizmoo")).hasSize(20).isEqualTo(search("gizmoo"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-", "!", "'", "\"", "\\", "& | !", "a:*", "(((", "<->", "%", "''''", "-a -b", "the", "😀", "a'b\\c"
            })
    void queryOfPunctuationIsAnswered(String query) {
        write("/d", "a b the text");

        assertThat(server.get(SEARCH + "?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8), secret)
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void longestQueryIsAnswered() {
        write("/d", "some words to find");
        StringBuilder query = new StringBuilder();
        while (query.length() < 990) {
            query.append("wort").append(query.length()).append(' ');
        }

        assertThat(search(query.toString().strip())).isNotNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{} | query",
                "{\"query\": \" \"} | query",
                "{\"query\": 1} | query",
                "{\"query\": \"a\", \"tags\": \"b\"} | tags",
                "{\"query\": \"a\", \"tags\": [1]} | tags[0]",
                "{\"query\": \"a\", \"tags\": [\"blog\", \"user:b,c\"]} | tags[1]",
                "{\"query\": \"a\", \"tags\": [\"word\"]} | tags[0]"
            })
    void faultOfABodyIsNamed(String body, String member) {
        assertNames(server.post(SEARCH, secret, body), member);
    }

    @ParameterizedTest
    @CsvSource({
        "'',query",
        "query=,query",
        "query=a&query=b,query",
        "query=%00,query",
        "query=a&tags=%07,tags",
        "query=a&tags=word,tags"
    })
    void faultOfAQueryIsNamed(String query, String parameter) {
        assertNames(server.get(SEARCH + "?" + query, secret), parameter);
    }

    @Test
    void limitsOfTheQueryAreExact() {
        String longest = "x".repeat(1000);
        assertThat(server.get(SEARCH + "?query=" + longest, secret).statusCode())
                .isEqualTo(200);
        assertNames(server.get(SEARCH + "?query=x" + longest, secret), "query");
        assertNames(server.post(SEARCH, secret, "{\"query\": \"x" + longest + "\"}"), "query");
        assertNames(server.get(SEARCH + "?query=x&tags=" + "blog,".repeat(51), secret), "tags");
        assertNames(server.get(SEARCH + "?query=x&tags=user:" + "t".repeat(60), secret), "tags");
    }

    @Test
    void anotherBusinessFindsNothing() {
        write("/d", "confidential words");
        String other = keys.secret(keys.business(), "MEMORY_READ");

        for (String query : List.of("confidential", "confidentail", "confidential+else")) {
            assertThat(server.get(SEARCH + "?query=" + query, other).body()).isEqualTo("{\"results\":[]}");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "端口|队列端口错配",
                "口|队列端口",
                "端口错配|队列端口错配",
                "возврат|Возврат товара",
                "возрват|Возврат товара",
                "resume|Mein Résumé",
                "résumé|my resume",
                "Muller|Herr Müller",
                "MÜLLER|herr mueller muller",
                "ひらがな|これはひらがなです",
                "검색|검색하기",
                "ada@example.com|write to ada@example.com today",
                "user_name|the column user_name",
                "😀|smile 😀 please"
            })
    void textOfAnyLanguageIsFoundInAnyForm(String query, String text) {
        write("/d", Normalizer.normalize(text, Normalizer.Form.NFD));
        write("/e", "Gardening: roses, tulips and lilies.");

        for (Normalizer.Form form : List.of(Normalizer.Form.NFC, Normalizer.Form.NFD)) {
            assertThat(found(Normalizer.normalize(query, form))).containsExactly("/d");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "invoice",
                "planet",
                "recipe",
                "umbrella",
                "giraffe",
                "mountain",
                "violin",
                "harbour",
                "bicycle",
                "chocolate",
                "thunder",
                "blanket",
                "portion",
                "form",
                "password123",
                "端午",
                "возраст"
            })
    void wordThatOccursNowhereFindsNothing(String query) {
        write("/a", "# Returns\n\nSend the product back and get a refund within fourteen days.");
        write("/b", "# Tone of voice\n\nFriendly, plain and never pushy; explain things to people.");
        write("/c", "# Deployment\n\nConnections to the database come from a pool; provide a port. 队列端口错配");
        write("/d", "# Newsletter\n\nOne topic each month, with recent posts. Возврат.");

        assertThat(found(query)).isEmpty();
    }

    /** Matches of all words score at least one half, of some words at least one quarter, of only similar words less. */
    @Test
    void similarityMeansTheSameForEveryQuery() {
        write("/a", "the connection pool");
        write("/b", "a swimming lesson");

        assertThat(similarities(search("connection pool")))
                .allSatisfy(all -> assertThat(all).isBetween(0.5, 1.0));
        assertThat(similarities(search("connection elephant"))).containsExactly(0.375);
        assertThat(similarities(search("connection elephant giraffe rhino"))).containsExactly(0.3125);
        assertThat(similarities(search("connectoin"))).containsExactly(0.225);
        assertThat(similarities(search("connectoin elephant"))).containsExactly(0.1125);
        assertThat(similarities(search("connectoin swimming")))
                .hasSize(2)
                .first()
                .isEqualTo(0.375);
    }

    @Test
    void frontMatterIsMetadataAndNotText() {
        String content =
                "---\ntitle: Handing back\ntags: [brand, secretive]\nauthor: Somebody\n---\n# Returns\n\nText.";
        write("/d", "\uFEFF" + content);
        JsonNode document = json(server.get(MEMORY + "/d", secret));

        assertThat(document.path("title").asText()).isEqualTo("Handing back");
        assertThat(document.path("tags").toString()).isEqualTo("[\"brand\",\"user:secretive\"]");
        assertThat(document.path("content").asText()).isEqualTo("\uFEFF" + content);
        assertThat(found("handing")).containsExactly("/d");
        assertThat(found("returns", "brand")).containsExactly("/d");
        assertThat(found("somebody")).isEmpty();
        assertThat(search("text").get(0).path("content").asText()).isEqualTo("# Returns\n\nText.");
    }

    @Test
    void tagsAndTitleOfARequestOverrideTheFrontMatter() {
        ok(
                put(
                        "/d",
                        "{\"content\": \"---\\ntitle: A\\ntags: [brand]\\n---\\nText\", \"title\": \"B\", \"tags\": [\"blog\"]}"));
        JsonNode document = json(server.get(MEMORY + "/d", secret));
        assertThat(document.path("title").asText()).isEqualTo("B");
        assertThat(document.path("tags").toString()).isEqualTo("[\"blog\"]");
    }

    /** Any run of words of a document finds it, and no word that is not in it does. */
    @Test
    void wordsOfDocumentsAreFoundAndOthersAreNot() {
        Random random = new Random(5);
        List<String> letters = List.of("abcdefghij", "äöüéçñåø", "абвгдежз", "漢字仮名交文", "0123456789", "αβγδε");
        List<String> signs = List.of(" ", "  ", "\n", ", ", ". ", "-", "_", "@", "'", "/", "\u00A0", " 😀 ");
        for (int round = 0; round < 25; round++) {
            List<String> words = new ArrayList<>();
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < 60; i++) {
                String alphabet = letters.get(random.nextInt(letters.size()));
                StringBuilder word = new StringBuilder();
                for (int length = 4 + random.nextInt(8); length > 0; length--) {
                    word.append(alphabet.charAt(random.nextInt(alphabet.length())));
                }
                words.add(word.toString());
                text.append(word).append(signs.get(random.nextInt(signs.size())));
            }
            write("/round" + round, text.toString());
            int from = random.nextInt(50);
            String some = String.join(" ", words.subList(from, from + 1 + random.nextInt(6)));

            assertThat(found(some)).as(some).contains("/round" + round);
            assertThat(similarities(search(some)).get(0)).isGreaterThanOrEqualTo(0.5);
            assertThat(found("klmnopqrstuvwxyz".substring(random.nextInt(8)))).isEmpty();
        }
    }

    @Test
    void onlyTheFirstWordsOfALongQueryCount() {
        write("/d", "first of all");
        String words =
                IntStream.range(0, SearchQuery.MAX_WORDS).mapToObj(i -> "x" + i).collect(Collectors.joining(" "));

        assertThat(found("first " + words)).containsExactly("/d");
        assertThat(found(words + " first")).isEmpty();
    }

    private void write(String path, String content) {
        try {
            ok(put(path, JSON.writeValueAsString(Map.of("content", content))));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<String> put(String path, String body) {
        return server.send("PUT", MEMORY + path, secret, body);
    }

    private JsonNode search(String query, String... tags) {
        try {
            HttpResponse<String> response =
                    server.post(SEARCH, secret, JSON.writeValueAsString(Map.of("query", query, "tags", List.of(tags))));
            ok(response);
            return json(response).path("results");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private List<String> found(String query, String... tags) {
        return paths(search(query, tags));
    }

    private static List<String> paths(JsonNode results) {
        return StreamSupport.stream(results.spliterator(), false)
                .map(result -> result.path("memoryPath").asText())
                .toList();
    }

    private static List<Double> similarities(JsonNode results) {
        return StreamSupport.stream(results.spliterator(), false)
                .map(result -> result.path("similarity").asDouble())
                .toList();
    }

    private static List<String> members(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static void ok(HttpResponse<String> response) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    }

    private static void assertNames(HttpResponse<String> response, String member) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(400);
        assertThat(json(response).path("code").asText()).isEqualTo("INVALID_REQUEST");
        assertThat(json(response).path("issues").get(0).path("path").asText()).isEqualTo(member);
    }
}
