package com.quotient.memory;

import static com.quotient.testing.Eventually.eventually;
import static com.quotient.testing.TestServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.quotient.keys.KeyTier;
import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/** The worst that can be written and searched costs bounded time, and no more of the log than anything else. */
class MemoryLimitsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String MEMORY = "/api/v0/memory";
    private static final int LARGE = 1 << 20;

    /** A fraction of what these took before they were bounded, and many times what they take on an idle machine. */
    private static final Duration BOUND = Duration.ofSeconds(15);

    @AutoClose
    private static TestServer server;

    private static TestKeys keys;

    private final String business = keys.business();
    private final String secret = keys.issue(business, KeyTier.SECRET).key();

    @BeforeAll
    static void start() {
        server = TestServer.start();
        keys = new TestKeys(server);
    }

    static Stream<String> worstDocuments() {
        Random random = new Random(3);
        return Stream.of(
                "<!-- ",
                "# ",
                "# a\n",
                "a",
                "a ",
                "a-",
                "<a ",
                "* a\n",
                "> ",
                "- ",
                "```\n",
                "[",
                "*_* _ ",
                "\u0301",
                "漢",
                "😀",
                "/a",
                "a@b.",
                "1.",
                "---\ntitle:                    x\n",
                random.ints(1000, 'a', 'z' + 1)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining())
                        .replace('q', ' '));
    }

    @ParameterizedTest
    @MethodSource("worstDocuments")
    void worstDocumentIsReadInBoundedTime(String piece) {
        int bytes = encode(piece).getBytes(StandardCharsets.UTF_8).length - 2;
        String content = piece.repeat((LARGE - 100) / bytes);
        long started = System.nanoTime();

        HttpResponse<String> response = put("/worst", content);

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(BOUND);
    }

    @Test
    void worstQueriesOfLargeDocumentsAreAnsweredBeforeTheirDeadline() {
        put("/a", "a".repeat(900_000));
        put("/spaced", "a ".repeat(300_000));
        put("/words", words(60_000));
        for (String query : List.of(
                "a".repeat(200),
                "aaaaaaa aaaaaab aaaaaac",
                "a",
                "a a a a a a",
                "\"a a a a a a a a\"",
                "refnuds conectoin postgers",
                "w1x w2x w3x w4x w5x zzzzz yyyyy xxxxx",
                "-a b",
                words(100))) {
            String longest = query.substring(0, Math.min(1000, query.length()));
            HttpResponse<String> response = server.post(MEMORY + "/search", secret, encode(Map.of("query", longest)));
            // A slow machine may come to the deadline, which is an answer too.
            assertThat(response.statusCode()).as(query + response.body()).isIn(200, 503);
        }
    }

    @Test
    void wordsThatPostgresCannotIndexLeaveNothingInTheLogAndAreFound() {
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        lines.start();
        root.addAppender(lines);
        try {
            String content = IntStream.range(0, 505)
                    .mapToObj(i -> Integer.toString(i, 36).repeat(2050).substring(0, 2050))
                    .collect(Collectors.joining(" "));
            assertThat(put("/long", content).statusCode()).isEqualTo(200);
        } finally {
            root.detachAppender(lines);
        }
        assertThat(lines.list.stream()
                        .filter(line -> line.getFormattedMessage().contains("notice")
                                || line.getFormattedMessage().contains("too long")))
                .isEmpty();
        assertThat(server.post(MEMORY + "/search", secret, encode(Map.of("query", "a".repeat(1000))))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void noNoticeOfPostgresReachesTheServer() {
        assertThat(TestServer.await(server.server()
                                .database()
                                .maintenance()
                                .query("SHOW client_min_messages")
                                .execute())
                        .iterator()
                        .next()
                        .getString(0))
                .isEqualTo("error");
    }

    @Test
    void searchHasAShorterDeadlineThanOtherStatements() {
        assertThat(TestServer.await(server.server()
                                .database()
                                .searches()
                                .execute(business, "SELECT current_setting('statement_timeout')", Tuple.tuple()))
                        .iterator()
                        .next()
                        .getString(0))
                .isEqualTo("1s");
    }

    @Test
    void deepListOfTenThousandLongNamesArrivesWhole() {
        TestPostgres.execute(server.databaseUrl(), """
                INSERT INTO memory_node (id, business_id, folder, name, type, label)
                SELECT 'mem_f' || n, '%1$s', '/', 'f' || n, 'folder', 'f' || n FROM generate_series(1, 100) n;
                INSERT INTO memory_node (id, business_id, folder, name, type, label, content)
                SELECT 'mem_' || n, '%1$s', '/f' || n %% 100 + 1 || '/', repeat('x', 900) || n, 'document',
                    repeat('x', 900) || n, ''
                FROM generate_series(1, 9800) n
                """.formatted(business));

        HttpResponse<String> response = server.get(MEMORY + "?deep=true", secret);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body().length()).isGreaterThan(9800 * 1800);
        JsonNode items = json(response).path("items");
        assertThat(items).hasSize(100);
        int documents = 0;
        for (JsonNode folder : items) {
            documents += folder.path("children").size();
            assertThat(folder.at("/children/0/path").asText())
                    .startsWith(folder.path("path").asText());
        }
        assertThat(documents).isEqualTo(9800);
    }

    @Test
    void documentThatWasWrittenByAnotherVersionIsReadAndCanBeFound() {
        put("/d", "# Returns\n\nWithin fourteen days.");
        TestPostgres.execute(
                server.databaseUrl(), "UPDATE memory_chunk SET words = NULL WHERE business_id = '" + business + "'");
        TestPostgres.execute(server.databaseUrl(), "DELETE FROM memory_word WHERE business_id = '" + business + "'");

        eventually(Duration.ofSeconds(30), () -> {
            assertThat(server.get(MEMORY + "/search?query=fourteen", secret).body())
                    .contains("/d");
            assertThat(server.get(MEMORY + "/search?query=fuorteen", secret).body())
                    .contains("/d");
        });
    }

    @Test
    void wordsThatNoLongerOccurAreDeleted() {
        put("/d", "# Returns\n\nWithin fourteen days.");
        put("/d", "# Refunds\n\nWithin thirty days.");
        TestPostgres.execute(
                server.databaseUrl(),
                "UPDATE memory_word SET seen_on = current_date - 40 WHERE business_id = '" + business + "'");

        eventually(Duration.ofSeconds(30), () -> assertThat(TestPostgres.query(
                        server.databaseUrl(),
                        "SELECT word FROM memory_word WHERE business_id = '" + business + "' ORDER BY word"))
                .extracting(row -> row.get(0))
                .containsExactly("days", "refunds", "thirty", "within"));
    }

    private static String words(int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> "w" + Integer.toString(i * 7919, 26))
                .collect(Collectors.joining(" "));
    }

    private HttpResponse<String> put(String path, String content) {
        return server.send("PUT", MEMORY + path, secret, encode(Map.of("content", content)));
    }

    private static String encode(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
