package com.quotient.memory;

import static org.assertj.core.api.Assertions.assertThat;

import com.quotient.testing.TestKeys;
import com.quotient.testing.TestPostgres;
import com.quotient.testing.TestServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The query plans for large trees: for a large and a small business, with custom and generic plans. */
@Tag("slow")
class MemoryAtSizeTest {
    private static final int LARGE = 20_000;
    private static final int SMALL = 50;
    private static final Pattern PARAMETER = Pattern.compile("\\$(\\d)");

    @AutoClose
    private static TestServer server;

    private static String large;
    private static String small;

    @BeforeAll
    static void fill() {
        server = TestServer.start();
        TestKeys keys = new TestKeys(server);
        large = keys.business();
        small = keys.business();
        fill(large, LARGE);
        fill(small, SMALL);
        TestPostgres.execute(server.databaseUrl(), "VACUUM (ANALYZE) memory_node");
        TestPostgres.execute(server.databaseUrl(), "VACUUM (ANALYZE) memory_chunk");
        TestPostgres.execute(server.databaseUrl(), "VACUUM (ANALYZE) memory_word");
    }

    /** Twenty documents in each folder, one piece each. */
    private static void fill(String business, int documents) {
        TestPostgres.execute(server.databaseUrl(), """
                INSERT INTO memory_node (id, business_id, folder, name, type, label)
                SELECT 'mem_f' || n, '%1$s', '/', 'f' || n, 'folder', 'f' || n FROM generate_series(0, %2$d / 20) n;
                INSERT INTO memory_node (id, business_id, folder, name, type, label, content)
                SELECT 'mem_' || n, '%1$s', '/f' || n / 20 || '/', 'd' || n, 'document', 'd' || n, 'text'
                FROM generate_series(1, %2$d) n;
                INSERT INTO memory_chunk (business_id, document_id, position, heading_path, content, words)
                SELECT '%1$s', 'mem_' || n, 1, '{}', text, to_tsvector('simple', text)
                FROM generate_series(1, %2$d) n, LATERAL (SELECT 'common word' || n || ' rare' || n %% 100 AS text) words;
                INSERT INTO memory_word (business_id, word, keys)
                SELECT '%1$s', 'word' || n, ARRAY[n, n + 1, n + 2] FROM generate_series(1, %2$d) n
                """.formatted(business, documents));
    }

    @ParameterizedTest
    @ValueSource(strings = {"force_generic_plan", "force_custom_plan"})
    void listsComeFromAnIndexInTheirOrder(String planning) throws SQLException {
        for (String business : new String[] {large, small}) {
            assertThat(plan(planning, MemoryStore.LIST, business, "/f1/", 10_001))
                    .contains("memory_node_listed")
                    .doesNotContain("Seq Scan", "Sort");
            assertThat(plan(planning, MemoryStore.LIST_DEEP, business, "/f1/", "/f10", 10_001))
                    .contains("memory_node_listed")
                    .doesNotContain("Seq Scan", "Sort");
            assertThat(plan(planning, MemoryStore.FIND, business, "/f1/", "d21"))
                    .contains("Index Scan")
                    .doesNotContain("Seq Scan");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"force_generic_plan", "force_custom_plan"})
    void archivingReadsOnlyWhatIsInTheFolder(String planning) throws SQLException {
        assertThat(plan(planning, MemoryStore.ARCHIVE, large, "/", "f1", "/f1/", "/f10"))
                .contains("Index")
                .doesNotContain("Seq Scan");
    }

    @ParameterizedTest
    @ValueSource(strings = {"force_generic_plan", "force_custom_plan"})
    void searchesReadIndexes(String planning) throws SQLException {
        for (String business : new String[] {large, small}) {
            for (String query : new String[] {"word7", "word7 & rare7", "rare7"}) {
                assertThat(plan(planning, SearchStore.ALL_WORDS, business, "{}", query, 2000, 20))
                        .contains("memory_chunk_by_words")
                        .doesNotContain("Seq Scan");
                assertThat(plan(
                                planning,
                                SearchStore.SOME_WORDS,
                                business,
                                "{brand}",
                                "{1}",
                                "{" + query + "}",
                                "{1}",
                                "",
                                2000,
                                1,
                                20))
                        .contains("memory_chunk_by_words")
                        .doesNotContain("Seq Scan");
                assertThat(plan(planning, SearchStore.KNOWN, business, "{" + query + "}"))
                        .contains("memory_chunk_by_words")
                        .doesNotContain("Seq Scan");
            }
            assertThat(plan(planning, SearchStore.LIKE_WORDS, business, "{7,8}", 2000))
                    .contains("memory_word_by_key")
                    .doesNotContain("Seq Scan");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"force_generic_plan", "force_custom_plan"})
    void upkeepReadsNoMoreThanItHasToDo(String planning) throws SQLException {
        assertThat(plan(planning, UpkeepStore.UNREAD, "", ""))
                .contains("memory_chunk_unread")
                .doesNotContain("Seq Scan", "Sort");
        assertThat(plan(planning, UpkeepStore.OLD_WORDS, 500))
                .contains("memory_word_by_day")
                .doesNotContain("Seq Scan", "Sort");
        assertThat(plan(planning, MemoryAdmin.LIST, large, 100))
                .contains("memory_node_archived")
                .doesNotContain("Seq Scan");
    }

    private static String plan(String planning, String sql, Object... values) throws SQLException {
        StringBuilder arguments = new StringBuilder();
        for (Object value : values) {
            arguments.append(arguments.isEmpty() ? "" : ", ");
            arguments.append(value instanceof Integer ? value : "'" + value + "'");
        }
        Matcher parameters = PARAMETER.matcher(sql);
        assertThat(parameters
                        .results()
                        .mapToInt(found -> Integer.parseInt(found.group(1)))
                        .max())
                .hasValue(values.length);
        try (Connection connection = TestPostgres.connect(server.databaseUrl());
                Statement statement = connection.createStatement()) {
            statement.execute("SET plan_cache_mode = " + planning);
            statement.execute("PREPARE asked AS " + sql);
            StringBuilder plan = new StringBuilder();
            try (ResultSet lines = statement.executeQuery("EXPLAIN EXECUTE asked(" + arguments + ")")) {
                while (lines.next()) {
                    plan.append(lines.getString(1)).append('\n');
                }
            }
            return plan.toString();
        }
    }
}
